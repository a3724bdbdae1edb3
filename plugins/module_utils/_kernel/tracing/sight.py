# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a namespace says of a packet's way when it is asked: route, link, neighbour, setting, rule. Reads only.

A route is asked for as the kernel would choose it (RTM_GETROUTE with a destination). With ``iif`` the kernel answers
as for a packet that comes in there, its source filter and forwarding included, so its refusal says why it stays.
"""

from __future__ import annotations

import re
import socket
import struct
from dataclasses import dataclass
from errno import EHOSTUNREACH, EINVAL, ENETUNREACH
from typing import Dict, Iterator, Optional, Tuple

from .. import nft, sysctl
from ..host import Host
from ..rtnl import neighbours, uapi
from ..rtnl import read as rtnetlink
from ..rtnl import socket as nl
from ..rtnl.read import Link
from .events import Step

_RTA_SRC, _RTA_IIF, _IFF_RUNNING = 2, 3, 0x40
_REFUSING = {6: EINVAL, 7: EHOSTUNREACH}  # blackhole, unreachable: IPv6 answers with the route itself
_HANDLE = re.compile(r"\s*# handle (\d+)$")


@dataclass(frozen=True)
class Way:
    """Over which interface, by index, and by whom; ``errno`` is 0, or why there is none."""

    oif: int = 0
    gateway: str = ""
    errno: int = 0
    is_local: bool = False


@dataclass(frozen=True)
class DeviceChain:
    """``drops``: the policy or the first rule that drops; empty where none does."""

    table: str
    name: str
    devices: Tuple[str, ...]
    drops: str


class Sight:
    """Of one moment: links and rules are read once."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._links: Dict[Optional[str], Dict[int, Link]] = {}
        self._addresses: Dict[Optional[str], Dict[int, Tuple[str, ...]]] = {}
        self._device_chains: Optional[Tuple[DeviceChain, ...]] = None
        self._rules: Dict[Tuple[Optional[str], str, str, str], Dict[int, str]] = {}

    def exists(self, netns: Optional[str]) -> bool:
        try:
            with self._host.inside(netns):
                return True
        except OSError:
            return False

    def links(self, netns: Optional[str]) -> Dict[int, Link]:
        if netns not in self._links:
            found = rtnetlink.read_links(self._host.netlink(netns))
            self._links[netns] = {link.index: link for link in found}
        return self._links[netns]

    def is_running(self, index: int) -> bool:
        """Of an interface of the host that is up: whether what is behind it works (IFF_RUNNING, netdevice(7))."""
        payload = self._host.socket.get(uapi.RTM_GETLINK, uapi.LINK.pack(0, 0, index, 0, 0))
        return bool(uapi.LINK.unpack_from(payload)[3] & _IFF_RUNNING)

    def addresses(self, netns: Optional[str], index: int) -> Tuple[str, ...]:
        """Without their prefix lengths."""
        if netns not in self._addresses:
            found = rtnetlink.read_addresses(self._host.netlink(netns))
            self._addresses[netns] = {key: tuple(cidr.split("/")[0] for cidr in value) for key, value in found.items()}
        return self._addresses[netns].get(index, ())

    def way(self, netns: Optional[str], address: str, source: str = "", iif: int = 0) -> Way:
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        length = 128 if family == socket.AF_INET6 else 32
        body = uapi.ROUTE.pack(family, length, length if source else 0, 0, 0, 0, 0, 0, 0)
        body += nl.attribute(uapi.RTA_DST, socket.inet_pton(family, address))
        if source:
            body += nl.attribute(_RTA_SRC, socket.inet_pton(family, source))
        if iif:
            body += nl.u32(_RTA_IIF, iif)
        try:
            payload = self._host.netlink(netns).get(uapi.RTM_GETROUTE, body)
        except nl.NetlinkError as error:
            return Way(errno=error.errno)
        kind, found = uapi.ROUTE.unpack_from(payload)[7], nl.attributes(payload, 12)
        gateway = found.get(uapi.RTA_GATEWAY)
        return Way(
            oif=struct.unpack("=I", found.get(uapi.RTA_OIF, b"\0\0\0\0"))[0],
            gateway=socket.inet_ntop(family, gateway) if gateway else "",
            errno=_REFUSING.get(kind, ENETUNREACH if kind == 8 else 0),
            is_local=uapi.ROUTE_TYPES.get(kind) == "local",
        )

    def neighbour(self, netns: Optional[str], oif: int, address: str) -> Tuple[str, str]:
        """(state, MAC): ``("", "")`` where the kernel never asked, or has forgotten."""
        return neighbours.read_state(self._host.netlink(netns), oif, address)

    def setting(self, netns: Optional[str], key: str) -> Optional[str]:
        with self._host.inside(netns):
            return sysctl.read(key)

    def rule(self, step: Step) -> str:
        """The text of the rule that a step met; empty where it is gone."""
        key = (step.netns, step.family, step.table, step.chain)
        if key not in self._rules:
            with self._host.inside(step.netns):
                text = nft.list_chain_text(step.family, step.table, step.chain)
            found = ((_HANDLE.search(line), line) for line in text.splitlines())
            self._rules[key] = {int(it.group(1)): _HANDLE.sub("", line).strip() for it, line in found if it}
        return self._rules[key].get(step.handle, "")

    def device_chains(self) -> Tuple[DeviceChain, ...]:
        """The chains of the family netdev on the host."""
        if self._device_chains is None:
            self._device_chains = tuple(_device_chains(nft.list_family_text("netdev")))
        return self._device_chains


def _device_chains(text: str) -> Iterator[DeviceChain]:
    """Of a listing as text: nft 1.0.6 leaves the devices out of its JSON."""
    table = name = ""
    devices: Tuple[str, ...] = ()
    drops = ""
    for line in map(str.strip, text.splitlines()):
        words = line.split()
        if words[:1] == ["table"]:
            table = words[2]
        elif words[:1] == ["chain"]:
            name, devices, drops = words[1], (), ""
        elif words[:1] == ["type"]:
            devices = tuple(re.findall(r'"([^"]+)"', line))
            drops = "policy drop" if "policy drop" in line else ""
        elif line == "}" and name:
            yield DeviceChain(table, name, devices, drops)
            name = ""
        elif not drops and words[-1:] == ["drop"]:
            drops = line
