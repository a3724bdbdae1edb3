# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What one of two hosts saw of a call between them, and where it ended there. Without a kernel."""

from __future__ import annotations

import struct
from dataclasses import replace
from errno import EXDEV
from types import SimpleNamespace
from typing import Any, Dict, List, Tuple, cast

from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.carrier import Carrier
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.names import TRACE_TABLE, watch_table
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.probe.model import SILENT, Outcome, Probe
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.tracing.events import (
    Packet,
    Step,
    step_data,
    step_of,
)
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.tracing.sight import Sight, Way
from ansible_collections.linuxnet.fabric.plugins.module_utils._promises.halves import Call, Followed, called, calling
from ansible_collections.linuxnet.fabric.plugins.module_utils._promises.reasons import Expected

TOKEN = b"a token!"
WEB, DB, PEER, OWN = "10.88.0.2", "10.88.1.2", "192.0.2.11", "192.0.2.12"
VXLAN = Carrier("vxlan0", PEER, 4789, 4789)
CALLED = Call(Probe(None, "db", DB, "udp", 40000, token=TOKEN), (VXLAN,))
CALLING = Call(Probe("web", None, DB, "udp", 40000, token=TOKEN, elsewhere=True, host="node2"), (VXLAN,))
LINKS = {
    2: SimpleNamespace(ifname="eth0", up=True, index=2, kind="", peer=0, master=0, mac="", port=b""),
    3: SimpleNamespace(ifname="vxlan0", up=True, index=3, kind="vxlan", peer=0, master=0, mac="", port=b""),
}


class Paper:
    """Surroundings in which everything is as it should be."""

    def __init__(self, **down: bool) -> None:
        self._links = {
            key: SimpleNamespace(**{**vars(each), "up": each.ifname not in down}) for key, each in LINKS.items()
        }

    def exists(self, netns: Any) -> bool:
        return True

    def links(self, netns: Any) -> Dict[int, Any]:
        return self._links if netns is None else {}

    def addresses(self, netns: Any, index: int) -> Tuple[str, ...]:
        return ()

    def way(self, netns: Any, address: str, source: str = "", iif: int = 0) -> Way:
        return Way(oif=2 if address == PEER else 3, is_local=(netns, address) == ("db", DB))

    def neighbour(self, netns: Any, oif: int, address: str) -> Tuple[str, str]:
        return "permanent", "02:00:00:00:00:01"

    def setting(self, netns: Any, key: str) -> str:
        return "0"

    def is_running(self, index: int) -> bool:
        return True

    def device_chains(self) -> Tuple[Any, ...]:
        return ()

    def rule(self, step: Step) -> str:
        return "the rule {0}".format(step.handle)


def step(
    netns: Any,
    chain: str,
    table: str = watch_table("shop"),
    kind: str = "policy",
    drop: bool = False,
    back: bool = False,
) -> Step:
    source, destination = (DB, WEB) if back else (WEB, DB)
    ports = (40000, 5) if back else (5, 40000)
    packet = Packet(source, destination, struct.pack("!HHHH", *ports, 16, 0) + TOKEN)
    verdict = "drop" if drop else "accept"
    return Step(netns, "inet", table, chain, kind, verdict, packet, handle=7, iif=3, oif=3)


def outer(chain: str, out: bool = False, drop: bool = False) -> Step:
    source, destination = (OWN, PEER) if out else (PEER, OWN)
    packet = Packet(source, destination, struct.pack("!HHHH", 50000, 4789, 100, 0))
    table, kind, verdict = ("other", "rule", "drop") if drop else (TRACE_TABLE, "policy", "accept")
    return Step(None, "inet", table, chain, kind, verdict, packet, handle=9)


def hooks(netns: Any, *names: str, back: bool = False) -> List[Step]:
    return [step(netns, name + end, back=back) for name in names for end in ("_first", "_last")]


def seen(steps: List[Step], outers: List[Step] = [], **down: bool) -> Followed:  # noqa: B006
    return Followed(steps, [*steps, *outers], cast(Sight, Paper(**down)), Expected("fabric-shop"))


THERE = [*hooks(None, "prerouting", "forward", "postrouting"), *hooks("db", "prerouting", "input")]
BACK = [*hooks("db", "output", back=True), *hooks(None, "prerouting", "forward", "postrouting", back=True)]
OUT = [outer("output_first", out=True), outer("output_last", out=True)]
CAME = [outer(hook + end) for hook in ("prerouting", "input") for end in ("_first", "_last")]


def test_a_call_that_came_and_whose_answer_left_ended_nowhere_on_the_host_that_is_called() -> None:
    found = called(CALLED, seen([*THERE, *BACK], OUT))
    assert (found.came, found.place, found.answer, found.answer_place, found.by) == (True, None, True, None, "vxlan0")


def test_the_rule_that_drops_it_on_the_host_that_is_called_is_named() -> None:
    found = called(CALLED, seen([*hooks(None, "prerouting"), step(None, "c", "other", "rule", drop=True)]))
    assert str(found.place) == "rule: the host drops it: inet other c: the rule 7"


def test_the_rule_that_drops_its_answer_is_named() -> None:
    answer = [*hooks("db", "output", back=True), step("db", "c", "other", "rule", drop=True, back=True)]
    found = called(CALLED, seen([*THERE, *answer]))
    assert (found.place, str(found.answer_place)) == (None, "rule: db drops it: inet other c: the rule 7")


def test_what_is_not_answered_where_it_arrived_is_told() -> None:
    assert str(called(CALLED, seen(THERE)).place) == "service: db did not answer it"


def test_what_drops_the_packets_that_carry_it_is_named() -> None:
    found = called(CALLED, seen([], [outer("input", drop=True)]))
    assert not found.came
    assert str(found.place) == (
        "rule: the host drops it: inet other input: the rule 9 (it is carried by UDP port 4789 from 192.0.2.11)"
    )


def test_a_device_that_does_not_unwrap_is_named() -> None:
    assert str(called(CALLED, seen([], CAME, vxlan0=True)).place) == "link: vxlan0 is down"
    text = "link: what carries it came in, and nothing of it came out of vxlan0"
    assert str(called(CALLED, seen([], CAME)).place) == text


def test_of_what_never_came_the_host_that_is_called_has_nothing_to_say() -> None:
    found = called(CALLED, seen([]))
    assert (found.came, found.place) == (False, None)


def test_the_host_that_calls_says_whether_it_left_and_what_kept_what_carries_it() -> None:
    there = [*hooks("web", "output"), *hooks(None, "prerouting", "forward", "postrouting")]
    found = calling(CALLING, Outcome(SILENT), seen(there, OUT))
    assert (found.place, found.answer, found.by) == (None, False, "vxlan0")
    kept = calling(CALLING, Outcome(SILENT), seen(there, [outer("output", out=True, drop=True)]))
    assert "it is carried by UDP port 4789 to 192.0.2.11" in str(kept.place)
    nothing = calling(CALLING, Outcome(SILENT), seen(there))
    assert str(nothing.place) == "link: it went to vxlan0, and nothing for 192.0.2.11 left there"


def test_a_route_of_the_host_over_another_interface_is_named() -> None:
    around = Paper()
    around.way = lambda netns, address, *more: Way(oif=2, is_local=(netns, address) == ("db", DB))  # type: ignore
    answer = [replace(each, oif=2) for each in BACK]
    found = called(CALLED, Followed([*THERE, *answer], [*THERE, *answer], cast(Sight, around), Expected("fabric-shop")))
    assert str(found.answer_place) == "route: the route of the host to 10.88.0.2 leads over eth0, not over vxlan0"


def test_a_way_back_that_is_missing_is_named_and_not_the_setting_that_finds_it_out() -> None:
    around = Paper()

    def way(netns: Any, address: str, source: str = "", iif: int = 0) -> Way:
        return Way(errno=EXDEV) if iif else Way(oif=2, is_local=(netns, address) == ("db", DB))

    around.way, around.setting = way, lambda netns, key: "1"  # type: ignore[method-assign]
    steps = hooks(None, "prerouting")
    found = called(CALLED, Followed(steps, steps, cast(Sight, around), Expected("fabric-shop")))
    text = "route: the route of the host to 10.88.0.2 leads over eth0, not over vxlan0"
    assert str(found.place) == text + ", so what comes from there is refused"


def test_what_is_bridged_to_a_mac_that_nobody_has_names_the_interface_also_where_the_hosts_hooks_see_it() -> None:
    around, mac = Paper(), "02:42:0a:58:01:02"
    eth0 = SimpleNamespace(
        ifname="eth0", up=True, index=7, kind="", peer=0, master=0, mac="02:00:00:00:00:66", port=b""
    )
    around.links = lambda netns: {7: eth0} if netns == "db" else around._links  # type: ignore[method-assign]
    around.addresses = lambda netns, index: (DB,) if (netns, index) == ("db", 7) else ()  # type: ignore
    around.neighbour = lambda *asked: ("failed", "")  # type: ignore[method-assign]
    routed = hooks(None, "prerouting", "forward", "postrouting")
    steps = [*routed, *(replace(each, family="bridge") for each in routed)]
    expected = Expected("fabric-shop", macs={("db", "eth0"): mac})
    found = called(CALLED, Followed(steps, steps, cast(Sight, around), expected))
    assert str(found.place) == "link: db:eth0 has the MAC 02:00:00:00:00:66, and other hosts know it by " + mac


def test_steps_are_the_same_after_they_were_data() -> None:
    assert [step_of(step_data(each)) for each in THERE] == THERE
