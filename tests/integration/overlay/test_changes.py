# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A living overlay that is changed: each step is announced, says what it interrupts, and leaves nothing of what was."""

from __future__ import annotations

import copy
from typing import Any, Dict, Iterator, List, Optional

import pytest

from tests.integration.overlay.peer import SHOP, told
from tests.lab import Lab, missing

CONTAINERS = {"web": {"networks": ["shop"]}}
DEVICE = "vxlanaaed7988b4"


class Overlay:
    """One host, whose peers are told of but need not be there."""

    def __init__(self, lab: Lab) -> None:
        self.host = lab.host
        self.peers = {"node2": lab.client.ipv4, "node3": lab.attacker.ipv4}
        self.own, self.port, self.network = lab.host.ipv4, 4789, copy.deepcopy(SHOP)
        self.kept: Optional[Dict[str, Any]] = None
        self.ids: Dict[str, str] = {}

    def declared(self) -> Dict[str, Any]:
        addresses = {"here": self.own, **self.peers}
        fleet = told({"shop": self.network}, addresses, CONTAINERS, self.kept, self.ids, topology_vxlan_port=self.port)
        return {"networks": {"shop": self.network}, "containers": CONTAINERS, "fleet": fleet}

    def change(self) -> List[str]:
        """Make it as it is declared now, as a check announced; nothing is left to do then. What was done."""
        declared = self.declared()
        announced = self.host.module("topology", declared, check=True)
        made = self.host.module("topology", declared)
        assert made["actions"] == announced["actions"]
        again = self.host.module("topology", declared)
        assert (again["changed"], again["actions"]) == (False, [])
        self.kept = declared["fleet"]
        return list(made["actions"])

    def device(self) -> Dict[str, Any]:
        (found,) = self.host.json(["ip", "-j", "-d", "link", "show", "type", "vxlan"])
        return dict(found["linkinfo"]["info_data"], master=found.get("master"))

    def routes(self) -> List[str]:
        return [each["dst"] for each in self.host.json(["ip", "-j", "route", "show", "dev", DEVICE])]

    def check_of_info(self) -> List[str]:
        """What a check of what topology_info says would do."""
        found = self.host.module("topology_info", {"name": "default"})
        words = {"networks": found["networks"], "containers": found["containers"]}
        assert found["networks"]["shop"]["ipam"]["config"][0]["subnet"] == "10.88.0.0/16"
        return list(self.host.module("topology", {**self.declared(), **words}, check=True)["actions"])


@pytest.fixture(scope="module")
def overlay() -> Iterator[Overlay]:
    lack = missing()
    if lack:
        pytest.skip("a lab needs " + lack)
    with Lab() as lab:
        made = Overlay(lab)
        made.change()
        yield made


def test_another_port_takes_the_device_away_and_says_what_is_lost_meanwhile(overlay: Overlay) -> None:
    overlay.port = 4790

    (line,) = [line for line in overlay.change() if line.startswith("take ")]

    assert line == (
        "take {0} of shop away, whose port is 4789, for one with 4790: until all its hosts have it, what is sent to "
        "them is lost".format(DEVICE)
    )
    assert overlay.check_of_info() == [], "what topology_info says is what is there"
    assert overlay.device()["port"] == 4790 and overlay.routes() == ["10.88.1.0/24", "10.88.2.0/24"]


def test_another_underlay_address_is_given_to_the_living_device(overlay: Overlay) -> None:
    before = overlay.host.json(["ip", "-j", "link", "show", DEVICE])[0]["ifindex"]
    overlay.host.run(["ip", "address", "add", "198.51.100.111/24", "dev", "eth0"])
    overlay.own = "198.51.100.111"

    lines = overlay.change()

    assert [line for line in lines if "a peer takes what it sends once it knows the new address" in line]
    assert overlay.device()["local"] == "198.51.100.111"
    assert overlay.host.json(["ip", "-j", "link", "show", DEVICE])[0]["ifindex"] == before


def test_a_peer_with_another_address_is_reached_there(overlay: Overlay) -> None:
    overlay.peers["node2"] = "198.51.100.112"

    assert [line for line in overlay.change() if line.startswith("repair the way to node2 over shop")]

    entries = overlay.host.json(["bridge", "-j", "fdb", "show", "dev", DEVICE])
    assert sorted(each["dst"] for each in entries) == sorted(overlay.peers.values())


def test_a_peer_with_another_name_is_the_same_host(overlay: Overlay) -> None:
    """Which it is by its id: nothing of it is made anew."""
    overlay.peers = {"renamed" if name == "node3" else name: address for name, address in overlay.peers.items()}

    overlay.ids = {"renamed": "id-of-node3"}

    lines = overlay.change()

    assert [line for line in lines if "reach" in line or "way to" in line or "shop" in line] == []
    assert overlay.routes() == ["10.88.1.0/24", "10.88.2.0/24"]


def test_from_routed_to_bridged_and_back_nothing_of_the_other_mode_is_left(overlay: Overlay) -> None:
    overlay.network["overlay_mode"] = "bridged"
    (line,) = [line for line in overlay.change() if line.startswith("take ")]
    assert "over which the host routes, for one that is a port of br-shop: until all its hosts have it" in line
    assert overlay.device()["master"] == "br-shop" and overlay.routes() == []
    assert overlay.check_of_info() == [], "what topology_info says is what is there"

    overlay.network["overlay_mode"] = "routed"
    (line,) = [line for line in overlay.change() if line.startswith("take ")]
    assert "that is a port of br-shop, for one over which the host routes: until all its hosts have it" in line
    assert overlay.device()["master"] is None and overlay.routes() == ["10.88.1.0/24", "10.88.2.0/24"]
    neighbours = overlay.host.json(["ip", "-j", "neigh", "show", "dev", "br-shop", "nud", "permanent"])
    assert neighbours == []


def test_another_identifier_takes_the_device_away(overlay: Overlay) -> None:
    overlay.network["vni"] = 4712
    (line,) = [line for line in overlay.change() if line.startswith("take ")]
    assert "whose identifier is 4711, for one with 4712: until all its hosts have it" in line
    assert overlay.device()["id"] == 4712
