# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``topology_lease_store``: where the leases of networks across hosts are kept. Pure."""

from __future__ import annotations

from typing import Any, Mapping, Optional, Tuple
from urllib.parse import urlsplit

from .._ipam.etcd.access import Access
from .words import Problems, mapping, quote, suggest, text, texts

PATH = "topology_lease_store"
HOST, ETCD = "host", "etcd"
_WORDS = ("endpoints", "prefix", "ca", "cert", "key", "user", "password")


def parse_lease_store(value: Any, problems: Problems) -> Optional[Access]:
    """None: the hosts' own memory is the store."""
    if value in (None, "", HOST):
        return None
    if not isinstance(value, Mapping) or list(value) != [ETCD]:
        problems.note(PATH, "{0}, or {1} with its words; nothing else is a store", quote(HOST), ETCD)
        return None
    path = "{0}.{1}".format(PATH, ETCD)
    words = mapping(value[ETCD], path, problems)
    for word in words:
        if word not in _WORDS:
            problems.note("{0}.{1}".format(path, word), "there is no such word{0}", suggest(word, _WORDS))
    before = len(problems)
    said = {word: _said(words, word, path, problems) for word in _WORDS[1:]}
    said["prefix"] = _prefix(said["prefix"], path, problems)
    for word, other in (("user", "password"), ("password", "user"), ("key", "cert")):
        if said[word] and not said[other]:
            problems.note("{0}.{1}".format(path, other), "{0} is written, and this is not", word)
    if ":" in said["user"]:
        problems.note(path + ".user", "etcd has no user whose name has a colon")
    endpoints = tuple(_endpoints(words.get("endpoints"), path + ".endpoints", problems))
    return Access(endpoints=endpoints, **said) if len(problems) == before else None


def _said(words: Mapping[str, Any], word: str, path: str, problems: Problems) -> str:
    value = words.get(word)
    return (text(value, "{0}.{1}".format(path, word), problems) or "") if value not in (None, "") else ""


def _prefix(value: str, path: str, problems: Problems) -> str:
    if value and not value.startswith("/"):
        problems.note(path + ".prefix", "{0}: begin it with /", quote(value))
    return value.rstrip("/") or Access(()).prefix


def _endpoints(value: Any, path: str, problems: Problems) -> Tuple[str, ...]:
    found = tuple(texts(value, path, problems)) if value else ()
    if not found:
        problems.note(path, "name one at least, as https://192.0.2.21:2379")
    for number, endpoint in enumerate(found):
        if not _is_endpoint(endpoint):
            message = "{0}: expected a URL of scheme, host and port, as https://192.0.2.21:2379"
            problems.note("{0}[{1}]".format(path, number), message, quote(endpoint))
    return tuple(endpoint.rstrip("/") for endpoint in found)


def _is_endpoint(endpoint: str) -> bool:
    try:
        where = urlsplit(endpoint)
        return (
            where.scheme in ("http", "https") and bool(where.hostname) and where.port != 0 and where.path in ("", "/")
        )
    except ValueError:
        return False
