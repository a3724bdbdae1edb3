# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whose a step is, and what it says: of what the kernel told of followed packets, without a kernel."""

from __future__ import annotations

import struct
from typing import Any, Dict, List, cast

from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.names import TRACE_TABLE
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.probe.model import SILENT, Outcome, Probe
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.tracing.events import Packet, Step
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.tracing.sight import Sight, Way
from ansible_collections.linuxnet.fabric.plugins.module_utils._promises.place import by_token, passed, place_of
from ansible_collections.linuxnet.fabric.plugins.module_utils._promises.reasons import Expected, Surroundings

TOKEN = b"a token!"
CALL = Probe("app", "web", "192.0.2.7", "tcp", 8080, "172.20.0.10", 80, token=TOKEN)
EXPECTED = Expected("fabric-shop", {("web", "eth0"): "br-front", ("app", "eth0"): "br-other"})


class Paper:
    """Surroundings in which everything is as it should be, but for the ways that are named."""

    def __init__(self, **errnos: int) -> None:
        self._errnos = errnos

    def exists(self, netns: Any) -> bool:
        return True

    def links(self, netns: Any) -> Dict[int, Any]:
        return {}

    def way(self, netns: Any, address: str, source: str = "", iif: int = 0) -> Way:
        return Way(
            oif=2, errno=self._errnos.get(netns or "host", 0), is_local=(netns, address) == ("web", "172.20.0.10")
        )

    def rule(self, step: Step) -> str:
        return "the rule {0}".format(step.handle)


def around(**errnos: int) -> Surroundings:
    return cast(Sight, Paper(**errnos))


def step(netns: Any, chain: str, table: str = TRACE_TABLE, kind: str = "policy", verdict: str = "accept") -> Step:
    sequence = int.from_bytes(TOKEN[:4], "big")
    segment = struct.pack("!HHII", 40000, 80, sequence, 0)
    return Step(netns, "inet", table, chain, kind, verdict, Packet("172.21.0.10", "172.20.0.10", segment), handle=7)


def hooks(netns: Any, *names: str) -> List[Step]:
    return [step(netns, name + end) for name in names for end in ("_first", "_last")]


def place(steps: List[Step], **errnos: int) -> str:
    return str(place_of(CALL, Outcome(SILENT), steps, [], around(**errnos), EXPECTED))


def test_a_rule_that_drops_is_named_with_family_table_and_chain() -> None:
    steps = [
        *hooks("app", "output", "postrouting"),
        *hooks(None, "prerouting"),
        step(None, "c", "other", "rule", "drop"),
    ]
    assert place(steps) == "rule: the host drops it: inet other c: the rule 7"


def test_what_is_lost_within_a_hook_is_told_as_no_rule_of_nftables() -> None:
    steps = [*hooks("app", "output", "postrouting"), *hooks(None, "prerouting"), step(None, "forward_first")]
    assert place(steps).startswith("rule: the host loses it in the hook forward")


def test_a_call_that_the_host_takes_for_itself_was_not_translated() -> None:
    steps = [*hooks("app", "output", "postrouting"), *hooks(None, "prerouting", "input")]
    assert place(steps) == (
        "rule: the host takes it for itself: inet fabric-shop publish has nothing that translates it to 172.20.0.10"
    )


def test_a_sender_without_a_route_sends_nothing_and_its_missing_interface_is_why() -> None:
    assert place([], app=101) == "link: there is no interface eth0 in app"


def test_an_answer_belongs_to_the_probe_that_it_answers() -> None:
    sequence = int.from_bytes(TOKEN[:4], "big")
    answer = struct.pack("!HHII", 80, 40000, 99, (sequence + 1) & 0xFFFFFFFF)
    steps = [step("app", "output_first"), Step("app", "inet", "t", "c", "policy", "accept", Packet("a", "b", answer))]
    foreign = Step("app", "inet", "t", "c", "policy", "accept", Packet("a", "b", b"\0" * 20))
    assert by_token([CALL], [*steps, foreign]) == {TOKEN: steps}


def test_what_let_a_packet_through_is_the_last_word_of_our_own_table() -> None:
    steps = [*hooks(None, "prerouting"), step(None, "into", "fabric-shop", "rule"), step(None, "c", "other", "rule")]
    assert str(passed(steps, around(), EXPECTED)) == (
        "rule: the host lets it through: inet fabric-shop into: the rule 7"
    )
    assert "no chain of inet fabric-shop decides" in str(passed(hooks(None, "prerouting"), around(), EXPECTED))
