# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Our transient table, which sets the nftrace flag of packets of ours and stands at the beginning and the end of each
hook, so that what passed a hook is seen there whatever else is loaded.

It ends with this process, see ``transient``.
"""

from __future__ import annotations

import contextlib
import select
import socket
from dataclasses import dataclass
from typing import Iterator, List, Mapping, Optional, Tuple

from ..carrier import Carrier
from ..host import Host
from ..names import TRACE_TABLE
from ..probe.model import ICMP, SCTP, TCP, Probe
from ..transient import Table, Transient
from .events import Listener, Step

#: Before connection tracking's defragmentation (-400) and anybody's rules, and behind what anybody would write.
_BEFORE, _BEHIND = -500, 2000
#: A busy network is not followed packet by packet.
_SOME = "limit rate 20/second burst 20 packets"
_HOOKS = ("prerouting", "input", "forward", "output", "postrouting")


def token_of(probe: Probe) -> bytes:
    """Of TCP the first segment's sequence number says whose it is, of SCTP the tag: only 4 of the 8 bytes count."""
    return probe.token[:4] if probe.protocol in (TCP, SCTP) else probe.token


def _patterns(probe: Probe) -> Iterator[str]:
    """The probe and its answer. An echo's and a datagram's payload begin 8 bytes behind their header's beginning."""
    number = int.from_bytes(token_of(probe), "big")
    if probe.protocol == TCP:
        yield "meta l4proto tcp @th,32,32 0x{0:08x}".format(number)
        yield "meta l4proto tcp @th,64,32 0x{0:08x}".format((number + 1) & 0xFFFFFFFF)
        return
    if probe.protocol == SCTP:  # the tag is in the first chunk, and the answer's header has it
        yield "meta l4proto sctp @th,128,32 0x{0:08x}".format(number)
        yield "meta l4proto sctp @th,32,32 0x{0:08x}".format(number)
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


def _carried(carrier: Carrier) -> Iterator[str]:
    """What is inside cannot be told where it is sealed, so some of all that goes between the two hosts is followed."""
    family = "ip6" if ":" in carrier.peer else "ip"
    for end, here, there in (("saddr", carrier.port, carrier.peer_port), ("daddr", carrier.peer_port, carrier.port)):
        port = "dport {0}".format(here) if here else "sport {0}".format(there)
        yield "{0} {1} {2} udp {3} {4}".format(family, end, carrier.peer, port, _SOME)


def _table(family: str, name: str, marking: "Marking") -> Table:
    patterns = [pattern for probe in marking.probes for pattern in _patterns(probe)]
    if family == "bridge":
        patterns += [pattern for address in marking.hops for pattern in _questions(address)]
    else:
        patterns += [pattern for carrier in marking.carriers for pattern in _carried(carrier)]
    marks = " ; ".join(pattern + " meta nftrace set 1" for pattern in patterns)
    chains = ["chain follow { " + marks + " ; }"]
    for hook in _HOOKS:
        place = "type filter hook {0} priority {1} ; policy accept ;"
        mark = " jump follow ;" if hook in ("prerouting", "output") else ""
        chains.append("chain {0}_first {{ {1}{2} }}".format(hook, place.format(hook, _BEFORE), mark))
        chains.append("chain {0}_last {{ {1} }}".format(hook, place.format(hook, _BEHIND)))
    return Table(family, name, " ; ".join([*chains, ""]))


@dataclass(frozen=True)
class Marking:
    """What is followed in a namespace: probes, who asks for the neighbours that they are sent to, and some of what
    probes to other hosts are carried in."""

    probes: Tuple[Probe, ...]
    hops: Tuple[str, ...] = ()
    carriers: Tuple[Carrier, ...] = ()


class _Marked:
    """A namespace in which packets are followed."""

    def __init__(self, netns: Optional[str], name: str, marking: Marking) -> None:
        families = ("inet", "bridge") if netns is None else ("inet",)
        self.listener = Listener(netns)
        self._tables = Transient([_table(family, name, marking) for family in families])

    def wait(self) -> None:
        """Until the table is there. In the namespace."""
        self._tables.wait()

    def close(self) -> None:
        self.listener.close()
        self._tables.close()

    def descriptors(self) -> List[int]:
        return [*self.listener.descriptors(), *self._tables.descriptors()]

    def let_go(self) -> None:
        self._tables.let_go()


class Followed:
    """From when it is made until it is closed, these probes are followed in these namespaces (None: the host's own).
    ``name``: that of the tables, for those of two processes are two."""

    def __init__(self, host: Host, places: Mapping[Optional[str], Marking], name: str = TRACE_TABLE) -> None:
        self._marked: List[_Marked] = []
        try:
            where: List[Optional[str]] = []
            for netns, marking in places.items():
                with contextlib.suppress(OSError), host.inside(netns):  # no such namespace: nothing passes there
                    self._marked.append(_Marked(netns, name, marking))
                    where.append(netns)
            for netns, each in zip(where, self._marked):
                with host.inside(netns):
                    each.wait()
        except BaseException:
            self.close()
            raise

    def steps(self) -> List[Step]:
        return [step for each in self._marked for step in each.listener.steps()]

    def wait(self, seconds: float) -> None:
        """Until there are further steps, or the time is over."""
        poll = select.poll()
        for each in self._marked:
            for descriptor in each.listener.descriptors():
                poll.register(descriptor, select.POLLIN)
        poll.poll(max(0.0, seconds) * 1000)

    def close(self) -> None:
        for each in self._marked:
            each.close()

    def descriptors(self) -> List[int]:
        """What a process that is forked has to keep in order to go on following; its maker has to end then."""
        return [descriptor for each in self._marked for descriptor in each.descriptors()]

    def let_go(self) -> None:
        """``close``, of that process."""
        for each in self._marked:
            each.let_go()
