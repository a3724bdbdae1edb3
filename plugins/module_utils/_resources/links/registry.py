# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The kinds of links that we make. A new one is a file beside this one that is called as the kernel calls it, and its
name in the line below.

A file is imported once there is such a link: most hosts have bridges and pairs, and need neither tunnels nor VXLAN.
"""

from __future__ import annotations

import functools
import importlib
from typing import Any, List, Mapping, Optional, Tuple

from ..._kernel.errors import FabricError
from ..._kernel.host import Host
from ..._kernel.observe import Observed
from ..._kernel.rtnl.read import Link
from ..action import Action
from .kind import DeclaredLink, Kind
from .unknown import remove as remove_unknown

_NAMES = ("bridge", "ifb", "ipvlan", "macvlan", "tun", "veth", "vxlan", "wireguard")


@functools.lru_cache(maxsize=None)
def find(name: Optional[str]) -> Optional[Kind]:
    """None: links of this kind are none that we make."""
    found: Optional[Kind] = importlib.import_module("." + name, __package__).KIND if name in _NAMES else None
    return found


def kind_of(name: str) -> Kind:
    kind = find(name)
    if kind is None:
        text = 'this linuxnet.fabric makes no links of the kind "{0}"; the release that did can take them back'
        raise FabricError(text.format(name))
    return kind


def settings_of(name: Optional[str]) -> Tuple[str, ...]:
    """The settings that are read of each of ours, for ``observe``."""
    kind = find(name)
    return kind.settings if kind is not None else ()


def compare(desired: DeclaredLink, observed: Observed) -> List[Action]:
    return kind_of(desired.kind).compare(desired, observed)


def remove(link: Link, observed: Observed, netns: Optional[str] = None) -> Action:
    """Take an owned link away, of whatever kind. ``netns``: the namespace that it is in, unless it is the host's."""
    kind = find(link.kind)
    return kind.remove(link, observed, netns) if kind is not None else remove_unknown(link, observed, netns)


def link_create(host: Host, kind: str, netns: Optional[str], ifname: Optional[str], link: Mapping[str, Any]) -> None:
    """Make a link as its kind does. ``ifname``: what is new among the host's links; ``netns``: where something is."""
    kind_of(kind).create(host, netns, link)


def link_configure(host: Host, kind: str, netns: Optional[str], ifname: str, options: Mapping[str, Any]) -> None:
    """Set options of a living link that only its kind has."""
    configure = kind_of(kind).configure
    if configure is None:
        raise FabricError("a link of the kind {0} has no options to set".format(kind))
    configure(host, netns, ifname, options)
