# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the name server of a topology is told: views, who is in which, and what comes of foreign names."""

from __future__ import annotations

from typing import Any, Dict, List, Mapping

from ansible_collections.linuxnet.fabric.plugins.module_utils._expansion.name_server import name_server_text
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.name_server import compare
from tests.unit.expansion.paper_host import on_paper
from tests.unit.ipam.memory_store import MemoryStore

NETWORKS = {
    "front": {"ipam": {"config": [{"subnet": "172.20.0.0/24"}]}},
    "back": {"internal": True, "ipam": {"config": [{"subnet": "172.21.0.0/24"}]}},
}
HOST = ("nameserver 127.0.0.53", "nameserver fe80::1%eth0", "nameserver 198.51.100.1")


def told(containers: Mapping[str, Any], resolv_conf: Any = HOST, networks: Mapping[str, Any] = NETWORKS) -> str:
    words = {"topology_name": "shop", "topology_networks": networks, "topology_containers": containers}
    paper = on_paper(words, {}, MemoryStore())
    return name_server_text(paper.topology, paper.allocation, resolv_conf)


def views(text: str) -> Dict[str, List[str]]:
    """Name → its lines."""
    blocks = [block.strip().splitlines() for block in text.split("\nview:")[1:]]
    return {lines[0].split('"')[1]: [line.strip() for line in lines[1:]] for lines in blocks}


def words_of(text: str, keyword: str) -> List[str]:
    return [line.split(None, 1)[1] for line in text.splitlines() if line.strip().startswith(keyword + ":")]


def test_each_set_of_networks_is_a_view_and_containers_on_the_same_share_it() -> None:
    text = told({"a": {"networks": ["front"]}, "b": {"networks": ["front"]}, "c": {"networks": ["front", "back"]}})
    assert set(views(text)) == {"front", "back,front"}
    assert words_of(text, "access-control-view") == [
        '172.20.0.4/32 "back,front"',
        '172.21.0.2/32 "back,front"',
        '172.20.0.2/32 "front"',
        '172.20.0.3/32 "front"',
    ]
    assert words_of(text, "interface") == ["172.20.0.1"], "nobody asks by the other gateway"
    assert 'local-data: "c. 5 IN A 172.21.0.2"' not in views(text)["front"]
    assert 'local-data-ptr: "172.20.0.4 5 c"' in views(text)["front"]


def test_foreign_names_are_asked_where_the_host_asks_but_for_servers_on_one_of_its_links() -> None:
    text = told({"a": {"networks": ["front"]}})
    assert words_of(text, "forward-addr") == ["127.0.0.53", "198.51.100.1"]
    assert views(text)["front"][0].startswith("local-data")


def test_there_are_no_foreign_names_on_internal_networks_nor_where_the_host_has_no_server() -> None:
    assert views(told({"a": {"networks": ["back"]}}))["back/static"][0] == 'local-zone: "." static'
    text = told({"a": {"networks": ["front"]}}, ())
    assert words_of(text, "forward-addr") == [] and views(text)["front"][0] == 'local-zone: "." static'


def test_who_says_where_to_ask_is_refused_foreign_names() -> None:
    text = told({"a": {"networks": ["front"], "dns": ["192.0.2.1"]}})
    assert views(text)["front/refuse"][0] == 'local-zone: "." refuse'


def test_a_name_that_dns_cannot_say_stays_in_the_hosts_files() -> None:
    assert "a..b" not in told({"a..b": {"networks": ["front"]}, "c": {"networks": ["front"]}})


def test_it_is_the_same_whatever_the_order_of_the_declaration() -> None:
    a, b = (
        {name: {"networks": {"front": {"ipv4_address": address}}}}
        for name, address in (("a", "172.20.0.8"), ("b", "172.20.0.9"))
    )
    assert told({**a, **b}) == told({**b, **a})


def test_where_nobody_can_ask_the_host_there_is_none() -> None:
    assert told({"a": {"network_mode": "none"}, "b": {"network_mode": "host"}}) == ""


def test_a_name_is_loaded_and_another_address_to_listen_on_takes_a_restart() -> None:
    one, two = told({"a": {"networks": ["front"]}}), told({"b": {"networks": ["front"]}})
    other = told({"a": {"networks": ["front"]}, "b": {"networks": ["back"]}})
    restarts = [compare("shop", wanted, one)[0].finish[0].arguments["restart"] for wanted in (two, other)]
    assert restarts == [False, True]
    assert compare("shop", one, one) == () and compare("shop", "", None) == ()
    assert compare("shop", one, None)[0].finish == (), "its unit is started"
