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
from ansible_collections.linuxnet.fabric.plugins.plugin_utils._drift_report.drawing import draw
from ansible_collections.linuxnet.fabric.plugins.plugin_utils._drift_report.lines import lines_of
from ansible_collections.linuxnet.fabric.plugins.plugin_utils._drift_report.page import page_of
from ansible_collections.linuxnet.fabric.plugins.plugin_utils._drift_report.report import report_of
from ansible_collections.linuxnet.fabric.plugins.plugin_utils._drift_report.scene import MANY, scene_of
from ansible_collections.linuxnet.fabric.plugins.plugin_utils._drift_report.text import text_of

SUMMARY = Path(__file__).with_name("data") / "summary.txt"


def change(text, before=None, after=None, kind="drift", **subject):
    return {"subject": subject, "kind": kind, "text": text, "before": before or {}, "after": after or {}}


def drawings(page):
    return [ElementTree.fromstring(svg) for svg in re.findall(r"<svg.*?</svg>", page, re.DOTALL)]


def test_the_text_is_read_at_a_glance(fleet):
    assert text_of(fleet, "2026-01-02 03:04 UTC") + "\n" == SUMMARY.read_text(encoding="utf-8")


def test_a_long_list_is_cut_in_the_text_only(answer):
    given = answer("drifted")
    given["changes"] = [
        change(f"set mtu of br{index} from 1400 to 1500", {"mtu": 1400}, {"mtu": 1500}, network=str(index))
        for index in range(30)
    ]
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
        assert f'<h3 class="host">{node}</h3>' in page
    assert page.index(">node2</h3>") < page.index(">node3</h3>") < page.index(">node4</h3>") < page.index(">node1</h3>")


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
    given["changes"] = [
        change("remove bridge br-old", {"mtu": 1500}, kind="intended", network="old"),
        change("remove namespace old", {"own": True}, kind="intended", container="old"),
        change("disconnect old:eth0 (veth1)", {"mtu": 1500}, kind="intended", container="old", interface="eth0"),
    ]
    scene = scene_of(report_of(given, "node1"))
    assert [(subject, mark.kind, mark.state) for subject, mark in scene.gone] == [
        ("container old", "intended", "surplus"),
        ("container old:eth0", "intended", "surplus"),
        ("network old", "intended", "surplus"),
    ]


def test_what_is_missing_is_hollow_and_what_differs_is_filled(answer):
    scene = scene_of(report_of(answer("drifted"), "node1"))
    boxes = {box.title: box for box in scene.boxes}
    assert boxes["db"].mark.state == "missing"
    assert {bus.network: bus.mark.state for bus in scene.buses}["front"] == "differs"
    drawing = draw("node1", scene)
    assert "△ db" in drawing and "▲ front" in drawing
    page = page_of([report_of(answer("drifted"), "node1")])
    assert '<li class="drift missing">' in page and '<li class="drift differs">' in page


def test_a_port_is_marked_by_what_the_change_says_of_it(answer):
    given = answer("clean")
    words = {"host_ip": "127.0.0.1", "published": "8440-8450", "target": "440-450", "protocol": "tcp"}
    given["changes"] = [change("publish many", after=words, container="web", port="127.0.0.1:8440-8450/tcp")]
    web = next(box for box in scene_of(report_of(given, "node1")).boxes if box.title == "web")
    assert [(port.text, port.mark.kind) for port in web.ports] == [
        ("8080 → 80/tcp", ""),
        ("127.0.0.1:8443 → 443/tcp", "drift"),
        ("5353 → 53/udp", ""),
    ]


def test_equal_changes_of_many_hosts_are_told_once_and_clean_hosts_are_one_line(answer):
    given = answer("clean")
    given["changes"] = [change("set net.ipv4.ip_forward from 0 to 1", {"x": "0"}, {"x": "1"}, host="x")]
    reports = [report_of(given, f"node{index}") for index in range(30)]
    reports += [report_of(answer("clean"), f"fine{index:02}") for index in range(12)]
    text = text_of(reports)
    assert text.count("set net.ipv4.ip_forward") == 1
    assert "        30 hosts: node0, node1, node10, " in text
    assert text.splitlines()[-1] == ("clean: fine00, fine01, fine02, fine03, fine04, fine05, fine06, fine07 and 4 more")
    page = page_of(reports)
    assert "<h3>12 hosts as declared</h3>" in page
    assert len(drawings(page)) == 30


def test_reports_of_several_projects_are_named_by_host_and_project(answer):
    reports = [report_of(answer("drifted"), "node1", name) for name in ("shop", "blog")]
    text, page = text_of([*reports, report_of(answer("clean"), "node2", "shop")]), page_of(reports)
    assert text.splitlines()[0] == "2 hosts, 3 projects: 2 drifted, 1 clean"
    assert "1 host, 2 projects: node1/blog, node1/shop" in text
    assert ">node1/shop</h3>" in page and ">node1/blog</h3>" in page


def test_one_odd_host_does_not_lose_the_others(answer):
    odd = report_of(answer("drifted"), "odd")
    odd["containers"]["web"]["interfaces"] = 7
    page = page_of([odd, report_of(answer("drifted"), "node2")])
    assert "This host cannot be drawn: " in page
    assert len(drawings(page)) == 1
    filters = FilterModule().filters()
    text = filters["drift_text"]([{"host": "spoilt"}, report_of(answer("clean"), "node2")])
    assert "spoilt  UNKNOWN  the report of this host cannot be read" in text
    assert "node2" in text


def test_hosts_of_one_state_can_be_shown_alone_without_a_script(fleet):
    page = page_of(fleet)
    assert '<input type="radio" name="show" id="show-drifted" class="switch">' in page
    assert '<label for="show-drifted" class="badge drifted">' in page
    assert "#show-drifted:checked ~ .hosts .of:not(.drifted)" in page
    assert '<details class="card of drifted"' in page


def test_before_and_after_stand_under_the_change(fleet):
    page = page_of(fleet)
    change_ = page[page.index("set mtu of br-front from 1400 to 1500 ") :]
    assert change_.index('<span class="cell before">1400</span>') < change_.index("</li>")


def test_warnings_are_on_the_page_and_in_the_text(answer):
    report = report_of(dict(answer("clean"), warnings=["the chain FORWARD drops"]), "node1")
    assert "Warning: the chain FORWARD drops" in page_of([report])
    assert text_of([report]).splitlines()[1:] == [
        "node1  clean    2 networks, 5 containers as declared, 1 warning",
        "  warning: the chain FORWARD drops",
    ]


def test_the_lines_of_an_answer_say_what_comes_and_goes(answer):
    lines = lines_of(report_of(answer("drifted"), "node1"), 20)
    assert "+ create namespace db" in lines
    assert "~ set mtu of br-front from 1400 to 1500" in lines
    assert lines_of(report_of(answer("never_applied"), ""), 3)[3] == "and 26 more"


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
    given["changes"] = [change(evil, {evil: evil}, {evil: [evil]}, container=evil, interface=evil)]
    given["warnings"] = [evil]
    given["containers"] = {evil: {"mode": "bridge", "interfaces": {evil: {"network": evil, "ipv4": evil}}, "ports": []}}
    given["networks"] = {evil: {"bridge": evil, "subnets": [evil]}}
    page = page_of([report_of(given, evil, evil), report_of({"failed": True, "msg": evil}, "node2")], evil, evil)
    assert "<script" not in page
    drawings(page)


def test_the_page_is_the_same_for_the_same_reports(fleet):
    assert page_of(fleet, "now") == page_of(list(reversed(fleet)), "now")


def test_the_filters_refuse_what_is_no_report(answer):
    filters = FilterModule().filters()
    assert sorted(filters) == [
        "drift_fleet",
        "drift_html",
        "drift_junit",
        "drift_kept",
        "drift_lines",
        "drift_report",
        "drift_text",
        "where_lines",
    ]
    for name in ("drift_text", "drift_html"):
        with pytest.raises(AnsibleFilterError, match="linuxnet.fabric.drift_report"):
            filters[name]([answer("clean")])
        report = filters["drift_report"](answer("clean"), "node1")
        assert filters[name]([report]) == filters[name](report)


def test_a_network_on_the_lan_is_drawn_as_the_interface_that_it_stands_on(answer):
    given = answer("clean")
    given["networks"] = {"lan": {"driver": "macvlan", "parent": "eth7", "subnets": ["192.168.1.0/24"], "gateways": []}}
    given["containers"] = {
        "web": {"mode": "bridge", "interfaces": {"eth0": {"ipv4": "192.168.1.193", "network": "lan"}}, "ports": []}
    }
    text, subject = "set mode of web:eth0 from vepa to bridge", {"container": "web", "interface": "eth0"}
    mode = {"before": {"mode": "vepa"}, "after": {"mode": "bridge"}}
    given["changes"] = [{"subject": subject, "kind": "drift", "text": text, **mode}]
    given["actions"] = given["drift"] = [text]
    scene = scene_of(report_of(given, "node1"))
    assert [(bus.network, bus.ifname, bus.mark.kind) for bus in scene.buses] == [("lan", "eth7", "")]
    assert [(row.text, row.mark.kind, row.network) for row in scene.boxes[0].rows][0] == (
        "eth0  192.168.1.193",
        "drift",
        "lan",
    )
    assert "eth7" in draw("node1", scene)
