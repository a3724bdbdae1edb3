# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a container's own files and settings say: resolver, hosts, host name, links, sysctls."""

from __future__ import annotations

import re
from typing import Any, Dict, List, Mapping, Optional, Tuple

from .names_rules import hostname
from .topology import Address, Link
from .words import Problems, address, items, mapping, plain, quote, text, texts

_HOST_ENTRY = re.compile(r"([^=:]+)[=:](.+)\Z", re.DOTALL)
_SYSCTL = re.compile(r"net(\.[a-zA-Z0-9_/-]+)+\Z")


def links(value: Any, path: str, problems: Problems) -> Tuple[Link, ...]:
    found = []
    for n, item in enumerate(items(value, path, problems)):
        where = "{0}[{1}]".format(path, n)
        entry = text(item, where, problems)
        if entry is None:
            continue
        container, colon, alias = entry.partition(":")
        if not container or (colon and not alias):
            problems.note(where, '{0}: expected "container" or "container:alias"', quote(entry))
        elif not colon or host_name(alias, where, problems):
            found.append(Link(container, alias or container, where))
    return tuple(found)


def addresses(value: Any, path: str, problems: Problems) -> Tuple[Address, ...]:
    if value is None:
        return ()
    listed = items(value, path, problems)
    read = (address(item, "{0}[{1}]".format(path, n), problems) for n, item in enumerate(listed))
    return tuple(dict.fromkeys(one for one in read if one is not None))


def search(value: Any, path: str, problems: Problems) -> Tuple[str, ...]:
    if value is None:
        return ()
    words = texts(value, path, problems)
    for n, word in enumerate(words):
        if word != ".":
            hostname(word[:-1] if word.endswith(".") else word, "{0}[{1}]".format(path, n), problems, "domain")
    return words


def options(value: Any, path: str, problems: Problems) -> Tuple[str, ...]:
    if value is None:
        return ()
    words = texts(value, path, problems)
    for n, word in enumerate(words):
        if not word or not word.isprintable() or " " in word:
            problems.note(
                "{0}[{1}]".format(path, n), '{0}: expected one resolver option, such as "ndots:1"', quote(word)
            )
    return words


def optional_hostname(value: Any, path: str, problems: Problems) -> Optional[str]:
    """With an underscore where one is written: a container may be called so, too."""
    if not isinstance(value, str) or hostname(value.replace("_", "x"), path, Problems()) is None:
        return hostname(value, path, problems) if value is not None else None
    return plain(value)


def host_name(name: str, path: str, problems: Problems) -> bool:
    """A name for /etc/hosts: Compose allows an underscore in a service's name, so we do."""
    if hostname(name.replace("_", "x"), path, Problems(), "domain name") is not None:
        return True
    problems.note(path, "{0}: a host name has letters, digits, '-', '_' and dots", quote(name))
    return False


def extra_hosts(value: Any, path: str, problems: Problems) -> Tuple[Tuple[str, str], ...]:
    """``name:ip``, ``name=ip`` or a mapping; the address may be ``host-gateway``, or IPv6 in brackets."""
    if value is None:
        return ()
    pairs: List[Tuple[str, Any, str]] = []
    if isinstance(value, Mapping):
        for name, item in mapping(value, path, problems).items():
            pairs.extend((name, one, "{0}.{1}".format(path, name)) for one in items(item, path, problems))
    else:
        for n, item in enumerate(items(value, path, problems)):
            where = "{0}[{1}]".format(path, n)
            found = _HOST_ENTRY.match(item) if isinstance(item, str) else None
            if found is None:
                problems.note(where, '{0}: expected "name:address"', quote(item))
            else:
                pairs.append((found.group(1), found.group(2), where))
    hosts = []
    for name, target, where in pairs:
        if host_name(name, where, problems):
            bare = target[1:-1] if isinstance(target, str) and target[:1] == "[" and target[-1:] == "]" else target
            one = bare if bare == "host-gateway" else address(bare, where, problems)
            if one is not None:
                hosts.append((name, str(one)))
    return tuple(dict.fromkeys(hosts))


def interface_of_setting(key: str) -> Optional[str]:
    """Of net.ipv4.conf.eth0.rp_filter: eth0."""
    words = key.replace("/", ".").split(".")
    return ".".join(words[3:-1]) if len(words) > 4 and words[2] in ("conf", "neigh") else None


def sysctls(value: Any, path: str, problems: Problems) -> Tuple[Tuple[str, str], ...]:
    if value is None:
        return ()
    pairs: Dict[str, str] = {}
    if isinstance(value, Mapping):
        listed = [(key, item, "{0}.{1}".format(path, key)) for key, item in mapping(value, path, problems).items()]
    else:
        listed = []
        for n, item in enumerate(items(value, path, problems)):
            where = "{0}[{1}]".format(path, n)
            key, equals, setting = item.partition("=") if isinstance(item, str) else ("", "", "")
            if equals:
                listed.append((key.strip(), setting.strip(), where))
            else:
                problems.note(where, '{0}: expected "name=value"', quote(item))
    for key, setting, where in listed:
        if not key.startswith("net."):
            problems.note(where, "{0}: only net.* belongs to a network namespace; set others on the host", quote(key))
        elif not _SYSCTL.match(key) or ".." in key or "//" in key:
            problems.note(where, "{0}: expected a name such as net.ipv4.ip_forward", quote(key))
        elif isinstance(setting, bool):
            pairs[key] = str(int(setting))
        else:
            read = text(setting, where, problems)
            if read is not None and pairs.setdefault(key, read) != read:
                problems.note(where, "{0}: set twice, to {1} and to {2}", quote(key), pairs[key], read)
    return tuple(sorted(pairs.items()))
