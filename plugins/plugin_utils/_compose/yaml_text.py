# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A Compose file as data: YAML 1.2's plain words, and Compose's two tags. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import yaml


@dataclass(frozen=True)
class Override:
    """``!override``: takes the place of what earlier files say, instead of being merged with it."""

    value: Any


@dataclass(frozen=True)
class Reset:
    """``!reset``: what earlier files say is taken out."""


class YamlError(ValueError):
    """Not YAML, or not a dictionary; says where, without the file."""


class _Loader(yaml.SafeLoader):
    """Of plain words only true, false, null and numbers are more than text: ``on``, ``22:22`` and dates are text."""

    yaml_implicit_resolvers: dict[str, Any] = {}

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        seen: set[Any] = set()
        for key, _value in node.value:
            if key.tag == "tag:yaml.org,2002:merge":
                continue
            name = self.construct_object(key, deep=True)
            if isinstance(name, (str, int)) and name in seen:
                raise YamlError(f"line {key.start_mark.line + 1}: {name} stands twice in one dictionary")
            seen.add(name if isinstance(name, (str, int)) else None)
        return super().construct_mapping(node, deep=deep)


_RESOLVERS = (
    ("tag:yaml.org,2002:bool", r"(?:true|True|TRUE|false|False|FALSE)\Z", "tTfF"),
    ("tag:yaml.org,2002:int", r"[-+]?(?:0|[1-9][0-9]*)\Z", "-+0123456789"),
    ("tag:yaml.org,2002:float", r"[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?\Z", "-+.0123456789"),
    ("tag:yaml.org,2002:null", r"(?:~|null|Null|NULL|)\Z", ["~", "n", "N", ""]),
    ("tag:yaml.org,2002:merge", r"(?:<<)\Z", "<"),
)
for _tag, _pattern, _first in _RESOLVERS:
    _Loader.add_implicit_resolver(_tag, re.compile(_pattern), list(_first))


def _override(loader: _Loader, node: Any) -> Override:
    plain: dict[type, str] = {yaml.SequenceNode: "seq", yaml.MappingNode: "map"}
    if type(node) in plain:
        made = yaml.SequenceNode if isinstance(node, yaml.SequenceNode) else yaml.MappingNode
        node = made("tag:yaml.org,2002:" + plain[type(node)], node.value, node.start_mark, node.end_mark)
    else:
        tag = loader.resolve(yaml.ScalarNode, node.value, (node.style is None, False))
        node = yaml.ScalarNode(tag, node.value, node.start_mark, node.end_mark)
    return Override(loader.construct_object(node, deep=True))


_Loader.add_constructor("!override", _override)
_Loader.add_constructor("!reset", lambda _loader, _node: Reset())


def documents(text: str) -> list[dict[str, Any]]:
    """The documents of a file, each a dictionary; empty ones are left out. Raises YamlError."""
    try:
        found = [document for document in yaml.load_all(text, _Loader) if document is not None]
    except yaml.YAMLError as error:
        raise YamlError(" ".join(str(error).split())) from error
    for document in found:
        if not isinstance(document, dict):
            raise YamlError("expected a dictionary with services, networks and so on")
    return found
