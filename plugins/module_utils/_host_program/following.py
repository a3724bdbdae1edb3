# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""trace and capture: what becomes of a container's packets."""

from __future__ import annotations

import os
import shutil
from typing import Any, Iterator, List, Mapping, Tuple

from .._kernel import namespaces
from .._kernel.errors import FabricError
from .._module import restore as kept
from .._module.trace import trace as follow
from .answer import Answer
from .entering import open_container

_PROTOCOLS = ("tcp", "udp")
_ENDS = {"answered": "it was answered", "arrived": "it arrived, and was not answered", "silent": "nothing came back"}
_PLACES = os.pathsep.join(("/usr/local/sbin", "/usr/sbin", "/sbin"))


def trace(words: Any) -> Answer:
    """What is sent are probes of our own; a service that listens sees none of them."""
    port, protocol = _port(words.port) if words.port is not None else (None, "icmp")
    ways = [
        dict(way, topology=each) for each in _declaring(words.name) for way in follow(each, words.name, port, protocol)
    ]
    lines = [line for way in ways for line in (*_told(way), "")]
    return Answer({"ways": ways}, lines[:-1])


def _port(text: str) -> Tuple[int, str]:
    number, _slash, protocol = text.partition("/")
    if not number.isdigit() or not 0 < int(number) < 65536 or (protocol or "tcp") not in _PROTOCOLS:
        raise FabricError("{0}: write a port as 8080/tcp or 53/udp, between 1 and 65535".format(text))
    return int(number), protocol or "tcp"


def _declaring(name: str) -> List[str]:
    """The topologies that have a container of this name."""
    known = {topology: list(kept.kept(topology).words.get("containers") or ()) for topology in kept.topologies()}
    found = [topology for topology, containers in known.items() if name in containers]
    if not found:
        there = ", ".join(sorted({each for containers in known.values() for each in containers})) or "none"
        raise FabricError("there is no container {0} on this host; there is: {1}".format(name, there))
    return found


def _told(way: Mapping[str, Any]) -> Iterator[str]:
    yield str(way["text"])
    yield from ("  " + line for line in way["steps"])
    end = _ENDS.get(way["result"], way["said"])
    yield "  => " + ("{0} ({1})".format(end, way["said"]) if way["said"] and end != way["said"] else end)
    if way["place"] is not None:
        yield "  => {kind}: {text}".format(**way["place"])


def capture(words: Any) -> Answer:
    """Does not come back, but with ``--json``: tcpdump has this process."""
    more = words.words[1:] if words.words[:1] == ["--"] else words.words
    program = shutil.which("tcpdump") or shutil.which("tcpdump", path=_PLACES)
    command = [program or "tcpdump", "-i", "any", "-nn", *more]
    descriptor = open_container(words.name)
    if program is None:
        raise FabricError("there is no tcpdump on this host; install the package tcpdump")
    if words.json:
        data = {"container": words.name, "netns": namespaces.handle(words.name), "command": command}
        return Answer(data, [])
    namespaces.enter(descriptor)
    try:
        os.execv(program, command)
    except OSError as error:
        raise FabricError("{0}: {1}".format(program, error.strerror)) from error
