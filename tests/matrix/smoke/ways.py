# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who reaches whom, with real bytes: what a declaration promises, as rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Dict, Iterator

from tests.lab import wait_for
from tests.lab.talk import Talk, addresses

from .declarations import HOST_IPV4

HOST_IPV6 = "2001:db8:100::11"
HOST, CLIENT = "node1", "client"


@dataclass(frozen=True)
class Way:
    """Bytes from ``source`` to ``address``, where ``server`` listens at ``listening``; they arrive, or they do not."""

    what: str
    source: str
    address: str
    port: int
    server: str
    listening: int
    kind: str = "tcp"
    arrives: bool = True

    def goes(self, talk: Talk) -> bool:
        with talk.serve(self.server, self.listening, self.kind) as server:
            if self.arrives:
                # Who could not be found before an edit may still be given up once: the kernel's search takes seconds.
                wait_for(lambda: talk.reach(self.source, self.address, self.port, server), what="bytes to arrive")
                return True
            return talk.blocked(self.source, self.address, self.port, server)


def after_first(answer: Dict[str, Any]) -> Iterator[Way]:
    """Of declarations.FIRST."""
    web, db, idle = (addresses(answer, name) for name in ("web", "db", "idle"))
    allocated = next(port["published"] for port in answer["containers"]["web"]["ports"] if port["target"] == 7000)
    on_back = addresses(answer, "web", "eth1")
    yield Way("a published port from outside, IPv4", CLIENT, HOST_IPV4, 8080, "web", 80)
    yield Way("a published port from outside, IPv6", CLIENT, HOST_IPV6, 8080, "web", 80)
    yield Way("a published port of UDP", CLIENT, HOST_IPV4, 5353, "web", 53, "udp")
    yield Way("a range of published ports", CLIENT, HOST_IPV4, 9002, "web", 9002)
    yield Way("a port that was chosen", CLIENT, HOST_IPV4, allocated, "web", 7000)
    yield Way("a port published on loopback, from the host", HOST, "127.0.0.1", 8443, "web", 443)
    yield Way("a port published on loopback, from outside", CLIENT, HOST_IPV4, 8443, "web", 443, arrives=False)
    yield Way("the host to its own published port", HOST, HOST_IPV4, 8080, "web", 80)
    yield Way("a container to its own published port", "web", HOST_IPV4, 8080, "web", 80)
    yield Way("another network's container to a published port", "far", HOST_IPV4, 8080, "web", 80)
    yield Way("out, with the host's address", "web", "203.0.113.1", 7080, CLIENT, 7080)
    yield Way("out, IPv6", "web", "2001:db8:ffff::1", 7080, CLIENT, 7080)
    yield Way("out, with a given address", "far", "203.0.113.1", 7080, CLIENT, 7080)
    yield Way("out of an internal network", "one", "203.0.113.1", 7080, CLIENT, 7080, arrives=False)
    yield Way("neighbours of an isolated network", "one", addresses(answer, "two")[4], 80, "two", 80)
    yield Way("a link where neighbours cannot talk", "web", db[4], 5432, "db", 5432)
    yield Way("another port than the link's", "web", db[4], 80, "db", 80, arrives=False)
    yield Way("neighbours that cannot talk, IPv4", "db", idle[4], 80, "idle", 80, arrives=False)
    yield Way("neighbours that cannot talk, IPv6", "db", on_back[6], 80, "web", 80, arrives=False)
    yield Way("between two networks", "far", web[4], 80, "web", 80, arrives=False)
    yield Way("from outside to a container's address", CLIENT, web[4], 80, "web", 80, arrives=False)
    yield Way("from outside to a routed port, IPv4", CLIENT, addresses(answer, "router")[4], 80, "router", 80)
    yield Way("from outside to a routed port, IPv6", CLIENT, addresses(answer, "router")[6], 80, "router", 80)
    yield Way(
        "from outside to a port that is not published",
        CLIENT,
        addresses(answer, "router")[4],
        22,
        "router",
        22,
        arrives=False,
    )
    yield Way("from outside to an open network", CLIENT, addresses(answer, "free")[4], 22, "free", 22)


def after_edit(answer: Dict[str, Any]) -> Iterator[Way]:
    """Of declarations.edited()."""
    db, idle = addresses(answer, "db"), addresses(answer, "idle")
    yield Way("the new port", CLIENT, HOST_IPV4, 8090, "web", 80)
    yield Way("the old port", CLIENT, HOST_IPV4, 8080, "web", 80, arrives=False)
    yield Way("the port of a new container", CLIENT, HOST_IPV4, 8083, "comer", 80)
    yield Way("neighbours that can talk now", "db", idle[4], 80, "idle", 80)
    yield Way("neighbours that can talk now, IPv6", "idle", db[6], 80, "db", 80)


def routes_for_the_client(answer: Dict[str, Any]) -> Iterator[str]:
    """What a router beside the host would know: the way to the networks that are not translated."""
    for name in ("web", "router", "free"):
        for family, address in addresses(answer, name).items():
            yield "route replace {0} via {1}\n".format(address, HOST_IPV4 if family == 4 else HOST_IPV6)
