# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Devices on which a program encrypts: wireguard-go's and OpenVPN's are of one kind to the kernel."""

from __future__ import annotations

from typing import List, Optional, Union

from ..._kernel import names, wireguard
from ..._kernel.observe import Observed
from ..._kernel.rtnl.read import Link
from .. import ownership
from ..action import Action
from . import openvpn, tunnel
from . import wireguard as by_wireguard
from .kind import Kind
from .openvpn import Openvpn
from .wireguard import Wireguard


def compare(desired: Union[Wireguard, Openvpn], observed: Observed) -> List[Action]:
    if isinstance(desired, Openvpn):
        return openvpn.compare(desired, observed)
    return by_wireguard.compare(desired, observed)


def remove(link: Link, observed: Observed, netns: Optional[str] = None) -> Action:
    mark = names.parse_alias(next(ownership.marks(link, observed), None))
    if mark is not None and names.is_openvpn(mark[1]):
        return openvpn.remove(link, observed, netns)
    return by_wireguard.remove(link, observed, netns)


KIND = Kind(
    name=wireguard.PROGRAM_KIND,
    declared=tunnel.DeclaredTunnel,
    compare=compare,
    remove=remove,
    create=tunnel.create_link,
    configure=None,
    mutable=tuple(dict.fromkeys((*by_wireguard.KIND.mutable, *openvpn.FIELDS))),
    after_rules=True,
    settings=tunnel.SETTINGS,
)
