# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A bridge of somebody else's that containers are on. It stays as it is: a kernel lets a bridge follow its ports.

Unless somebody set it, a bridge has the lowest MAC of its ports and the least of their mtus (net/bridge/br_stp_if.c,
net/bridge/br_if.c). So our ends have a MAC that is above all others and an mtu that is no less. That leaves the bridge
without any port, which would take the MAC of the first, and lose it with the last: its own is set on it.
"""

from __future__ import annotations

import hashlib
from typing import List

from .._kernel.changes import Subject
from .._kernel.data import dataclass
from .._kernel.observe import Observed
from .action import Action, operation


@dataclass(frozen=True)
class AdoptedBridge:
    """``mac`` and ``mtu`` are what it had before the run."""

    ifname: str
    mac: str
    mtu: int
    joined: bool = True  # whether any container is on it


def port_mac(name: str) -> str:
    """Of our end that is a port of such a bridge: higher than those that hypervisors give theirs (fe:54:00 …)."""
    return "fe:ff:" + hashlib.sha256(name.encode("utf-8")).digest()[:4].hex(":")


def port_mtu(bridge: int, wanted: int) -> int:
    return max(bridge, wanted)


def compare(desired: AdoptedBridge, observed: Observed) -> List[Action]:
    link = observed.links.get(desired.ifname)
    if link is None or not desired.joined:
        return []
    if any(port.master == link.index for port in observed.links.values()):
        return []
    keep = operation("link.set", netns=None, ifname=link.ifname, attributes={"mac": link.mac})
    text = "keep the MAC {0} of {1}, which is not ours and has no port".format(link.mac, link.ifname)
    return [Action(text, Subject(bridge=link.ifname), (keep,), (keep,), after={"mac kept": link.mac})]


def harm(desired: AdoptedBridge, observed: Observed) -> List[str]:
    """What a run has done to it, in lines; none, when all is well."""
    link = observed.links.get(desired.ifname)
    if link is None:
        return ["the bridge {0}, which is not ours, is gone".format(desired.ifname)]
    found = [(name, getattr(desired, name), getattr(link, name)) for name in ("mac", "mtu")]
    text = "the {1} of {0}, which is not ours, went from {2} to {3}"
    return [text.format(desired.ifname, name, was, now) for name, was, now in found if was != now]
