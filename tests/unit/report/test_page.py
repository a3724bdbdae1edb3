# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The text, and the page with its drawings."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.linuxnet.fabric.plugins.filter.drift import FilterModule
from ansible_collections.linuxnet.fabric.plugins.plugin_utils._drift_report import report_of
from ansible_collections.linuxnet.fabric.plugins.plugin_utils._drift_report_drawing import draw
from ansible_collections.linuxnet.fabric.plugins.plugin_utils._drift_report_page import page_of
from ansible_collections.linuxnet.fabric.plugins.plugin_utils._drift_report_scene import MANY, scene_of
from ansible_collections.linuxnet.fabric.plugins.plugin_utils._drift_report_text import text_of

SUMMARY = Path(__file__).with_name("data") / "summary.txt"


def drawings(page):
    return [ElementTree.fromstring(svg) for svg in re.findall(r"<svg.*?</svg>", page, re.DOTALL)]


def test_the_text_is_read_at_a_glance(fleet):
    assert text_of(fleet, "2026-01-02 03:04 UTC") + "\n" == SUMMARY.read_text(encoding="utf-8")


def test_a_long_list_is_cut_in_the_text_only(answer):
    given = answer("drifted")
    given["actions"] = given["drift"] = [f"set mtu of br{index} from 1400 to 1500" for index in range(30)]
    report = report_of(given, "node1")
    assert "    and 10 more" in text_of([report]).splitlines()
    assert page_of([report]).count("<li ") == 30


def test_nothing_to_tell_of_no_host():
    assert text_of([]) == "0 hosts: nothing to tell"
    assert "0 hosts" in page_of([])


def test_the_page_needs_nothing_from_elsewhere(fleet):
    page = page_of(fleet)
    assert "<script" not in page
    assert [found for found in re.findall(r"\b(?:src|href)=\S+", page) if not found.startswith('href="#')] == []
    assert "url(" not in page and "@import" not in page
    assert set(re.findall(r"https?://[^\s\"'<]+", page)) <= {"http://www.w3.org/2000/svg"}


def test_every_host_that_answered_is_drawn(fleet):
    page = page_of(fleet)
    assert len(drawings(page)) == 3
    for node in ("node1", "node2", "node3", "node4"):
        assert f"<h2>{node}</h2>" in page
    assert page.index("<h2>node2") < page.index("<h2>node3") < page.index("<h2>node4") < page.index("<h2>node1")


def test_the_drawing_has_bridges_containers_addresses_and_ports(fleet):
    (svg,) = drawings(page_of(fleet[:1]))
    texts = [element.text for element in svg.iter("{http://www.w3.org/2000/svg}text")]
    for wanted in (
        "front", "br-front", "172.20.0.0/24", "back", "web", "also: sidecar", "eth0  172.20.0.2", "batch", "agent",
        "8080 → 80/tcp", "127.0.0.1:8443 → 443/tcp", "5353 → 53/udp",
    ):  # fmt: skip
        assert wanted in texts


def test_a_clean_host_has_no_mark(fleet):
    scene = scene_of(fleet[0])
    assert [box.title for box in scene.boxes if box.marked] == []
    assert [bus.network for bus in scene.buses if bus.mark.kind] == []
    assert [text for text, mark in scene.chips if mark.kind] == []
    assert scene.gone == ()


def test_drift_and_intention_are_marked_where_they_are(fleet):
    scene = scene_of(fleet[1])
    boxes = {box.title: box for box in scene.boxes}
    assert {bus.network: (bus.mark.kind, bus.mark.note) for bus in scene.buses} == {
        "front": ("drift", "mtu 1400 → 1500"),
        "back": ("", ""),
    }
    assert boxes["web"].mark.kind == ""
    assert [(row.text, row.mark.kind) for row in boxes["web"].rows] == [
        ("eth0  172.20.0.2", "drift"),
        ("172.20.0.77/24 is not declared", "drift"),
        ("eth1  172.17.0.2  fd00:3596:9ec5::2", ""),
        ("also: sidecar", ""),
    ]
    assert (boxes["db"].mark.kind, boxes["cache"].mark.kind, boxes["batch"].mark.kind) == ("drift", "intended", "")
    assert [(port.text, port.mark.kind) for port in boxes["cache"].ports] == [("6379 → 6379/tcp", "intended")]
    assert {port.mark.kind for port in boxes["web"].ports} == {""}


def test_what_is_to_be_removed_is_in_the_drawing(answer):
    given = answer("clean")
    given["actions"] = given["intended"] = [
        "remove bridge br-old",
        "remove namespace old",
        "disconnect old:eth0 (veth1)",
    ]
    scene = scene_of(report_of(given, "node1"))
    assert [(subject, mark.kind) for subject, mark in scene.gone] == [
        ("bridge br-old", "intended"),
        ("container old:eth0", "intended"),
        ("namespace old", "intended"),
    ]


def test_of_very_many_containers_those_with_a_mark_are_drawn(answer):
    given = answer("drifted")
    nic = given["containers"]["db"]
    given["containers"].update({f"c{index}": dict(nic, netns=f"/run/netns/c{index}") for index in range(MANY)})
    scene = scene_of(report_of(given, "node1"))
    assert [box.title for box in scene.boxes] == ["web", "db"]
    assert scene.left_out == MANY + 2  # batch and the host's own namespace too
    assert f"and {scene.left_out} more, which are as declared" in draw("node1", scene)


def test_what_a_host_says_is_text_and_never_markup(answer):
    evil = '<script>alert("x")</script>&'
    given = answer("drifted")
    given["actions"] = given["drift"] = [evil]
    given["diff"] = {"before": {evil: {evil: evil}}, "after": {evil: {evil: [evil]}}}
    given["containers"] = {evil: {"mode": "bridge", "interfaces": {evil: {"network": evil, "ipv4": evil}}, "ports": []}}
    given["networks"] = {evil: {"bridge": evil, "subnets": [evil]}}
    page = page_of([report_of(given, evil, evil), report_of({"failed": True, "msg": evil}, "node2")], evil, evil)
    assert "<script" not in page
    drawings(page)


def test_the_page_is_the_same_for_the_same_reports(fleet):
    assert page_of(fleet, "now") == page_of(list(reversed(fleet)), "now")


def test_the_filters_refuse_what_is_no_report(answer):
    filters = FilterModule().filters()
    assert sorted(filters) == ["drift_html", "drift_report", "drift_text"]
    for name in ("drift_text", "drift_html"):
        with pytest.raises(AnsibleFilterError, match="linuxnet.fabric.drift_report"):
            filters[name]([answer("clean")])
        report = filters["drift_report"](answer("clean"), "node1")
        assert filters[name]([report]) == filters[name](report)
