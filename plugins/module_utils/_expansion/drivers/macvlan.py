# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``driver: macvlan``: each container is a machine on the host's LAN, with a MAC of its own."""

from __future__ import annotations

from ..._resources.links.macvlan import Macvlan
from .lan import LanDriver


class MacvlanDriver(LanDriver):
    name = "macvlan"
    kind = Macvlan
    modes = tuple(Macvlan.modes)
    without_mac = Macvlan.fixed_modes
    host_access_mode = "bridge"
