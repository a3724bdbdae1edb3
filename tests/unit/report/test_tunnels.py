# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Networks across hosts in the drawing of a host and in the summary: which hosts it reaches, and by which ways."""

from __future__ import annotations

import re
from typing import Any, Dict
from xml.etree import ElementTree

import jinja2
import pytest

from ansible_collections.linuxnet.fabric.plugins.plugin_utils._drift_report.drawing import draw
from ansible_collections.linuxnet.fabric.plugins.plugin_utils._drift_report.report import report_of
from ansible_collections.linuxnet.fabric.plugins.plugin_utils._drift_report.scene import MANY_TUNNELS, scene_of
from tests.paths import ROOT

SVG = "{http://www.w3.org/2000/svg}"
TEMPLATE = ROOT / "roles" / "topology" / "templates" / "summary.txt.j2"


def peer(number: int) -> Dict[str, Any]:
    return {"underlay_address": f"192.0.2.{number}", "block": [f"10.88.{number}.0/24"]}


def answer(peers: int = 2, *changes: Dict[str, Any]) -> Dict[str, Any]:
    shop = {
        "driver": "overlay",
        "bridge": "br-shop",
        "vni": 1234,
        "block": ["10.88.0.0/24"],
        "peers": {f"node{number}": peer(number) for number in range(2, peers + 2)},
        "subnets": ["10.88.0.0/24"],
        "gateways": ["10.88.0.1"],
    }
    front = {"driver": "bridge", "bridge": "br-front", "subnets": ["172.20.0.0/24"], "gateways": ["172.20.0.1"]}
    lan = {"driver": "macvlan", "parent": "eth0", "subnets": ["198.51.100.0/24"], "gateways": []}
    interfaces = {
        name: {"network": network, "ipv4": address, "ipv6": None}
        for name, network, address in (
            ("eth0", "front", "172.20.0.2"),
            ("eth1", "shop", "10.88.0.2"),
            ("eth2", "lan", "198.51.100.9"),
        )
    }
    web = {"mode": "bridge", "interfaces": interfaces, "ports": []}
    networks = {"front": front, "shop": shop, "lan": lan}
    return {"changes": list(changes), "networks": networks, "containers": {"web": web}}


def change(text: str, before: Any, after: Any, **subject: str) -> Dict[str, Any]:
    return {"subject": subject, "kind": "drift", "text": text, "before": before, "after": after}


def test_each_other_host_is_drawn_with_its_way_from_the_bridge() -> None:
    svg = ElementTree.fromstring(draw("node1", scene_of(report_of(answer(), "node1"))))
    texts = [each.text for each in svg.iter(SVG + "text")]
    assert [text for text in texts if text and text.startswith("node")] == [
        "node1",
        "node2  192.0.2.2  10.88.2.0/24",
        "node3  192.0.2.3  10.88.3.0/24",
    ]
    assert "vni 1234" in texts
    ways = [each.get("d", "") for each in svg.iter(SVG + "path") if each.get("class", "").startswith("tunnel")]
    bridges = {
        text.text: rect
        for rect in svg.iter(SVG + "rect")
        for text in svg.iter(SVG + "text")
        if rect.get("class", "").startswith("bridge")
        and float(text.get("x", "")) == float(rect.get("x", "")) + 12
        and 0 < float(text.get("y", "")) - float(rect.get("y", "")) < 20
    }
    shop = bridges["shop"]
    for way, name in zip(ways, ("node2", "node3")):
        start, at, x, top = map(float, re.findall(r"[\d.]+", way))
        assert top == float(shop.get("y", "")) and 0 < x - float(shop.get("x", "")) < float(shop.get("width", ""))
        pill = next(each for each in svg.iter(SVG + "text") if (each.text or "").startswith(name + " "))
        assert (float(pill.get("x", "")), float(pill.get("y", ""))) == (start + 10, at + 4)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"forwarding entry 02:42:0a:58:03:01": None}, {"forwarding entry 02:42:0a:58:03:01": "192.0.2.3"}),
        ({"route 10.88.3.0/24": None}, {"route 10.88.3.0/24": "via 10.88.3.1"}),
    ],
)
def test_a_way_that_somebody_changed_is_marked_and_the_other_is_not(before: Any, after: Any) -> None:
    given = answer(2, change("repair the way to node3 over shop", before, after, network="shop"))
    tunnels = scene_of(report_of(given, "node1")).tunnels
    assert [(tunnel.text.split()[0], tunnel.mark.kind) for tunnel in tunnels] == [("node2", ""), ("node3", "drift")]


def test_of_many_hosts_those_that_are_marked_are_drawn_and_the_others_counted() -> None:
    entry = "forwarding entry 02:42:0a:58:1e:01"
    given = answer(40, change("repair it", {entry: None}, {entry: "192.0.2.30"}, network="shop"))
    tunnels = scene_of(report_of(given, "node1")).tunnels
    assert len(tunnels) == MANY_TUNNELS + 1
    assert (tunnels[0].text.split()[0], tunnels[0].mark.kind) == ("node30", "drift")
    assert tunnels[-1].text == "and 32 more hosts"


def test_the_summary_tells_the_other_hosts_and_their_blocks() -> None:
    template = jinja2.Environment(trim_blocks=True, undefined=jinja2.StrictUndefined).from_string(TEMPLATE.read_text())
    told = template.render(topology_result=answer()).splitlines()
    assert told == [
        "NETWORK          BRIDGE           SUBNET                 GATEWAY",
        "front            br-front         172.20.0.0/24          172.20.0.1",
        "shop             br-shop          10.88.0.0/24           10.88.0.1",
        "lan              eth0             198.51.100.0/24        ",
        "OVERLAY          VNI              HOST                   ADDRESS          BLOCKS",
        "shop             1234             this host              -                10.88.0.0/24",
        "shop             1234             node2                  192.0.2.2        10.88.2.0/24",
        "shop             1234             node3                  192.0.2.3        10.88.3.0/24",
        "CONTAINER        MODE             NETWORK    NIC  ADDRESS          BRIDGE       PORTS",
        "web              bridge           front      eth0 172.20.0.2       br-front",
        "web              bridge           shop       eth1 10.88.0.2        br-shop",
        "web              bridge           lan        eth2 198.51.100.9     eth0",
    ]
