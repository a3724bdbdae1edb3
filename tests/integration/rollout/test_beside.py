# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Several topologies of a host, checked one after the other: each is told what those before it will leave."""

from __future__ import annotations

from typing import Any, Dict, List

from tests.lab import Lab
from tests.lab.place import Host

Words = Dict[str, Any]

#: Both would be on fabric0, both choose a subnet and a port, and the second one has a written port to go around.
SHOP = {"name": "shop", "containers": {"web": {"ports": ["80", "8080:81"]}}}
BLOG = {"name": "blog", "containers": {"page": {"ports": ["80", "8080-8090:81"]}}}


def foretold(host: Host, *topologies: Words) -> List[List[str]]:
    """What checks of all of them say, of each its lines, before anything is made."""
    told: List[Words] = []
    found = []
    for words in topologies:
        answer = host.module("topology", {**words, "beside": told}, check=True)
        told.append(answer["foreseen"])
        found.append(answer["actions"])
    return found


def made(host: Host, *topologies: Words) -> List[List[str]]:
    return [host.module("topology", words)["actions"] for words in topologies]


def gone(words: Words) -> Words:
    return {"name": words["name"], "state": "absent"}


def test_checks_of_all_say_what_each_then_does(lab: Lab) -> None:
    host = lab.host
    host.run(["sysctl", "-qw", "net.ipv4.ip_forward=0"])
    first = foretold(host, SHOP, BLOG)
    assert "create nft table inet fabric" in first[0] and "create nft table inet fabric" not in first[1]
    assert made(host, SHOP, BLOG) == first

    # One goes, and who comes after it gets its bridge, its subnet and its ports.
    late = {"name": "late", "containers": {"web": {"ports": ["80", "8080-8090:81"]}}}
    second = foretold(host, gone(SHOP), late)
    assert any("fabric0" in line for line in second[1])
    assert made(host, gone(SHOP), late) == second

    # All go, forwarding with the last one, and it is turned on again.
    third = foretold(host, gone(BLOG), gone(late), SHOP)
    assert any("ip_forward" in line for line in third[1]) and any("ip_forward" in line for line in third[2])
    assert made(host, gone(BLOG), gone(late), SHOP) == third
