# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A limit against what traffic control has: what is said, what is done, and what is left alone."""

from __future__ import annotations

import pytest

from ansible_collections.linuxnet.fabric.plugins.module_utils._engine.desired import Desired
from ansible_collections.linuxnet.fabric.plugins.module_utils._engine.plan import plan
from ansible_collections.linuxnet.fabric.plugins.module_utils._expansion.bandwidth import bandwidth_of
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.errors import ForeignObjectError
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.marks import HandleMark
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.observe import Observed
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.rtnl.read import Link
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.tc import Qdisc, Shaping
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.visits import NamespaceState
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources import qdisc
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.links.ifb import Ifb
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.links.veth import Veth
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.netns import Netns
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.qdisc import Limit, limit, limit_of

ENDPOINT, EGRESS = "linuxnet.fabric/default web:eth0", "linuxnet.fabric/default egress web:eth0"
ALTNAME = "fabric,default,egress,web:eth0"
TEN, FIVE = Limit(1_250_000, 65536), Limit(625_000, 65536)
OUTER = Link(7, "vethaa", "veth", True, mtu=1500, alias=ENDPOINT, peer=2, ipv6_link_local=False)
INNER = Link(2, "eth0", "veth", True, mtu=1500, alias=ENDPOINT, peer=7)
IFB = Link(8, "ifbaa", "ifb", True, mtu=1500, alias=EGRESS, altnames=(ALTNAME,), ipv6_link_local=False)


def wanted(ingress=None, egress=None, prune=True):
    pair = Veth(
        "vethaa", "web", "eth0", ENDPOINT, "web:eth0", ingress=ingress, ifb="ifbaa" if egress is not None else None
    )
    ifbs = [Ifb("ifbaa", EGRESS, "web:eth0", egress)] if egress is not None else []
    return Desired("default", links=(*ifbs, pair), namespaces=(Netns("web", "default"),), prune=prune)


def host(outer=None, ifb=None, ifb_is_there=True):
    links = [OUTER, *([IFB] if ifb_is_there else [])]
    shaping = {OUTER.index: outer, IFB.index: ifb}
    return Observed(
        {link.ifname: link for link in links},
        {link.index: link for link in links},
        {},
        {},
        {"web": 5},
        {"web": HandleMark("default", 5)},
        {"web": NamespaceState({"eth0": INNER})},
        1,
        inner_ends={7: ("web", INNER)},
        shaping={index: each for index, each in shaping.items() if each is not None},
    )


def lines(desired, observed):
    return [action.text for action in plan(desired, observed, None, {})]


SET_UP = host(Shaping(TEN.qdisc, "ingress", 8), Shaping(FIVE.qdisc))


def test_what_is_set_up_needs_nothing():
    assert lines(wanted(TEN, FIVE), SET_UP) == []


def test_a_host_that_limits_nothing_looks_for_nothing():
    assert wanted().limited_ifnames() == frozenset()
    assert wanted(TEN).limited_ifnames() == {"vethaa"}
    assert wanted(None, FIVE).limited_ifnames() == {"vethaa", "ifbaa"}


def test_the_first_limits_of_a_pair_that_is_there():
    assert lines(wanted(TEN, FIVE), host(ifb_is_there=False)) == [
        "limit traffic out of web:eth0 to 5mbit, burst 64kb, by ifbaa",
        "limit traffic into web:eth0 to 10mbit, burst 64kb",
        "send traffic out of web:eth0 through ifbaa",
    ]


def test_other_rates_are_changes_of_what_is_there():
    assert lines(wanted(FIVE, TEN), SET_UP) == [
        "change the limit of traffic out of web:eth0 from 5mbit, burst 64kb to 10mbit, burst 64kb",
        "change the limit of traffic into web:eth0 from 10mbit, burst 64kb to 5mbit, burst 64kb",
    ]


def test_the_ifb_goes_when_nothing_is_sent_to_it_any_more_and_comes_back_before():
    actions = plan(wanted(), SET_UP, None, {})
    assert [action.text for action in actions] == [
        "no longer limit traffic into web:eth0 (10mbit, burst 64kb)",
        "no longer send traffic out of web:eth0 through an ifb",
        "no longer limit traffic out of web:eth0 (5mbit, burst 64kb), by ifbaa",
    ]
    back = [step for action in reversed(actions) for step in action.undo]
    assert [step.name for step in back] == ["link.delete", "link.create", "redirect.set", "qdisc.set"]
    assert back[1].arguments["link"]["qdisc"]["rate"] == FIVE.rate
    assert back[2].arguments == {"ifname": "vethaa", "to": "ifbaa"}


def test_a_pair_that_goes_comes_back_with_its_limits():
    (action, *_namespace) = plan(Desired("default"), SET_UP, None, {})
    back = [(step.name, step.arguments.get("ifname")) for step in action.undo]
    made, limited, sent = (
        back.index(each) for each in (("link.create", "ifbaa"), ("qdisc.set", "vethaa"), ("redirect.set", "vethaa"))
    )
    assert made < back.index(("link.create", "vethaa")) < limited < sent


@pytest.mark.parametrize(
    "found",
    [
        Shaping(TEN.qdisc, "ingress", None),
        Shaping(TEN.qdisc, "ingress", 0),
        Shaping(TEN.qdisc, "ingress", -1),
        Shaping(TEN.qdisc, "ingress", 7),
        Shaping(TEN.qdisc),
    ],
    ids=["no filter", "its link is gone", "something else", "another link", "no qdisc"],
)
def test_what_comes_out_is_sent_to_the_ifb_again(found):
    assert lines(wanted(TEN, FIVE), host(found, Shaping(FIVE.qdisc))) == ["send traffic out of web:eth0 through ifbaa"]


@pytest.mark.parametrize(
    ("words", "line"),
    [
        ({"rate": 125_000}, "change the limit"),
        ({"limit": 200_000}, "change the limit"),
        ({"buffer": TEN.qdisc.buffer + 2}, "set the limit of traffic into web:eth0 to 10mbit, burst 64kb again"),
        ({"peak": 9_000_000}, "set the limit"),
        ({"handle": 0x80010000}, "set the limit"),
    ],
    ids=lambda each: next(iter(each)) if isinstance(each, dict) else "",
)
def test_every_number_of_a_bucket_counts(words, line):
    (found,) = lines(wanted(TEN), host(Shaping(TEN.qdisc._replace(**words)), ifb_is_there=False))
    assert found.startswith(line)


def test_a_burst_that_tc_rounded_otherwise_is_the_same():
    rounded = TEN.qdisc._replace(buffer=TEN.qdisc.buffer - 1)
    assert lines(wanted(TEN), host(Shaping(rounded), ifb_is_there=False)) == []


def test_somebody_elses_qdisc_is_left_alone_where_nothing_is_limited_and_stops_the_run_where_something_is():
    for other in (Qdisc("htb", 0x10000), Qdisc("tbf", 0x80010000, 125_000, 8_000_000, 70_000)):
        assert lines(wanted(), host(Shaping(other), ifb_is_there=False)) == []
    with pytest.raises(ForeignObjectError, match=r"vethaa has a qdisc \(htb\) that is not ours"):
        lines(wanted(TEN), host(Shaping(Qdisc("htb", 0x10000)), ifb_is_there=False))
    with pytest.raises(ForeignObjectError, match=r"has filters for what comes in by it \(ingress\)"):
        lines(wanted(None, FIVE), host(Shaping(qdisc.PLAIN, "ingress", 8, foreign=True), Shaping(FIVE.qdisc)))


def test_a_declared_burst_holds_at_least_one_packet():
    assert limit(1_250_000, None, 1500).burst == 65536
    assert limit(125_000_000, None, 1500).burst == 1_250_000  # 10 ms
    assert limit(1_250_000, 2000, 1500).burst == 2000
    assert limit(1_250_000, 2000, 9000).burst == 9015


@pytest.mark.parametrize("rate", [1000, 12_345, 1_250_000, 125_000_000, (1 << 32) - 1])
@pytest.mark.parametrize("burst", [None, 20_001, 3 << 20])
def test_what_is_read_back_is_what_was_declared(rate, burst):
    made = limit(rate, burst, 1500)
    read = limit_of(made.qdisc)
    assert read == made
    assert limit(read.rate, read.burst, 1500).qdisc == made.qdisc


def test_limits_in_the_words_of_a_declaration():
    assert bandwidth_of(None, None) == {}
    assert bandwidth_of(limit(1_250_000, None, 1500), None) == {"ingress": "10mbit"}
    assert bandwidth_of(limit(1_250_000, None, 1500), limit(2500, 65536, 1500)) == {
        "ingress": "10mbit",
        "egress": "20kbit",
    }
    assert bandwidth_of(None, Limit(1001, 20_001)) == {"egress": "8008bit", "burst": "20001b"}
    assert bandwidth_of(limit(10**9, None, 1500), Limit(10**9, 1 << 20)) == {
        "ingress": "8gbit",
        "egress": "8gbit",
        "burst": "1mb",
    }
