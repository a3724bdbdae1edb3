# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ears that stay open for calls from other hosts: a process of ours that answers them and keeps what it heard.

It ends when it is asked what it heard, and by itself after ``SECONDS``, whatever became of who began it. Until then it
waits at a socket of the host's network namespace (abstract, unix(7)), named ``linuxnet-fabric-verify/TOPOLOGY``.
"""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import socket
import struct
import time
from typing import Any, Dict, Optional, Sequence, Tuple, cast

from .. import gate
from ..data import NamedTuple
from ..errors import FabricError
from ..tracing.events import Step, step_data, step_of
from ..tracing.tables import Followed
from . import wire
from .ears import EarKey
from .model import SCTP, TCP, UDP

#: How long it waits for the end of what it is there for.
SECONDS = 600.0
#: No more is kept: each is a call, and nobody has so many.
_MOST, _TOKEN, _PATIENCE = 100_000, 8, 10.0
_CREDENTIALS = struct.Struct("=iII")  # struct ucred


def _name(topology: str) -> str:
    return "\0linuxnet-fabric-verify/" + topology


class Heard(NamedTuple):
    """``tokens`` in hexadecimal; ``steps`` of what was followed."""

    tokens: Tuple[str, ...] = ()
    steps: Tuple[Step, ...] = ()


def start(topology: str, ears: Sequence[Tuple[EarKey, socket.socket]], followed: Optional[Followed] = None) -> None:
    """A process that holds these sockets, and goes on following. There is none of an earlier run, see ``collect``.
    After this the caller leaves ``followed`` alone, and ends."""
    gate.writing("fork")
    asked = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        asked.bind(_name(topology))
        asked.listen(1)
        if os.fork() == 0:
            try:
                kept = [asked.fileno(), *(ear.fileno() for _key, ear in ears)]
                _alone([*kept, *(followed.descriptors() if followed is not None else ())])
                _Hearing(asked, ears, followed).run()
            finally:  # never back into the copy of the module that the fork carries
                os._exit(0)
    finally:
        asked.close()


def collect(topology: str) -> Heard:
    """What it heard; all that it held is free then. Nothing where nothing listens."""
    told = json.loads(_ask(topology) or b"{}")
    return Heard(tuple(map(str, told.get("heard", ()))), tuple(map(step_of, told.get("steps", ()))))


def _ask(topology: str) -> bytes:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as asking:
        asking.settimeout(_PATIENCE)
        try:
            asking.connect(_name(topology))
        except ConnectionRefusedError:
            return b""
        data = b""
        try:
            while True:
                part = asking.recv(1 << 16)
                if not part:
                    break
                data += part
        except socket.timeout:
            raise FabricError("what listens for other hosts does not say what it heard") from None
    return data


def _alone(kept: Sequence[int]) -> None:
    """Without the terminal, the pipes, the lock and every other file of who began it."""
    os.setsid()
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nothing, descriptor)
    for descriptor in map(int, os.listdir("/proc/self/fd")):
        if descriptor > 2 and descriptor not in kept:
            with contextlib.suppress(OSError):
                os.close(descriptor)


class _Hearing:
    """``selector``: of each socket the ear's key, None for a connection, the word ``asked`` for who wants to know."""

    def __init__(
        self, asked: socket.socket, ears: Sequence[Tuple[EarKey, socket.socket]], followed: Optional[Followed]
    ) -> None:
        self._heard: Dict[str, None] = {}
        self._followed = followed
        self._selector = selectors.DefaultSelector()
        asked.setblocking(False)
        self._selector.register(asked, selectors.EVENT_READ, "asked")
        for key, ear in ears:
            self._selector.register(ear, selectors.EVENT_READ, key)

    def run(self) -> None:
        until = time.monotonic() + SECONDS
        while time.monotonic() < until:
            for key, _mask in self._selector.select(until - time.monotonic()):
                if key.data == "asked":
                    if self._tell(cast(socket.socket, key.fileobj)):
                        return
                elif key.data is None:
                    self._answer(cast(socket.socket, key.fileobj))
                else:
                    self._hear(key.data, cast(socket.socket, key.fileobj))

    def _tell(self, asked: socket.socket) -> bool:
        """Whether it was root who asked."""
        with contextlib.suppress(OSError):
            asking, _peer = asked.accept()
            with asking:
                who = asking.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
                if _CREDENTIALS.unpack(who)[1] != os.geteuid():
                    return False
                told = self._told()
                self._leave()  # who asks may be about to listen there
                asking.settimeout(_PATIENCE)
                asking.sendall(json.dumps(told).encode("ascii"))
                return True
        return False

    def _told(self) -> Dict[str, Any]:
        steps = self._followed.steps() if self._followed is not None else []
        if self._followed is not None:
            self._followed.let_go()
        return {"heard": list(self._heard), "steps": [step_data(each) for each in steps]}

    def _leave(self) -> None:
        for key in list(self._selector.get_map().values()):
            cast(socket.socket, key.fileobj).close()
        self._selector.close()

    def _keep(self, token: bytes) -> bool:
        if len(token) in (4, _TOKEN) and len(self._heard) < _MOST:
            self._heard[token.hex()] = None
            return True
        return False

    def _hear(self, key: EarKey, ear: socket.socket) -> None:
        family = 6 if ":" in key.address else 4
        with contextlib.suppress(OSError):
            if key.protocol == TCP:
                connection, _peer = ear.accept()
                connection.setblocking(False)
                self._selector.register(connection, selectors.EVENT_READ, None)
                return
            packet, peer = ear.recvfrom(2048)
            if key.protocol == UDP:
                if self._keep(packet):
                    ear.sendto(packet, peer)
            elif key.protocol == SCTP:
                self._keep_init(key, ear, wire.sctp_chunk(family, packet), peer[0])
            else:
                echo = wire.echoed(family, packet)
                if echo is not None and echo.is_request:
                    self._keep(echo.token)

    def _keep_init(self, key: EarKey, ear: socket.socket, chunk: Optional[wire.Chunk], peer: str) -> None:
        if chunk is not None and (chunk.kind, chunk.port) == (wire.INIT, key.port):
            self._keep(chunk.tag.to_bytes(4, "big"))
            ear.sendto(wire.sctp(wire.answer_to(chunk)), (peer, 0))

    def _answer(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError):
            token = connection.recv(64)
            if self._keep(token):
                connection.send(token)
        self._selector.unregister(connection)
        connection.close()
