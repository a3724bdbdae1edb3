# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sockets that a ring of io_uring has, too, so that nobody waits for their closing."""

from __future__ import annotations

import os
import socket
import time
from pathlib import Path
from typing import Any, Iterator

import pytest

from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel import let_go
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.let_go import LetGo


@pytest.fixture
def ring() -> Iterator[LetGo]:
    made = LetGo()
    yield made
    made.close()


def packet_socket() -> socket.socket:
    return socket.socket(socket.AF_PACKET, socket.SOCK_RAW | socket.SOCK_CLOEXEC)


def inode_of(made: socket.socket) -> int:
    return os.fstat(made.fileno()).st_ino


def is_there(inode: int) -> bool:
    """Whether the kernel still lists the packet socket."""
    rows = Path("/proc/net/packet").read_text(encoding="ascii").splitlines()[1:]
    return any(row.split()[-1] == str(inode) for row in rows)


def test_a_socket_lives_in_the_ring_until_that_is_closed(ring: LetGo) -> None:
    made = packet_socket()
    inode = inode_of(made)
    ring.take(made.fileno())

    made.close()
    assert is_there(inode)

    ring.close()
    deadline = time.monotonic() + 30
    while is_there(inode) and time.monotonic() < deadline:
        time.sleep(0.005)
    assert not is_there(inode)


def test_what_finds_no_place_is_closed_as_ever(ring: LetGo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(let_go, "_SLOTS", 2)
    ring.close()  # which counts its places anew
    made = [packet_socket() for _number in range(3)]
    inodes = [inode_of(each) for each in made]
    for each in made:
        ring.take(each.fileno())
        each.close()
    assert [is_there(inode) for inode in inodes] == [True, True, False]


@pytest.mark.parametrize("refused", [let_go._SETUP, let_go._REGISTER], ids=["no ring", "no places"])
def test_where_nobody_may_use_a_ring_a_socket_is_closed_as_ever(
    ring: LetGo, monkeypatch: pytest.MonkeyPatch, refused: int
) -> None:
    call, calls = let_go.libc.call, []  # type: Any, List[int]

    def refusing(name: str, number: int, *arguments: Any) -> int:
        calls.append(number)
        if number == refused:
            raise PermissionError(1, "io_uring_disabled is 2")
        return int(call(name, number, *arguments))

    monkeypatch.setattr(let_go.libc, "call", refusing)
    for _attempt in range(2):
        made = packet_socket()
        inode = inode_of(made)
        ring.take(made.fileno())
        made.close()
        assert not is_there(inode)
    assert calls.count(refused) == 1, "who refuses is not asked again"
