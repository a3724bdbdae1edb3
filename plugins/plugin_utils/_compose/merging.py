# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Merging of models, as Compose merges files and a service with the one that it extends (13-merge.md). Pure."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from typing import Any

from ansible_collections.linuxnet.fabric.plugins.module_utils._declaration.ports import parse_ports
from ansible_collections.linuxnet.fabric.plugins.module_utils._declaration.words import Problems

from .yaml_text import Override, Reset

#: Words that are a dictionary in the end, and may be written as a list of names or of ``name=value``.
_NAMES, _PAIRS = ("networks",), ("sysctls", "labels")
#: Words whose single value is a list of one.
_LISTS = ("dns", "dns_search", "dns_opt", "expose", "links", "external_links", "profiles", "ports")


def merge_models(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Two files. ``include`` of both is kept, base's first."""
    merged = {**base, **{word: value for word, value in over.items() if word not in ("services", "networks")}}
    if "include" in base and "include" in over:
        merged["include"] = [*base["include"], *over["include"]]
    for word, merge in (("services", merge_services), ("networks", _merge)):
        merged[word] = _entries(base.get(word), over.get(word), merge)
    return merged


def merge_services(base: Any, over: Any) -> Any:
    """A service and the same in a later file, or the one that extends it."""
    return _merge(canonical(base), canonical(over))


def canonical(service: Any) -> Any:
    """A service whose words have one form each, so that lists meet lists and dictionaries dictionaries."""
    if not isinstance(service, Mapping):
        return service
    return {word: _canonical(word, value) for word, value in service.items()}


def plain(value: Any) -> Any:
    """What is left when there is no earlier file: ``!reset`` is nothing, ``!override`` its value."""
    if isinstance(value, Override):
        return plain(value.value)
    if isinstance(value, Mapping):
        return {word: plain(item) for word, item in value.items() if not isinstance(item, Reset)}
    if isinstance(value, list):
        return [plain(item) for item in value if not isinstance(item, Reset)]
    return None if isinstance(value, Reset) else value


def _canonical(word: str, value: Any) -> Any:
    if isinstance(value, Override):
        return Override(_canonical(word, value.value))
    if word in _NAMES and isinstance(value, list):
        return {str(name): None for name in value}
    if word in _PAIRS and isinstance(value, list):
        pairs = (str(item).partition("=") for item in value)
        return {name: setting for name, _equals, setting in pairs}
    if word == "extra_hosts" and isinstance(value, Mapping):
        return [
            f"{name}={address}"
            for name, addresses in value.items()
            for address in (addresses if isinstance(addresses, list) else [addresses])
        ]
    if word in _LISTS and isinstance(value, (str, int)):
        return [value]
    return value


def _entries(base: Any, over: Any, merge: Callable[[Any, Any], Any]) -> Any:
    """Named things of two files: those of both are merged one by one."""
    if not isinstance(base, Mapping) or not isinstance(over, Mapping):
        return _merge(base, over)
    found = dict(base)
    for name, value in over.items():
        if isinstance(value, Reset):
            found.pop(name, None)
        elif isinstance(value, Override) or found.get(name) is None:
            found[name] = value.value if isinstance(value, Override) else value
        elif value is not None:
            found[name] = merge(found[name], value)
    return found


def _merge(base: Any, over: Any, word: str = "") -> Any:
    if isinstance(over, Override):
        return over.value
    if over is None:
        return base
    if isinstance(base, Mapping) and isinstance(over, Mapping):
        found = dict(base)
        for key, value in over.items():
            if isinstance(value, Reset):
                found.pop(key, None)
            else:
                found[key] = _merge(found.get(key), value, str(key))
        return found
    if isinstance(base, list) and isinstance(over, list):
        return _unique([*base, *over], _KEYS.get(word, repr))
    return over


def _unique(items: list[Any], key: Callable[[Any], Hashable]) -> list[Any]:
    """The last of those with one key, at the place of the first."""
    found: dict[Hashable, Any] = {}
    for item in items:
        earlier = found.get(key(item))
        both = isinstance(earlier, Mapping) and isinstance(item, Mapping)
        found[key(item)] = {**earlier, **item} if both else item
    return list(found.values())


def _port_key(item: Any) -> Hashable:
    """Address, published port, container port and protocol; what is no port is itself."""
    read = parse_ports([item], "", Problems())
    return tuple((port.host_ip, port.published, port.container_port, port.protocol) for port in read) or repr(item)


def _subnet_key(item: Any) -> Hashable:
    return str(item.get("subnet")) if isinstance(item, Mapping) else repr(item)


_KEYS: dict[str, Callable[[Any], Hashable]] = {"ports": _port_key, "config": _subnet_key, "expose": str}
