# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A picture for Graphviz, in its language dot: https://graphviz.org/doc/info/lang.html."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from .graph import Graph, Line, Node, graph_of
from .picture import Picture

_NODES = {
    "network": "shape=box, style=rounded",
    "container": "shape=box",
    "own": "shape=box, peripheries=2",
    "unknown": "shape=note",
    "tunnel": "shape=hexagon, style=dashed",
    "outside": "shape=circle",
    "elsewhere": "shape=circle, style=dashed",
}
_LINES = {
    "place": "dir=none",
    "shares": "dir=none, style=bold",
    "link": "style=dashed",
    "port": "dir=forward",
    "tunnel": "dir=both, style=dashed",
}


def dot_of(picture: Picture) -> str:
    """With a newline at its end."""
    graph = graph_of(picture)
    return "\n".join(["digraph topology {", *("  " + line for line in _body(graph)), "}"]) + "\n"


def _body(graph: Graph) -> Iterable[str]:
    yield f"rankdir=LR; tooltip={_quoted([graph.title])};"
    yield 'node [fontname="monospace"]; edge [fontname="monospace"]; graph [fontname="monospace"];'
    for cluster in graph.clusters:
        yield f"subgraph cluster_{cluster.key} {{"
        yield f"  label={_quoted([cluster.title])};"
        yield from ("  " + _node(node) for node in cluster.nodes)
        yield "}"
    yield from map(_node, graph.others)
    yield from map(_line, graph.lines)


def _node(node: Node) -> str:
    return f"{node.key} [label={_quoted(node.lines)}, {_NODES[node.kind]}];"


def _line(line: Line) -> str:
    label = f"label={_quoted([line.text])}, " if line.text else ""
    return f"{line.start} -> {line.end} [{label}{_LINES[line.kind]}];"


def _quoted(lines: Iterable[str]) -> str:
    """A string of dot."""
    return '"' + r"\n".join(map(_escaped, lines)) + '"'


def _escaped(text: str) -> str:
    r"""A backslash begins an escape such as ``\G``; an ampersand begins an entity, as in HTML."""
    return escape(" ".join(text.split()), quote=False).replace("\\", "\\\\").replace('"', "&quot;")
