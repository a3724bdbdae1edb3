# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who is played on the wire: by which address, and which promises are tried with it. Without a kernel."""

from __future__ import annotations

from dataclasses import replace

from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.probe import wire
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.probe.outsider import WIRE, Outsider
from ansible_collections.linuxnet.fabric.plugins.module_utils._promises.model import CONTAINER, OUTSIDE, Party, Promise
from ansible_collections.linuxnet.fabric.plugins.module_utils._promises.strangers import strangers
from ansible_collections.linuxnet.fabric.plugins.module_utils._promises.trials import Wire, probe_of, why_not_probed
from tests.lab import frames

WEB, OUT = Party(CONTAINER, "web", ("web",)), Party(OUTSIDE)
IN = Promise(OUT, WEB, "192.0.2.7", "tcp", True, "web publishes 80/tcp", "published", 8080, "172.20.0.2", 80)
CLOSED = Promise(OUT, WEB, "172.20.0.2", "tcp", False, "it is not published", "from the wire")
WAY_OUT = Promise(WEB, OUT, "192.0.2.1", "icmp", True, "front leads out, masked", "way out")
PLAYED = Outsider({4: "198.18.0.99"})


def test_a_stranger_is_in_no_network_that_a_route_leads_to_but_the_default_one() -> None:
    assert strangers(["0.0.0.0/0", "::/0", "10.0.0.0/8"]) == {4: "198.18.0.99", 6: "2001:2::99"}
    assert strangers(["198.18.0.0/15", "2001::/16"]) == {4: "203.0.113.99"}


def test_who_calls_from_the_wire_is_played() -> None:
    who = Wire(outsider=PLAYED)
    assert why_not_probed(IN, who) is None
    probe = probe_of(IN, who)
    assert (probe.source, probe.target, probe.address, probe.elsewhere) == (WIRE, "web", "192.0.2.7", False)


def test_a_gateway_that_answers_is_called_itself_and_one_that_is_quiet_is_played() -> None:
    probe = probe_of(WAY_OUT, Wire())
    assert (probe.target, probe.address, probe.elsewhere) == (None, "192.0.2.1", True)
    probe = probe_of(WAY_OUT, Wire(frozenset({"192.0.2.1"}), PLAYED))
    assert (probe.target, probe.address, probe.elsewhere) == (WIRE, "198.18.0.99", False)


def test_who_hears_no_answer_can_still_try_what_must_not_arrive() -> None:
    who = Wire(outsider=replace(PLAYED, deaf={4: "no way back"}))
    assert (why_not_probed(IN, who), why_not_probed(CLOSED, who)) == ("no way back", None)


def test_where_nobody_can_be_played_nothing_from_the_wire_is_tried() -> None:
    who = Wire(outsider=Outsider(mute="no route leads out of the host"))
    assert {why_not_probed(each, who) for each in (IN, CLOSED)} == {"no route leads out of the host"}
    assert why_not_probed(WAY_OUT, who) is None


def test_the_first_chunk_of_an_association_is_as_rfc_9260_has_it() -> None:
    assert wire.sctp(wire.Chunk(wire.INIT, 7777, 2905, 0, 4711)) == _init(7777, 2905, 4711)
    answer = wire.Chunk(wire.INIT_ACK, 2905, 7777, 4711, 99)
    assert wire.sctp_chunk(6, wire.sctp(answer)) == answer
    assert wire.sctp_chunk(4, frames.ip4("10.0.0.1", "10.0.0.2", 132, wire.sctp(answer))) == answer
    assert wire.sctp_chunk(6, b"short") is None


def _init(source_port: int, port: int, tag: int) -> bytes:
    """As the attackers of the tests put it together, whose initial sequence number is another."""
    theirs = frames.sctp_init(source_port, port, tag)
    body = theirs[12:-4] + tag.to_bytes(4, "big")
    checksum = frames.crc32c(theirs[:8] + bytes(4) + body)
    return theirs[:8] + checksum.to_bytes(4, "little") + body
