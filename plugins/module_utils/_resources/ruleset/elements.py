# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Elements of sets and maps: from nft's JSON to nft's text, and from there to data. Pure."""

from __future__ import annotations

from typing import Any, List, Mapping, Optional, Sequence, Tuple

from .model import Publication

PROTOCOLS = {6: "tcp", 17: "udp", 132: "sctp"}


def elements(item: Mapping[str, Any]) -> Mapping[str, Any]:
    """Text → JSON of every element of a set or map as ``nft -j list`` shows it."""
    columns, has_data = column_types(item), "map" in item
    return {element_text(element, columns, has_data): element for element in item.get("elem", ())}


def column_types(item: Mapping[str, Any]) -> Tuple[str, ...]:
    kind = item["type"]
    if isinstance(kind, dict):  # newer than nft 1.1: {"typeof": {"concat": [{"meta": {"key": "iifname"}}, ...]}}
        columns = kind["typeof"]
        columns = columns["concat"] if "concat" in columns else [columns]
        return tuple(_type_of(column) for column in columns)
    return tuple(kind) if isinstance(kind, list) else tuple(str(kind).split(" . "))


def _type_of(expression: Mapping[str, Any]) -> str:
    """Only what has to be quoted, or named, matters."""
    return {"iifname": "ifname", "oifname": "ifname", "l4proto": "inet_proto"}.get(
        expression.get("meta", {}).get("key"), ""
    )


def element_text(element: Any, columns: Sequence[str], has_data: bool) -> str:
    if has_data:
        key, data = element
        return "{0} : {1}".format(_key_text(key, columns), _data_text(data))
    return _key_text(element, columns)


def _key_text(key: Any, columns: Sequence[str]) -> str:
    if isinstance(key, dict) and "elem" in key:  # with a counter, a comment or a timeout: not part of the key
        key = key["elem"]["val"]
    if isinstance(key, dict) and "concat" in key:
        return " . ".join(map(_value_text, key["concat"], columns))
    return _value_text(key, columns[0])


def _data_text(data: Any) -> str:
    if isinstance(data, dict):
        if "concat" in data:
            return " . ".join([_value_text(part) for part in data["concat"]])
        for verdict in ("jump", "goto"):
            if verdict in data:
                return "{0} {1}".format(verdict, data[verdict]["target"])
        for verdict in ("accept", "drop", "continue", "return", "queue"):
            if verdict in data:
                return verdict
    return _value_text(data)


def _value_text(value: Any, kind: str = "") -> str:
    if kind == "ifname":
        return '"{0}"'.format(value)
    if isinstance(value, str):
        return value
    if kind == "inet_proto":
        return _protocol(value)
    if isinstance(value, dict):
        if "prefix" in value:
            return "{0}/{1}".format(value["prefix"]["addr"], value["prefix"]["len"])
        if "range" in value:
            return "{0}-{1}".format(*value["range"])
    return str(value)


def _protocol(value: Any) -> str:
    """nft is asked for numbers, see ``nft.list_tables``."""
    return PROTOCOLS.get(value) or str(value)


def publication(set_name: str, element: Any) -> Optional[Publication]:
    """The published port that an element of a ``published`` map is; None for any other set's."""
    if not set_name.startswith("published"):
        return None
    key, data = element
    parts: List[Any] = list(key["concat"])
    host_ip = str(parts.pop(0)) if set_name.endswith("_at") else None
    return Publication(
        family=int(set_name[len("published")]),
        protocol=_protocol(parts[0]),
        published=int(parts[1]),
        container_address=str(data["concat"][0]),
        container_port=int(data["concat"][1]),
        bridge="",
        host_ip=host_ip,
    )


def reachable(set_name: str, element: Any) -> Optional[Publication]:
    """The port that an element of a ``reachable`` set opens at the container's own address."""
    if not set_name.startswith("reachable"):
        return None
    address, protocol, port = element["concat"]
    family = int(set_name[len("reachable")])
    return Publication(family, _protocol(protocol), int(port), str(address), int(port), "", str(address))
