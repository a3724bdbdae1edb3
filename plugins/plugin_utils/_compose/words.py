# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which of a Compose file's words a network is made of; the others are taken out before anything of them is read. Pure.

What only the program in a container needs is then no concern of ours, and cannot fail: a password that is not set, say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ansible_collections.linuxnet.fabric.plugins.module_utils._declaration.compose_words import (
    SERVICE_WORDS,
    is_extension,
)

from .yaml_text import Override, Reset

#: What a container is made of here.
NETWORK_WORDS = tuple(
    ("network_mode networks ports expose links dns dns_search dns_opt extra_hosts hostname sysctls mac_address").split()
)
#: What says which services there are, and how they are called.
_PROJECT_WORDS = ("extends", "profiles", "container_name", "external_links", "provider")
_SERVICE = (*NETWORK_WORDS, *_PROJECT_WORDS)
_ATTACHMENT = tuple(
    (
        "ipv4_address ipv6_address mac_address aliases interface_name gw_priority link_local_ips priority driver_opts"
    ).split()
)
_NETWORK = tuple("driver driver_opts ipam enable_ipv4 enable_ipv6 internal attachable external name labels".split())
_PORT = ("target", "published", "host_ip", "protocol", "mode", "name", "app_protocol")
_TOP = ("name", "include", "services", "networks")
_TOP_OF_OTHERS = ("version", "volumes", "configs", "secrets", "models")

Strange = Callable[[str], None]


def network_words(model: Mapping[str, Any], strange: Strange) -> dict[str, Any]:
    """The model with what networks are made of. ``strange`` is told the place of each word that Compose has not."""
    found = _known(model, "", _TOP, _TOP_OF_OTHERS, strange)
    found["services"] = _each(found.get("services"), "services", _service, strange)
    found["networks"] = _each(found.get("networks"), "networks", _network, strange)
    return {word: value for word, value in found.items() if value is not None}


def _service(words: Mapping[str, Any], path: str, strange: Strange) -> dict[str, Any]:
    found = _known(words, path, _SERVICE, (*SERVICE_WORDS, "labels"), strange)
    for word, each, known in (("networks", _items_of_mapping, _ATTACHMENT), ("ports", _items_of_list, _PORT)):
        if word in found:
            found[word] = each(found[word], f"{path}.{word}", known, strange)
    return found


def _network(words: Mapping[str, Any], path: str, strange: Strange) -> dict[str, Any]:
    return _known(words, path, _NETWORK, (), strange)


def _each(value: Any, path: str, read: Callable[..., dict[str, Any]], strange: Strange) -> Any:
    """Each entry of a dictionary of dictionaries. What is none is told later, where all values are read."""
    if isinstance(value, Override):
        return Override(_each(value.value, path, read, strange))
    if not isinstance(value, Mapping):
        return value
    found = {}
    for name, words in value.items():
        if is_extension(str(name)):
            continue
        place = f"{path}.{name}"
        if isinstance(words, Override) and isinstance(words.value, Mapping):
            found[str(name)] = Override(read(words.value, place, strange))
        else:
            found[str(name)] = read(words, place, strange) if isinstance(words, Mapping) else words
    return found


def _items_of_mapping(value: Any, path: str, known: Iterable[str], strange: Strange) -> Any:
    return _each(value, path, lambda words, place, told: _known(words, place, known, (), told), strange)


def _items_of_list(value: Any, path: str, known: Iterable[str], strange: Strange) -> Any:
    if isinstance(value, Override):
        return Override(_items_of_list(value.value, path, known, strange))
    if not isinstance(value, list):
        return value
    return [
        _known(item, f"{path}[{n}]", known, (), strange) if isinstance(item, Mapping) else item
        for n, item in enumerate(value)
    ]


def _known(
    words: Mapping[str, Any], path: str, known: Iterable[str], passed: Iterable[str], strange: Strange
) -> dict[str, Any]:
    found = {}
    for word, value in words.items():
        if word in known:
            found[str(word)] = value
        elif word not in passed and not is_extension(str(word)) and not isinstance(value, Reset):
            strange(f"{path}.{word}" if path else str(word))
    return found
