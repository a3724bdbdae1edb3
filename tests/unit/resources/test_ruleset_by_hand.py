# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One translation by hand: into the ruleset that is there, and out of it again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.errors import DeclarationError
from ansible_collections.linuxnet.fabric.plugins.module_utils._module import nat
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.ruleset.model import Publication, Ruleset
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.ruleset.read import read_ruleset

RECORDING = json.loads((Path(__file__).parent / "data" / "ruleset.json").read_text(encoding="utf-8"))
NOTHING = Ruleset("by_hand")


def understood(**words):
    params = dict.fromkeys(("subnet", "to_address", "published", "host_ip", "target", "target_port"))
    params.update(kind="publish", state="present", bridge="br-x", protocol="tcp", topology_name="by_hand")
    params.update(words)
    return nat._understand(params)


MASQUERADE = dict(kind="masquerade", subnet="10.0.0.0/24")
SNAT = dict(kind="snat", subnet="10.0.0.0/24", to_address="192.0.2.7")
PUBLISH = dict(published=8080, target="10.0.0.2", target_port=80, subnet="10.0.0.0/24")


def test_a_live_table_reads_back_as_its_networks_and_ports():
    ruleset = read_ruleset("default", RECORDING["inet"], nat.translated_only)
    assert {(net.bridge, net.subnet, net.masquerade, net.snat_to) for net in ruleset.networks} == {
        ("br-front", "172.20.0.0/24", True, None),
        ("br-front", "fd00:20::/64", True, None),
        ("br-back", "172.21.0.0/24", False, None),
        ("br-lab", "172.22.0.0/24", False, None),
        ("br-vpn", "172.23.0.0/24", True, "192.0.2.7"),
    }
    assert set(ruleset.publications) == {
        Publication(4, "tcp", 8080, "172.20.0.10", 80, "br-front"),
        Publication(4, "udp", 53, "172.20.0.10", 53, "br-front", "127.0.0.1"),
        Publication(6, "tcp", 8080, "fd00:20::a", 80, "br-front"),
    }


@pytest.mark.parametrize("words", [MASQUERADE, SNAT, PUBLISH], ids=["masquerade", "snat", "publish"])
def test_what_was_put_in_comes_out_again_and_twice_is_once(words):
    rule = understood(**words)
    once = nat.with_rule(NOTHING, rule)
    assert once != NOTHING and nat.with_rule(once, rule) == once
    assert nat.without_rule(once, rule) == NOTHING


def test_taking_one_out_leaves_the_other():
    both = nat.with_rule(nat.with_rule(NOTHING, understood(**MASQUERADE)), understood(**PUBLISH))
    assert nat.without_rule(both, understood(**MASQUERADE)).publications == both.publications
    assert nat.without_rule(both, understood(**PUBLISH)).networks == both.networks


def test_a_port_that_leads_elsewhere_replaces_itself():
    first = nat.with_rule(NOTHING, understood(**PUBLISH))
    second = nat.with_rule(first, understood(**dict(PUBLISH, target="10.0.0.3")))
    assert [port.container_address for port in second.publications] == ["10.0.0.3"]


def test_the_subnet_of_a_target_is_that_of_the_bridges_own_address():
    rule = understood(published=80, target="10.0.0.2")
    assert nat.with_rule(NOTHING, rule, ("10.0.0.0/24",)).networks[0].subnet == "10.0.0.0/24"
    with pytest.raises(DeclarationError, match="name the subnet of 10.0.0.2, for br-x has no address in it"):
        nat.with_rule(NOTHING, rule, ("10.9.0.0/24",))


@pytest.mark.parametrize(
    "words, message",
    [
        (dict(published=0, target="10.0.0.2"), "published: 0: the host port must be between 1 and 65535"),
        (dict(published=80), "target: name the address that the published port leads to"),
        (dict(published=80, target="10.0.0.2", host_ip="::1"), "host_ip: ::1: IPv4 and IPv6 cannot be translated"),
        (dict(published=80, target="fd00::2", host_ip="::1"), "host_ip: ::1: only the module topology publishes there"),
        (dict(kind="snat", subnet="10.0.0.0/24"), "to_address: name the source address"),
        (dict(kind="masquerade", subnet="10.0.0.1/24"), "subnet: invalid subnet 10.0.0.1/24: it should be 10.0.0.0/24"),
        (dict(MASQUERADE, to_address="1.2.3.4"), "to_address: masquerade takes the address of the interface"),
    ],
)
def test_what_makes_no_sense_is_refused_by_the_name_of_the_option(words, message):
    with pytest.raises(DeclarationError, match=message):
        understood(**words)
