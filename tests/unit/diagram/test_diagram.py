# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter ``diagram``: every box and line of every topology of the documentation, in each format; and its edges."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Dict, List
from xml.etree import ElementTree

import pytest
import yaml
from ansible.errors import AnsibleFilterError

from ansible_collections.linuxnet.fabric.plugins.filter.diagram import diagram
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel import names
from ansible_collections.linuxnet.fabric.plugins.plugin_utils._drift_report.style import COLOURS
from docs.declarations import declarations
from tests.unit.diagram.seen import SVG, seen_in_dot, seen_in_mermaid, seen_in_svg

READERS = {"svg": seen_in_svg, "mermaid": seen_in_mermaid, "dot": seen_in_dot}
PAGES = dict(declarations())
#: Read by a person, line by line, against the pages.
EXPECTED: Dict[str, List[str]] = yaml.safe_load(Path(__file__).with_name("pages.yml").read_text(encoding="utf-8"))
OVERLAY = {"driver": "overlay", "ipam": {"config": [{"subnet": "10.88.0.0/16"}]}}


def project(containers: Any, networks: Any = None, host: str = "node1", **more: Any) -> Dict[str, Any]:
    return {"host": host, "name": "shop", "networks": networks or {}, "containers": containers, **more}


def seen(*projects: Dict[str, Any]) -> List[str]:
    """In all formats the same."""
    found = {kind: sorted(reader(diagram(projects, kind))) for kind, reader in READERS.items()}
    assert found["mermaid"] == found["dot"] == found["svg"]
    return found["dot"]


def test_every_topology_of_the_documentation_is_held() -> None:
    assert sorted(PAGES) == sorted(EXPECTED), "run python -m tests.unit.diagram.record, and read what it wrote"


@pytest.mark.parametrize("place", sorted(set(PAGES) & set(EXPECTED)))
@pytest.mark.parametrize("kind", READERS)
def test_each_box_and_line_of_the_documentation_s_topologies(kind: str, place: str) -> None:
    found = sorted(READERS[kind](diagram(PAGES[place], kind)))
    assert found == sorted(EXPECTED[place]), "see tests/unit/diagram/record.py"


def test_tunnels_join_the_hosts_with_a_container_on_the_overlay() -> None:
    assert seen(
        project({"web": {"networks": ["shop"]}}, {"shop": OVERLAY}, "node1"),
        project({"db": {"networks": ["shop"], "links": ["web"]}}, {"shop": OVERLAY}, "node2"),
        project({"idle": {"network_mode": "none"}}, {"shop": OVERLAY}, "node3"),
        project({}, {"shop": OVERLAY}, "node4"),
    ) == [
        "node1 (shop): container web",
        "node1 (shop): network shop | br-shop | 10.88.0.0/16 | overlay",
        "node1 (shop): shop = overlay shop (shop)",
        "node1 (shop): web - eth0 - shop",
        "node2 (shop): container db",
        "node2 (shop): db - eth0 - shop",
        "node2 (shop): db: link → web on node1",
        "node2 (shop): network shop | br-shop | 10.88.0.0/16 | overlay",
        "node2 (shop): shop = overlay shop (shop)",
        "node3 (shop): container idle | no network, lo only",
    ]


def test_several_tunnels_each_come_to_their_own_network() -> None:
    networks = {"one": OVERLAY, "two": {"driver": "overlay", "ipam": {"config": [{"subnet": "10.89.0.0/16"}]}}}
    found = seen(
        project({"web": {"networks": ["two", "one"]}}, networks, "node1"),
        project({"db": {"networks": ["one", "two"]}}, networks, "node2"),
        project({"cache": {"networks": ["two"]}}, networks, "node3"),
    )
    assert [line for line in found if " = " in line] == [
        "node1 (shop): one = overlay one (shop)",
        "node1 (shop): two = overlay two (shop)",
        "node2 (shop): one = overlay one (shop)",
        "node2 (shop): two = overlay two (shop)",
        "node3 (shop): two = overlay two (shop)",
    ]


def test_what_is_worth_a_word_of_a_network_stands_in_its_box() -> None:
    networks = {
        "a": {**OVERLAY, "overlay_mode": "bridged"},
        "b": {"external": True, "bridge": "br0"},
        "c": {"gateway_mode": "routed", "enable_ipv6": True},
        "d": {"gateway_mode": {"ipv4": "nat", "ipv6": "routed"}, "enable_ipv6": True},
        "e": {"driver": "ipvlan", "parent": "eth0", "ipam": {"config": [{"ip_range": "192.0.2.64/26"}]}},
    }
    found = seen(project({"web": {"networks": ["a"]}}, networks))
    assert [line for line in found if ": network" in line] == [
        "node1 (shop): network a | br-a | 10.88.0.0/16 | overlay, bridged",
        "node1 (shop): network b | br0 | external",
        "node1 (shop): network c | br-c | routed",
        "node1 (shop): network d | br-d | routed",
        "node1 (shop): network e | eth0 | ipvlan",
    ]


def test_no_tunnel_between_two_fleets_or_two_projects_or_for_one_host() -> None:
    on_it = {"web": {"networks": ["shop"]}}
    found = seen(
        project(on_it, {"shop": OVERLAY}, "node1", fleet=["node1"]),
        project(on_it, {"shop": OVERLAY}, "node2"),
        {**project(on_it, {"shop": OVERLAY}, "node3"), "name": "other"},
    )
    assert [line for line in found if " = " in line] == []


def test_a_link_to_a_container_that_nobody_declares_leads_elsewhere() -> None:
    found = seen(project({"web": {"networks": ["shop"], "links": ["db"]}}, {"shop": OVERLAY}))
    assert "node1 (shop): web: link → db on another host" in found


def test_links_lead_to_the_namespace_of_the_one_that_is_linked_to() -> None:
    containers = {
        "web": {"links": ["db:database", "cache"]},
        "db": {"links": ["web"]},
        "cache": {"links": ["web", "db"]},
        "sidecar": {"network_mode": "container:web"},
        "second": {"network_mode": "container:sidecar"},
    }
    found = [line for line in seen(project(containers)) if "link" in line or " is in " in line]
    assert [line for line in found if "link" in line] == [
        "node1 (shop): cache: link → db",
        "node1 (shop): cache: link → web",
        "node1 (shop): db: link → web",
        "node1 (shop): web: link → cache",
        "node1 (shop): web: link → db as database",
    ]
    assert [line for line in found if " is in " in line] == [
        "node1 (shop): second is in web",
        "node1 (shop): sidecar is in web",
    ]


def test_the_network_that_nobody_declares_is_on_a_bridge_of_its_own_in_each_project() -> None:
    found = seen(project({"web": {}}), {**project({"page": {}}), "name": "blog"}, project({"db": {}}, host="node2"))
    assert [line for line in found if "network" in line] == [
        "node1 (blog): network bridge | " + names.second_default_bridge("blog"),
        "node1 (shop): network bridge | fabric0",
        "node2 (shop): network bridge | fabric0",
    ]


def test_ports_are_where_they_are_published() -> None:
    networks = {
        "bound": {"host_binding": "192.0.2.1"},
        "inside": {"internal": True},
        "six": {"enable_ipv6": True},
    }
    containers = {
        "a": {"networks": ["bound"], "ports": ["8081:80", "127.0.0.1:8082:80"]},
        "b": {"networks": ["six"], "ports": ["8083:80", "[::1]:8084:80", "8090-8095:80"]},
    }
    found = seen(project(containers, networks))
    assert [line.split(": ", 1)[1] for line in found if "/tcp" in line] == [
        "a: 127.0.0.1:8082 → 80/tcp",
        "a: 192.0.2.1:8081 → 80/tcp",
        "b: 8083 → 80/tcp",
        "b: [::1]:8084 → 80/tcp",
        "b: one of 8090-8095 → 80/tcp",
    ]


def test_what_is_absent_or_declares_nothing_is_not_drawn() -> None:
    assert (
        seen(project({"web": {}}, state="absent"), project({}), project({}, host="node2", answer={"topologies": {}}))
        == []
    )


def test_what_was_found_is_drawn_as_what_is_declared() -> None:
    words = {"networks": {"front": {}}, "containers": {"web": {"networks": ["front"]}}}
    found = {"host": "node1", "answer": {"topologies": {"shop": words, "blog": {"networks": {}, "containers": {}}}}}
    assert seen(found) == seen(project(words["containers"], words["networks"]))


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ({"unreachable": True, "msg": "no route to host"}, "no route to host"),
        ({"failed": True, "module_stderr": "oh\nno"}, "oh no"),
        ({}, "the task gave no result"),
        ({"topologies": ["shop"]}, "the host gave an answer that is none: 'list' object has no attribute 'items'"),
        (
            {"topologies": {"shop": {"containers": {"web": {"ports": ["x"]}}}}},
            'the host gave an answer that is none: node2: topology_containers.web.ports[0]: "x"',
        ),
    ],
)
def test_a_host_without_an_answer_is_unknown_and_takes_no_other_with_it(answer: Any, told: str) -> None:
    found = seen(project({"web": {}}), {"host": "node2", "answer": answer})
    assert "node1 (shop): container web" in found
    assert [line for line in found if line.startswith(f"node2: unknown unknown | {told}")]


HOSTILE = 'a"b\'<script>alert(1)</script>&amp;#35;%%{init}%%\\N\\"]|;`\x1b\n\u2028end style:#1;\\'
SHOWN = HOSTILE.replace("\x1b", "\\x1b").replace("\u2028", "\\u2028")


def test_nothing_that_a_host_is_called_or_says_is_read_as_markup() -> None:
    hostile = [project({"web": {}}, host=HOSTILE), {"host": "node2", "answer": {"msg": HOSTILE}}]
    tame = [project({"web": {}}), {"host": "node2", "answer": {"msg": "no"}}]
    svg, mermaid, dot = (diagram(hostile, kind) for kind in READERS)
    assert not [each.tag for each in ElementTree.fromstring(svg).iter() if each.tag.endswith("script")]
    assert "<script" not in svg + mermaid + dot
    assert len(mermaid.splitlines()) == len(diagram(tame, "mermaid").splitlines())
    assert len(dot.splitlines()) == len(diagram(tame, "dot").splitlines())
    host, message = SHOWN.replace("\n", "\\n"), SHOWN.replace("\n\\u2028", " ")
    for found in (seen_in_svg(svg), seen_in_mermaid(mermaid), seen_in_dot(dot)):
        assert f"{host} (shop): container web" in found
        assert f"node2: unknown unknown | {message}" in found


def test_the_svg_tells_what_it_shows_to_who_cannot_see_it() -> None:
    svg = ElementTree.fromstring(diagram(PAGES["fleet.md 1"]))
    assert svg.get("role") == "img" and svg[0].tag == SVG + "title"
    assert svg[0].text == "Container networks of node1 (default), node2 (default)"
    assert svg[1].tag == SVG + "desc"
    assert svg[1].text == (
        "On node1 (default): Network shop (br-shop, 10.88.0.0/16, overlay). "
        "Container web: eth0 on shop; publishes 80 → 80/tcp. "
        "On node2 (default): Network shop (br-shop, 10.88.0.0/16, overlay). Container db: eth0 on shop. "
        "overlay shop (default) joins node1, node2."
    )


def test_the_svg_loads_nothing() -> None:
    svg = diagram(PAGES["fleet.md 1"])
    assert "url(" not in svg and "href" not in svg and "@import" not in svg


def luminance(colour: str) -> float:
    """WCAG 2.2, relative luminance of ``#rgb`` or ``#rrggbb``."""
    digits = colour[1:] if len(colour) == 7 else "".join(letter * 2 for letter in colour[1:])
    channels = (int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("text", COLOURS.split("@media"), ids=["light", "dark"])
@pytest.mark.parametrize(
    ("ink", "ground", "least"),
    [("ink", "card", 4.5), ("ink", "net", 4.5), ("ink", "page", 4.5), ("soft", "card", 4.5), ("soft", "net", 4.5)]
    + [("wire", "card", 3.0), ("wire", "page", 3.0), ("wire", "net", 3.0)],
)
def test_texts_and_lines_stand_out_in_the_light_and_in_the_dark(text: str, ink: str, ground: str, least: float) -> None:
    colours = dict(re.findall(r"--([\w-]+): (#\w+)", text))
    bright, dark = sorted((luminance(colours[ink]), luminance(colours[ground])), reverse=True)
    assert (bright + 0.05) / (dark + 0.05) >= least


def test_what_is_wrong_is_told_with_its_host() -> None:
    with pytest.raises(AnsibleFilterError, match=r'node1: topology_containers.web.ports\[0\]: "80:99999"'):
        diagram([project({"web": {"ports": ["80:99999"]}})])
    with pytest.raises(AnsibleFilterError, match='"png": expected one of svg, mermaid, dot'):
        diagram([], "png")
