# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Our transient table, which sets the nftrace flag of packets of ours and stands at the beginning and the end of each
hook, so that what passed a hook is seen there whatever else is loaded.

It belongs to a process of nft (``flags owner``, Linux 5.12) that ends with ours: then the kernel takes it away, however
that came. An older kernel, or an nft without its prompt, gets the same table without an owner, and beside it a shell
that waits for our end to delete it.
"""

from __future__ import annotations

import contextlib
import socket
from dataclasses import dataclass
from typing import IO, Iterator, List, Mapping, Optional, Sequence, Tuple, cast

from .. import nft, program
from ..host import Host
from ..names import TRACE_TABLE
from ..probe.model import ICMP, TCP, Probe
from .events import Listener, Step

#: Before connection tracking's defragmentation (-400) and anybody's rules, and behind what anybody would write.
_BEFORE, _BEHIND = -500, 2000
_HOOKS = ("prerouting", "input", "forward", "output", "postrouting")
#: What the process of nft does not know, and so names in an error: all before it is done.
_SENTINEL = "linuxnet_fabric_is_ready"


def token_of(probe: Probe) -> bytes:
    """Of TCP the first segment's sequence number says whose it is, so only 4 of the 8 bytes count."""
    return probe.token[:4] if probe.protocol == TCP else probe.token


def _patterns(probe: Probe) -> Iterator[str]:
    """The probe and its answer. An echo's and a datagram's payload begin 8 bytes behind their header's beginning."""
    number = int.from_bytes(token_of(probe), "big")
    if probe.protocol == TCP:
        yield "meta l4proto tcp @th,32,32 0x{0:08x}".format(number)
        yield "meta l4proto tcp @th,64,32 0x{0:08x}".format((number + 1) & 0xFFFFFFFF)
        return
    protocol = ("icmp" if probe.family == 4 else "ipv6-icmp") if probe.protocol == ICMP else probe.protocol
    yield "meta l4proto {0} @th,64,64 0x{1:016x}".format(protocol, number)


def _questions(address: str) -> Iterator[str]:
    """Who has an address, and the answer. The target of neighbour discovery begins 8 bytes behind ICMPv6's header."""
    if ":" in address:
        number = int.from_bytes(socket.inet_pton(socket.AF_INET6, address), "big")
        yield "meta l4proto ipv6-icmp @th,0,8 {{ 135, 136 }} @th,64,128 0x{0:032x}".format(number)
    else:
        yield "arp daddr ip {0}".format(address)
        yield "arp saddr ip {0}".format(address)


def _table(family: str, marking: "Marking", flags: str) -> str:
    """In one line, as the prompt of nft reads it."""
    patterns = [pattern for probe in marking.probes for pattern in _patterns(probe)]
    if family == "bridge":
        patterns += [pattern for address in marking.hops for pattern in _questions(address)]
    marks = " ; ".join(pattern + " meta nftrace set 1" for pattern in patterns)
    chains = ["chain follow { " + marks + " ; }"]
    for hook in _HOOKS:
        place = "type filter hook {0} priority {1} ; policy accept ;"
        mark = " jump follow ;" if hook in ("prerouting", "output") else ""
        chains.append("chain {0}_first {{ {1}{2} }}".format(hook, place.format(hook, _BEFORE), mark))
        chains.append("chain {0}_last {{ {1} }}".format(hook, place.format(hook, _BEHIND)))
    return "table {0} {1} {{ {2}{3} }}".format(family, TRACE_TABLE, flags, " ; ".join([*chains, ""]))


@dataclass(frozen=True)
class Marking:
    """What is followed in a namespace: probes, and who asks for the neighbours that they are sent to."""

    probes: Tuple[Probe, ...]
    hops: Tuple[str, ...] = ()


class _Marked:
    """A namespace in which packets are followed."""

    def __init__(self, netns: Optional[str], marking: Marking) -> None:
        self._families = ("inet", "bridge") if netns is None else ("inet",)
        self._marking = marking
        self.listener = Listener(netns)
        self._holder = nft.prompt()
        self._load("\n".join(_table(family, marking, "flags owner ; ") for family in self._families))

    def _load(self, script: str) -> None:
        prompt = cast(IO[str], self._holder.stdin)
        with contextlib.suppress(BrokenPipeError):
            prompt.write("{0}\n{1}\n".format(script, _SENTINEL))
            prompt.flush()

    def wait(self) -> None:
        """Until the table is there. In the namespace."""
        said: List[str] = []
        for line in cast(IO[str], self._holder.stderr):
            if _SENTINEL in line:
                break
            said.append(line)
        else:
            said.append("no prompt")
        if len(said) > 1 or "no prompt" in said:  # more than what is said of the sentinel
            self._load_without_owner()

    def _load_without_owner(self) -> None:
        program.end(self._holder)
        take_back = " ; ".join("delete table {0} {1}".format(family, TRACE_TABLE) for family in self._families)
        self._holder = nft.at_our_end(take_back)
        first = "".join(
            "add table {0} {1}\ndelete table {0} {1}\n".format(each, TRACE_TABLE) for each in self._families
        )
        nft.load(first + "\n".join(_table(family, self._marking, "") for family in self._families) + "\n")

    def close(self) -> None:
        self.listener.close()
        program.end(self._holder)


@contextlib.contextmanager
def followed(host: Host, places: Mapping[Optional[str], Marking]) -> Iterator["Followed"]:
    """While the body runs, these probes are followed in these namespaces (None: the host's own)."""
    marked: List[Tuple[Optional[str], _Marked]] = []
    try:
        for netns, marking in places.items():
            with contextlib.suppress(OSError), host.inside(netns):  # no such namespace: nothing passes there
                marked.append((netns, _Marked(netns, marking)))
        for netns, each in marked:
            with host.inside(netns):
                each.wait()
        yield Followed([each.listener for _netns, each in marked])
    finally:
        for _netns, each in marked:
            each.close()


class Followed:
    def __init__(self, listeners: Sequence[Listener]) -> None:
        self._listeners = listeners

    def steps(self) -> List[Step]:
        return [step for listener in self._listeners for step in listener.steps()]
