# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What somebody sees in a diagram, read back from each of the three formats: the same lines of text for all of them.

    node1 (shop): network front | br-front | 172.20.0.0/24
    node1 (shop): container web
    node1 (shop): web - eth0 172.20.0.10 - front
    node1 (shop): web: 8080 → 80/tcp
    node1 (shop): web: link → db as database
    node1 (shop): sidecar is in web
    node1 (shop): front = overlay front (shop)

Of the SVG the places count: a line joins what its ends touch.
"""

from __future__ import annotations

import html
import re
from typing import Dict, Iterator, List, Set, Tuple
from xml.etree import ElementTree

#: (kind, lines) of a node, by its key; and the lines between them.
Nodes = Dict[str, Tuple[str, str, List[str]]]


# --- Mermaid

_SHAPES = {"([": "network", "[": "container", "[[": "own", "[/": "unknown", "{{": "tunnel", "((": "outside"}
_ARROWS = {"---": "place", "===": "shares", "-.->": "link", "-->": "port", "<-.->": "tunnel"}


def seen_in_mermaid(text: str) -> Set[str]:
    nodes: Nodes = {}
    lines, host = [], ""
    first, title, *rest = text.splitlines()
    assert first == "flowchart LR" and title.startswith("  accTitle: ")
    for line in map(str.strip, rest):
        opened = re.fullmatch(r'subgraph h\d+\["(.*)"\]', line)
        node = re.fullmatch(r'(\w+)(\W+)"(.*)"\W+', line)
        edge = re.fullmatch(r'(\w+) (\S+?)(?:\|"(.*)"\|)? (\w+)', line)
        if opened:
            host = _entities(opened[1])
        elif line == "end":
            host = ""
        elif edge:
            lines.append((_ARROWS[edge[2]], edge[1], edge[4], _entities(edge[3] or "")))
        else:
            assert node, line
            nodes[node[1]] = (_SHAPES[node[2]], host, [_entities(part) for part in node[3].split("<br/>")])
    return set(_told(nodes, lines))


def _entities(text: str) -> str:
    assert not re.search(r'["<>&`]|%%', text), "what Mermaid would read is escaped"
    return re.sub(r"#(\d+);", lambda found: chr(int(found[1])), text)


# --- Graphviz

_STYLES = {
    "shape=box, style=rounded": "network",
    "shape=box": "container",
    "shape=box, peripheries=2": "own",
    "shape=note": "unknown",
    "shape=hexagon, style=dashed": "tunnel",
    "shape=circle": "outside",
    "shape=circle, style=dashed": "outside",
}
_EDGES = {
    "dir=none": "place",
    "dir=none, style=bold": "shares",
    "style=dashed": "link",
    "dir=forward": "port",
    "dir=both, style=dashed": "tunnel",
}
_STRING = r'"((?:[^"\\]|\\[n\\])*)"'


def seen_in_dot(text: str) -> Set[str]:
    nodes: Nodes = {}
    lines, host = [], ""
    assert text.startswith("digraph topology {\n") and text.endswith("}\n")
    for line in map(str.strip, text.splitlines()[3:-1]):
        label = re.fullmatch(rf"label={_STRING};", line)
        node = re.fullmatch(rf"(\w+) \[label={_STRING}, (.*)\];", line)
        edge = re.fullmatch(rf"(\w+) -> (\w+) \[(?:label={_STRING}, )?(.*)\];", line)
        if label:
            host = _shown(label[1])[0]
        elif line == "}":
            host = ""
        elif edge:
            lines.append((_EDGES[edge[4]], edge[1], edge[2], _shown(edge[3] or "")[0]))
        elif node:
            nodes[node[1]] = (_STYLES[node[3]], host, _shown(node[2]))
        else:
            assert re.fullmatch(r"subgraph cluster_h\d+ \{", line), line
    return set(_told(nodes, lines))


def _shown(text: str) -> List[str]:
    """The lines of a string."""
    lines = re.sub(r"\\(.)", lambda found: "\0" if found[1] == "n" else found[1], text).split("\0")
    return [html.unescape(line) for line in lines]


def _told(nodes: Nodes, lines: List[Tuple[str, str, str, str]]) -> Iterator[str]:
    for kind, host, told in nodes.values():
        if kind in ("network", "container", "unknown"):
            yield f"{host}: {kind} " + " | ".join(told)
    for kind, start, end, text in lines:
        _kind, host, (name, *_more) = nodes[start]
        _kind, there, (other, *_more) = nodes[end]
        if kind == "place":
            yield f"{host}: {name} - {text} - {other}"
        elif kind == "shares":
            yield f"{host}: {name} is in {other}"
        elif kind == "link":
            assert text.split()[2] == other or nodes[end][0] == "outside", "the arrow leads where the text says"
            yield f"{host}: {name}: {text}"
        elif kind == "port":
            assert name == "outside"
            yield f"{there}: {other}: {text}"
        else:
            yield f"{host}: {name} = {other}"


# --- SVG

SVG = "{http://www.w3.org/2000/svg}"


def seen_in_svg(text: str) -> Set[str]:
    root = ElementTree.fromstring(text)
    hosts = [(_moved(group), _Host(group)) for group in root.findall(SVG + "g")]
    found = {line for _place, host in hosts for line in host.told()}
    lanes = [line for line in root.findall(SVG + "line") if "tunnel" in line.get("class", "")]
    names = [text.text for text in root.findall(SVG + "text")]
    assert len(lanes) == len(names), "each tunnel has its name"
    for path in root.findall(SVG + "path"):
        x, y, end_x, end_y = _end(path)
        (name,) = (name for lane, name in zip(lanes, names) if _is_on(lane, x, y))
        ((host, bridge),) = (
            (host, bridge)
            for (left, above), host in hosts
            for bridge in host.bridges
            if bridge.has(end_x - left, end_y - above)
        )
        found.add(f"{host.title}: {bridge.name} = {name}")
    return found


def _is_on(lane: ElementTree.Element, x: float, y: float) -> bool:
    at, top, bottom = (float(lane.get(key, "")) for key in ("x1", "y1", "y2"))
    return at == x and top <= y <= bottom


def _near(one: float, other: float) -> bool:
    """Places are written with one decimal."""
    return abs(one - other) < 0.21


def _moved(group: ElementTree.Element) -> Tuple[float, float]:
    left, top = re.findall(r"[\d.]+", group.get("transform", ""))
    return float(left), float(top)


def _end(path: ElementTree.Element) -> Tuple[float, float, float, float]:
    """Of ``M x y H x V y``: where it begins and ends."""
    x, y, end_x, end_y = map(float, re.findall(r"[\d.]+", path.get("d", "")))
    return x, y, end_x, end_y


class _Box:
    def __init__(self, rect: ElementTree.Element, texts: List[ElementTree.Element]) -> None:
        self.x, self.y, width, height = (float(rect.get(key, "")) for key in ("x", "y", "width", "height"))
        self.right, self.bottom = self.x + width, self.y + height
        inside = [each for each in texts if self.has(float(each.get("x", "")), float(each.get("y", "")))]
        self.name = next(each.text or "" for each in inside if each.get("class", "").startswith("name"))
        self.rows = [(float(each.get("y", "")), each.text or "") for each in inside if each.text != self.name]

    def has(self, x: float, y: float) -> bool:
        return self.x <= x <= self.right and self.y <= y <= self.bottom

    def row(self, y: float) -> str:
        """The text that stands at this height."""
        return " ".join(next(text for at, text in self.rows if abs(at - 4 - y) < 1).split())


class _Host:
    def __init__(self, group: ElementTree.Element) -> None:
        self.group = group
        texts = list(group.iter(SVG + "text"))
        self.title = next(each.text or "" for each in texts if each.get("class") == "host-name")
        self.bridges = [_Box(rect, texts) for rect in self._of("rect", "bridge")]
        self.boxes = [_Box(rect, texts) for rect in self._of("rect", "container")]
        self.texts = texts

    def _of(self, tag: str, name: str) -> List[ElementTree.Element]:
        return [each for each in self.group.iter(SVG + tag) if each.get("class", "").split()[:1] == [name]]

    def told(self) -> Iterator[str]:
        for bridge in self.bridges:
            yield f"{self.title}: network " + " | ".join([bridge.name, *(text for _y, text in bridge.rows)])
        for box in self.boxes:
            yield from self._box(box)
        yield from self._places()
        yield from self._ports()
        yield from self._links()

    def _box(self, box: _Box) -> Iterator[str]:
        rows = [text for _y, text in box.rows]
        if box.name == "unknown":
            yield f"{self.title}: unknown " + " | ".join([box.name, *rows])
        elif box.name == "the host's own namespace":
            for name in rows:
                yield f"{self.title}: container {name}"
                yield f"{self.title}: {name} is in {box.name}"
        else:
            yield f"{self.title}: container " + " | ".join([box.name, *(row for row in rows if row.startswith("no "))])
            for name in (row[6:] for row in rows if row.startswith("also: ")):
                yield f"{self.title}: container {name}"
                yield f"{self.title}: {name} is in {box.name}"
            yield from (f"{self.title}: {box.name}: {row}" for row in rows if row.startswith("link"))

    def _places(self) -> Iterator[str]:
        for wire in self._of("line", "wire"):
            x, y, end = (float(wire.get(key, "")) for key in ("x1", "y1", "x2"))
            (box,) = (each for each in self.boxes if _near(each.x, end) and each.y <= y <= each.bottom)
            (bridge,) = (each for each in self.bridges if each.x < x < each.right)
            (bus,) = (each for each in self._of("line", "bus") if float(each.get("x1", "")) == x)
            assert _near(float(bus.get("y1", "")), bridge.bottom) and y <= float(bus.get("y2", "")), (
                "it hangs on its bridge"
            )
            yield f"{self.title}: {box.name} - {box.row(y)} - {bridge.name}"

    def _ports(self) -> Iterator[str]:
        ways = [[float(way.get(key, "")) for key in ("x1", "y1", "x2")] for way in self._of("line", "way")]
        for rect in self._of("rect", "port"):
            x, y = float(rect.get("x", "")), float(rect.get("y", "")) + 9
            (text,) = (t.text for t in self.texts if t.get("x") == f"{x + 10:.1f}" and t.get("y") == f"{y + 4:.1f}")
            (start,) = (way[0] for way in ways if way[1:] == [y, x])
            (box,) = (each for each in self.boxes if _near(each.right, start - 6) and each.y <= y <= each.bottom)
            yield f"{self.title}: {box.name}: {text}"

    def _links(self) -> Iterator[str]:
        """They are told as rows already; here it counts that their arrows lead where the rows say."""
        for path in self._of("path", "link"):
            x, start, _lane, end, tip = map(float, re.findall(r"[\d.]+", path.get("d", "")))
            (source,) = (each for each in self.boxes if _near(each.right, x) and each.y <= start <= each.bottom)
            (target,) = (each for each in self.boxes if _near(each.right, tip - 6) and each.y <= end <= each.bottom)
            linked = source.row(start).split()[2]
            assert linked == target.name or f"also: {linked}" in [text for _y, text in target.rows]
            yield f"{self.title}: {source.name}: {source.row(start)}"
