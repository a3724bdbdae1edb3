# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many bytes over one connection, and what they cost the processor."""

from __future__ import annotations

import os
import socket
from typing import Callable, Sequence

from tests.lab.talk import Talk

_MEGABYTE = 1 << 20


def transfer(
    talk: Talk, source: str, target: str, address: str, port: int, megabytes: int, processors: Sequence[int] = ()
) -> float:
    """Seconds of the processor, of sender and receiver together: each is a process of its own, and does what the kernel
    does for it. ``processors``: of the sender, and of the receiver where there are two; empty: the kernel decides."""
    server = talk.serve(target, port)
    client = talk.socket(source, socket.AF_INET, server.type)
    client.connect((address, port))
    accepted, _peer = server.accept()
    server.close()

    def send() -> None:
        accepted.close()
        data = bytes(_MEGABYTE)
        for _time in range(megabytes):
            client.sendall(data)
        client.shutdown(socket.SHUT_WR)
        client.recv(1)

    def receive() -> None:
        client.close()
        room = bytearray(_MEGABYTE)
        while accepted.recv_into(room):
            pass

    places = [processors[:1], processors[1:2] or processors[:1]]
    children = [_start(work, place) for work, place in zip((send, receive), places)]
    client.close()
    accepted.close()
    return sum(map(_ended, children))


def _start(work: Callable[[], None], processors: Sequence[int]) -> int:
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            if processors:
                os.sched_setaffinity(0, processors)
            work()
            status = 0
        finally:
            os._exit(status)
    return pid


def _ended(pid: int) -> float:
    _pid, status, used = os.wait4(pid, 0)
    assert status == 0
    return used.ru_utime + used.ru_stime
