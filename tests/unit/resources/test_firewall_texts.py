# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The texts that are put into other firewalls, and taken out of them again."""

from __future__ import annotations

import random
from typing import List

import pytest

from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel import iptables
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.errors import (
    DeclarationError,
    FabricError,
    ForeignObjectError,
)
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.names import firewalld_zone
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.firewalls import (
    firewalld as firewall_firewalld,
)
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.firewalls import iptables as firewall_iptables
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.firewalls import ufw as firewall_ufw
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.firewalls.accept import HostFirewall
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.ruleset.model import NetworkPolicy, Ruleset

DOCKER, UFW = (place for _kind, place in firewall_iptables.places("ip"))
COMMENT = '-m comment --comment "linuxnet.fabric/shop"'
BEFORE = """#
# rules.before
*nat
:POSTROUTING ACCEPT [0:0]
COMMIT
*filter
:ufw-before-forward - [0:0]
-A ufw-before-forward -p icmp --icmp-type echo-request -j ACCEPT

# don't delete the 'COMMIT' line or these rules won't be processed
COMMIT
*mangle
COMMIT
"""


def _block(topology: str, bridges: List[str]) -> List[str]:
    return firewall_ufw.block(topology, firewall_ufw.forwarding(UFW, topology, bridges))


# --- iptables


def test_beside_docker_what_goes_on_to_a_bridge_of_dockers_is_left_to_it() -> None:
    assert firewall_iptables.rules(DOCKER, "shop", ["br-a", "br-b"]) == [
        "-o br-a {0} -j ACCEPT".format(COMMENT),
        "-o br-b {0} -j ACCEPT".format(COMMENT),
        "-i br-a -o docker+ {0} -j RETURN".format(COMMENT),
        "-i br-a -o br-+ {0} -j RETURN".format(COMMENT),
        "-i br-a {0} -j ACCEPT".format(COMMENT),
        "-i br-b -o docker+ {0} -j RETURN".format(COMMENT),
        "-i br-b -o br-+ {0} -j RETURN".format(COMMENT),
        "-i br-b {0} -j ACCEPT".format(COMMENT),
    ]


@pytest.mark.parametrize(
    "found, expected",
    [
        ([], [COMMENT]),
        (["-j RETURN"], [COMMENT, "-j RETURN"]),
        (["-s 192.0.2.1/32 -j DROP", "-j RETURN"], ["-s 192.0.2.1/32 -j DROP", COMMENT, "-j RETURN"]),
        (["-m comment --comment all -j ufw-user-forward"], [COMMENT, "-m comment --comment all -j ufw-user-forward"]),
        (["-m conntrack --ctstate NEW -j LOG"], ["-m conntrack --ctstate NEW -j LOG", COMMENT]),
    ],
    ids=["alone", "before a return", "behind the user's", "before a jump with a comment", "behind a rule with a match"],
)
def test_ours_stand_behind_the_users_rules_and_before_one_that_takes_all(
    monkeypatch: pytest.MonkeyPatch, found: List[str], expected: List[str]
) -> None:
    chain = Chain(monkeypatch, found)
    rule = "-i br-a {0} -j ACCEPT".format(COMMENT)

    iptables.set_own("ip", "DOCKER-USER", "linuxnet.fabric/shop", [rule])

    assert chain.rules == [rule if each == COMMENT else each for each in expected]
    assert chain.transactions == 1


def test_what_goes_to_a_bridge_of_one_topology_is_accepted_before_another_returns_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    chain = Chain(monkeypatch, ["-j RETURN"])
    for topology, bridge in (("shop", "br-a"), ("yard", "br-b")):
        rules = firewall_iptables.rules(DOCKER, topology, [bridge])
        iptables.set_own("ip", "DOCKER-USER", "linuxnet.fabric/" + topology, rules)

    accepted = chain.rules.index('-o br-b -m comment --comment "linuxnet.fabric/yard" -j ACCEPT')
    assert accepted < chain.rules.index("-i br-a -o br-+ {0} -j RETURN".format(COMMENT))


def test_only_what_carries_the_mark_is_ever_taken_away(monkeypatch: pytest.MonkeyPatch) -> None:
    others = ["-i br-a -j ACCEPT", '-i br-a -m comment --comment "linuxnet.fabric/shop2" -j ACCEPT', "-j RETURN"]
    chain = Chain(monkeypatch, ["-i br-a {0} -j DROP".format(COMMENT), *others])

    iptables.set_own("ip", "DOCKER-USER", "linuxnet.fabric/shop", [])

    assert chain.rules == others


def test_nothing_is_written_when_it_is_so_already(monkeypatch: pytest.MonkeyPatch) -> None:
    rules = firewall_iptables.rules(UFW, "shop", ["br-a"])
    chain = Chain(monkeypatch, [*rules, "-j ufw-user-forward"])

    iptables.set_own("ip", "ufw-before-forward", "linuxnet.fabric/shop", rules)

    assert chain.transactions == 0


def test_a_chain_that_is_gone_needs_nothing_taken_away_and_takes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(iptables, "rules", lambda family, chain: None)

    iptables.set_own("ip", "DOCKER-USER", "linuxnet.fabric/shop", [])
    with pytest.raises(FabricError, match="no chain DOCKER-USER"):
        iptables.set_own("ip", "DOCKER-USER", "linuxnet.fabric/shop", ["-i br-a -j ACCEPT"])


class Chain:
    """A chain that does what iptables-restore is told."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, found: List[str]) -> None:
        self.rules, self.transactions = list(found), 0
        monkeypatch.setattr(iptables, "rules", lambda family, chain: list(self.rules))
        monkeypatch.setattr(iptables, "_run", self._restore)

    def _restore(self, _command: List[str], script: str) -> "Chain":
        self.transactions += 1
        for line in script.splitlines():
            words = line.split(" ", 3)
            if words[0] == "-D":
                self.rules.remove(line.split(" ", 2)[2])
            elif words[0] == "-I":
                self.rules.insert(int(words[2]) - 1, words[3])
        return self

    returncode, stderr = 0, ""


# --- ufw


def test_the_lines_stand_at_the_end_of_the_filter_table() -> None:
    text = firewall_ufw.with_block(BEFORE, "shop", _block("shop", ["br-a"])) or ""

    table = text.split("*filter\n")[1].split("COMMIT\n*mangle")[0].splitlines()
    assert table[-4:] == [
        "# begin of linuxnet.fabric/shop: written by the tool, which takes it away again",
        "-A ufw-before-forward -o br-a {0} -j ACCEPT".format(COMMENT),
        "-A ufw-before-forward -i br-a {0} -j ACCEPT".format(COMMENT),
        "# end of linuxnet.fabric/shop",
    ]


@pytest.mark.parametrize("text", [BEFORE, BEFORE.replace("\n", "\r\n"), BEFORE.rstrip("\n"), BEFORE + "\udcff\n"])
def test_without_the_lines_the_file_is_what_it_was_whoever_comes_and_goes(text: str) -> None:
    now, there, chance = text, set(), random.Random(7)
    for _step in range(60):
        topology = chance.choice(["shop", "yard", "shop2"])
        bridges = chance.choice([[], ["br-a"], ["br-a", "br-b"]])
        wanted = _block(topology, bridges)
        now = firewall_ufw.with_block(now, topology, wanted) or ""
        there = there | {topology} if bridges else there - {topology}
        assert firewall_ufw.block_in(now, topology) == wanted
    for topology in there:
        now = firewall_ufw.with_block(now, topology, []) or ""
    assert now == text


def test_a_file_without_a_filter_table_has_no_place_for_us() -> None:
    assert firewall_ufw.with_block("*nat\nCOMMIT\n", "shop", _block("shop", ["br-a"])) is None


@pytest.mark.parametrize("lost", range(4))
def test_lines_of_which_somebody_took_one_away_are_replaced_by_whole_ones(lost: int) -> None:
    block = _block("shop", ["br-a"])
    whole = firewall_ufw.with_block(BEFORE, "shop", block) or ""

    text = firewall_ufw.with_block(whole.replace(block[lost], ""), "shop", block)

    assert text == whole


def test_lines_that_somebody_moved_out_of_the_table_come_back() -> None:
    block = _block("shop", ["br-a"])
    whole = firewall_ufw.with_block(BEFORE, "shop", block)

    assert firewall_ufw.with_block("".join(block) + BEFORE, "shop", block) == whole


# --- firewalld


def test_a_zone_keeps_what_the_user_has_put_into_it() -> None:
    made = firewall_firewalld.zone_text("shop", ["br-a"], None)
    changed = made.replace("</zone>", '  <service name="dns"/>\n</zone>')

    assert firewall_firewalld.zone_text("shop", ["br-a"], changed) == changed
    more = firewall_firewalld.zone_text("shop", ["br-a", "br-b"], changed)
    assert '<service name="dns"/>' in more and "br-b" in more
    assert firewall_firewalld.zone_text("shop", ["br-a", "br-b"], more) == more


def test_a_zone_that_only_we_have_written_is_written_alike_whatever_was_in_it() -> None:
    made = firewall_firewalld.zone_text("shop", ["br-a"], None)

    assert firewall_firewalld.zone_text("shop", ["br-a"], made.replace("br-a", "br-b")) == made
    assert firewall_firewalld.zone_text("shop", ["br-a"], made.replace('<interface name="br-a"/>', "")) == made


def test_a_zone_file_that_is_no_xml_any_more_is_written_anew() -> None:
    assert firewall_firewalld.zone_text("shop", ["br-a"], "<zone>") == firewall_firewalld.zone_text(
        "shop", ["br-a"], None
    )


@pytest.mark.parametrize("topology", ["a", "default", "longer-than-that", "x" * 40])
def test_names_in_firewalld_keep_its_limits(topology: str) -> None:
    paths = firewall_firewalld.wanted_texts(topology, ["br-a"], None)
    zone, *policies = [path.rpartition("/")[2][: -len(".xml")] for path in paths]

    assert zone == firewalld_zone(topology) and len(zone) <= 17
    assert all(len(policy) <= 18 for policy in policies)


def test_a_zone_of_that_name_that_is_not_ours_stands_in_the_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        firewall_firewalld.files,
        "read_exactly",
        lambda path: "<zone><description>mine</description></zone>" if "zones" in path else None,
    )

    with pytest.raises(ForeignObjectError, match="fabric-shop.xml exists and is not ours"):
        list(firewall_firewalld.compare("shop", ["br-a"], True, {}, {}))


# --- all of them


@pytest.mark.parametrize("bridge", ["br+", "-x", "!br", "it's", "a&b", "<br>", ".br", "a;b"])
def test_a_name_that_others_take_for_more_than_a_name_is_refused(bridge: str) -> None:
    networks = (NetworkPolicy("front", bridge, 4, "10.0.0.0/24", "10.0.0.1"),)

    with pytest.raises(DeclarationError, match="topology_networks.front.bridge: .* and no") as told:
        HostFirewall("shop", "integrate", Ruleset("shop", networks))
    assert len(told.value.problems) == 1
    HostFirewall("shop", "warn", Ruleset("shop", networks))
