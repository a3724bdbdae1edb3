# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``driver: ipvlan``: each container has addresses on the host's LAN, and the host's MAC there.

In the modes l3 and l3s the host's kernel routes between the LAN and the containers, whose subnet is then one of their
own that the LAN's routers send to this host.
"""

from __future__ import annotations

from ..._resources.links.ipvlan import Ipvlan
from .lan import LanDriver


class IpvlanDriver(LanDriver):
    name = "ipvlan"
    kind = Ipvlan
    modes = tuple(Ipvlan.modes)
    without_mac = modes
    routed_modes = ("l3", "l3s")
