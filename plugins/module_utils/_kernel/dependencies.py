# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a target must have, found out before anything is touched and told in one line.

What a trial can tell is tried, in check mode too: nft loads the desired rules into a namespace that nobody sees
(``nft.Normalising``), and the kernel is asked for links that it never makes. Versions are compared where a trial would
tell it too late. A library is wanted only by the run that uses it; one that is there and too old is refused by all.
"""

from __future__ import annotations

import importlib.util
import os
import re
import socket
import sys
from errno import EOPNOTSUPP
from typing import Iterable, Iterator, Optional, Tuple

from . import namespaces, nft, sysctl
from .errors import FabricError, MissingDependencyError
from .host import Host
from .rtnl import requests as messages
from .rtnl.socket import NetlinkError

#: The least that the tests run with: docs/support.md.
LEAST = {"Python": "3.9", "Linux": "5.10", "nft": "1.0.1", "pyroute2": "0.7.2", "netaddr": "0.8"}
LIBRARIES = ("pyroute2", "netaddr")
#: No interface can be called so: the kernel refuses to make it, after it has looked for the kind.
_NOBODY = "fabric/asks"


def require_python() -> None:
    """Raise FabricError where this Python is too old."""
    found = "{0}.{1}.{2}".format(*sys.version_info[:3])
    if _numbers(found) < _numbers(LEAST["Python"]):
        raise FabricError(_told([("Python", "{0} ({1})".format(found, sys.executable))]))


def require_all() -> None:
    """Raise FabricError for what a topology cannot do without on this host."""
    require_host()
    nft.require()


def require_host() -> None:
    """Raise FabricError where the kernel is none for us, or something that is there is too old.

    Nothing is imported, nor is nft run: that costs time.
    """
    if not os.path.isdir(sysctl.path("net/ipv6/conf")):
        raise FabricError(
            "this kernel has no IPv6 (it was booted with ipv6.disable=1): a namespace cannot be told to do without it. "
            "Boot with ipv6.disable_ipv6=1 instead, which leaves no interface with IPv6 and the settings there"
        )
    if any(_too_old(_kernel_and_libraries())):
        raise FabricError(_told(_too_old(_everything())))


def require_library(name: str, reason: str) -> None:
    """Raise MissingDependencyError where this Python does not have a library. ``reason``: "to do what"."""
    if importlib.util.find_spec(name) is None:
        raise MissingDependencyError(name, reason)


def require_kinds(host: Host) -> None:
    """Raise FabricError where the kernel cannot make bridges or veth pairs, not even with a module of its own."""
    own = namespaces.open_own()
    try:
        asked = {"bridge": messages.bridge_add(_NOBODY, None, {}), "veth": messages.veth_add(_NOBODY, _NOBODY, own)}
        unknown = [kind for kind, request in asked.items() if _answer(host, request) == EOPNOTSUPP]
    finally:
        os.close(own)
    if unknown:
        text = "Linux {0} on {1} cannot make links of the kind {2}: load or install its module; nothing was changed"
        raise FabricError(text.format(os.uname().release, socket.gethostname(), " and ".join(unknown)))


def refused_rules(error: nft.RefusedError) -> FabricError:
    """Why the desired rules could not be loaded where they were tried."""
    old = list(_too_old(_everything()))
    if old:
        return FabricError(_told(old))
    told = "; ".join("{0} for {1}".format(*lack) if lack[1] else lack[0] for lack in error.lacks[:3])
    text = "nft {0} on Linux {1} does not load the packet rules that {2} needs: {3}; nothing was changed"
    return FabricError(text.format(nft.version(), os.uname().release, socket.gethostname(), told))


def _answer(host: Host, request: messages.nl.Request) -> int:
    try:
        host.socket.ask(request)
    except NetlinkError as error:
        return error.errno
    return 0


def _everything() -> Iterator[Tuple[str, Optional[str]]]:
    yield "nft", nft.version()
    yield from _kernel_and_libraries()


def _kernel_and_libraries() -> Iterator[Tuple[str, Optional[str]]]:
    yield "Linux", os.uname().release
    for library in LIBRARIES:
        yield library, library_version(library)


def _too_old(found: Iterator[Tuple[str, Optional[str]]]) -> Iterator[Tuple[str, str]]:
    for name, version in found:
        if version is not None and _numbers(version) < _numbers(LEAST[name]):
            yield name, version


def _told(old: Iterable[Tuple[str, str]]) -> str:
    lacks = list(old)
    return "{0} has {1}; linuxnet.fabric needs {2}; nothing was changed".format(
        socket.gethostname(),
        ", ".join("{0} {1}".format(*lack) for lack in lacks),
        ", ".join("{0} >= {1}".format(name, LEAST[name]) for name, _version in lacks),
    )


def _numbers(version: str) -> Tuple[int, ...]:
    """``6.1.0-13-amd64`` → (6, 1, 0)."""
    found = re.match(r"\d+(\.\d+)*", version)
    return tuple(map(int, found.group().split("."))) if found else ()


def library_version(name: str) -> Optional[str]:
    """What stands beside a library about its version, without importing it; None: not there, or nothing does.

    A tenth of a millisecond, where importlib.metadata alone takes twenty to be imported.
    """
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        return None
    pattern = re.compile(r"{0}-(\d[^-]*)(-.*)?\.(dist|egg)-info\Z".format(name), re.IGNORECASE)
    found = map(pattern.match, os.listdir(os.path.dirname(os.path.dirname(spec.origin))))
    return next((match.group(1) for match in found if match), None)
