# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A picture as Mermaid's flowchart: https://mermaid.js.org/syntax/flowchart.html."""

from __future__ import annotations

from collections.abc import Iterable

from .graph import Graph, Line, Node, graph_of
from .picture import Picture

#: Kind of node → what stands around its text.
_NODES = {
    "network": ("([", "])"),
    "container": ("[", "]"),
    "own": ("[[", "]]"),
    "unknown": ("[/", "/]"),
    "tunnel": ("{{", "}}"),
    "outside": ("((", "))"),
    "elsewhere": ("((", "))"),
}
_LINES = {"place": "---", "shares": "===", "link": "-.->", "port": "-->", "tunnel": "<-.->"}
#: Letters that Mermaid, or the HTML that it makes, might read: ``%%`` begins a comment or a directive, ``#`` an entity
#: of its own. It takes a semicolon away from a line with ``style…:…#…;`` in it, so no colon is written as it is either.
_SPECIAL = frozenset("#\"'<>&`%:;{}|\\$@")


def mermaid_of(picture: Picture) -> str:
    """With a newline at its end."""
    graph = graph_of(picture)
    return "\n".join(["flowchart LR", *_title(graph), *_body(graph)]) + "\n"


def _title(graph: Graph) -> Iterable[str]:
    """For who cannot see it."""
    yield "  accTitle: " + _escaped(graph.title)


def _body(graph: Graph) -> Iterable[str]:
    for cluster in graph.clusters:
        yield f'  subgraph {cluster.key}["{_escaped(cluster.title)}"]'
        yield from ("    " + _node(node) for node in cluster.nodes)
        yield "  end"
    yield from ("  " + _node(node) for node in graph.others)
    yield from ("  " + _line(line) for line in graph.lines)


def _node(node: Node) -> str:
    begin, end = _NODES[node.kind]
    return f'{node.key}{begin}"{"<br/>".join(map(_escaped, node.lines))}"{end}'


def _line(line: Line) -> str:
    text = f'|"{_escaped(line.text)}"|' if line.text else ""
    return f"{line.start} {_LINES[line.kind]}{text} {line.end}"


def _escaped(text: str) -> str:
    """With Mermaid's own entities for what it would read."""
    return "".join(f"#{ord(letter)};" if letter in _SPECIAL else letter for letter in " ".join(text.split()))
