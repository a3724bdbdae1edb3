# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Nth write of a run fails, or the process is killed right before it."""

from __future__ import annotations

import contextlib
import os
import signal
from typing import Callable, Container, Iterator, List, Sequence

from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel import gate
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.rtnl.socket import NetlinkSocket, Request


class Injected(OSError):
    """What the kernel might have said."""


@contextlib.contextmanager
def before_each_write(hook: Callable[[int, str], None]) -> Iterator[List[str]]:
    """Call ``hook(number, what)`` before every write. Netlink messages go one by one, so that a batch can break."""
    writes: List[str] = []

    def count(what: str) -> None:
        writes.append(what)
        hook(len(writes), what)

    whole = NetlinkSocket.send

    def one_by_one(self: NetlinkSocket, requests: Sequence[Request], tolerated: Container[int] = ()) -> None:
        for request in requests:
            whole(self, [request], tolerated)

    gate.before_write = count
    NetlinkSocket.send = one_by_one  # type: ignore[method-assign]
    try:
        yield writes
    finally:
        gate.before_write = None
        NetlinkSocket.send = whole  # type: ignore[method-assign]


def nothing(_number: int, _what: str) -> None:
    """Only count."""


def fail_at(wanted: int) -> Callable[[int, str], None]:
    def hook(number: int, what: str) -> None:
        if number == wanted:
            raise Injected(5, "injected at write {0} ({1})".format(number, what))

    return hook


def kill_at(wanted: int) -> Callable[[int, str], None]:
    def hook(number: int, _what: str) -> None:
        if number == wanted:
            os.kill(os.getpid(), signal.SIGKILL)

    return hook


def fail_then_kill(failing: int, killed: int) -> Callable[[int, str], None]:
    first, second = fail_at(failing), kill_at(killed)

    def hook(number: int, what: str) -> None:
        first(number, what)
        second(number, what)

    return hook
