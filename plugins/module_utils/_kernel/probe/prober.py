# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Real packets between namespaces: ears are opened, probes sent, answers awaited; nothing of it is left.

One thread plays every party, and all of a portion waits together: what is not to arrive costs a moment, not one each.
Needs nothing inside the namespaces, and leaves nothing there: sockets end with this process, also when it is killed.
"""

from __future__ import annotations

import errno
import os
import selectors
import socket
import time
from typing import Dict, List, Optional, Sequence, Type, cast

from ..host import Host
from . import wire
from .ears import EarKey, Ears
from .model import ICMP, SCTP, SILENT, SKIPPED, TCP, UDP, Outcome, Probe
from .senders import Association, Connection, Datagram, HalfOpen, Ping, Sender

#: So many wait together; each has two sockets at most, and an ear at most.
PORTION = 512
#: Seconds: how long an answer may take that is expected, and one that is not; and when it is asked again.
PATIENCE, MOMENT = 4.0, 1.0
_AGAIN = (0.15, 0.4, 1.1, 2.5)
_PROTOCOLS: Dict[str, Type[Sender]] = {ICMP: Ping, TCP: Connection, UDP: Datagram, SCTP: Association}


def probe_all(host: Host, probes: Sequence[Probe]) -> List[Outcome]:
    """What became of each, in order."""
    found: List[Outcome] = []
    for start in range(0, len(probes), PORTION):
        found.extend(_Portion(host, probes[start : start + PORTION]).outcomes())
    return found


class _Portion:
    def __init__(self, host: Host, probes: Sequence[Probe]) -> None:
        self._host, self._probes = host, probes
        self._skipped: Dict[int, Outcome] = {}
        self._senders: Dict[int, Sender] = {}
        self._by_token: Dict[bytes, Sender] = {}
        self._selector = selectors.DefaultSelector()
        self._accepted: List[socket.socket] = []

    def outcomes(self) -> List[Outcome]:
        ears = Ears(self._host, self._probes)
        try:
            self._prepare(ears)
            for key, ear in ears.all():
                self._selector.register(ear, selectors.EVENT_READ, key)
            self._converse()
            return [self._outcome(number) for number in range(len(self._probes))]
        finally:
            self._selector.close()
            for sender in self._senders.values():
                sender.close()
            for each in self._accepted:
                each.close()
            ears.close()

    def _outcome(self, number: int) -> Outcome:
        sender = self._senders.get(number)
        if sender is None:
            return self._skipped[number]
        if sender.heard and sender.outcome is None:
            return sender.arrived()
        return sender.give_up()

    # --- senders

    def _prepare(self, ears: Ears) -> None:
        """Those of one namespace together, for it is entered once for them."""
        by_source: Dict[Optional[str], List[int]] = {}
        for number, probe in enumerate(self._probes):
            by_source.setdefault(probe.source, []).append(number)
        for source, numbers in by_source.items():
            try:
                with self._host.inside(source):
                    for number in numbers:
                        self._make(number, ears)
            except OSError as error:
                for number in numbers:
                    if number not in self._senders and number not in self._skipped:
                        self._skipped[number] = Outcome(SILENT, "no namespace {0}: {1}".format(source, error.strerror))

    def _make(self, number: int, ears: Ears) -> None:
        probe, token = self._probes[number], self._probes[number].token or os.urandom(8)
        kind = _PROTOCOLS[probe.protocol]
        ear, port = ears.of(probe), probe.port
        if probe.protocol != ICMP and not probe.elsewhere and ear is None:
            if not ears.is_taken(probe):
                self._skipped[number] = Outcome(SILENT, "{0} has no address {1}".format(probe.target, _heard_at(probe)))
                return
            if probe.protocol == UDP:
                self._skipped[number] = Outcome(SKIPPED, "a service has this port, and it would see the datagram")
                return
            kind = HalfOpen
        elif probe.half_open:
            kind = HalfOpen
        if ear is not None and port is None and probe.protocol in (TCP, UDP):
            port = ear.getsockname()[1]
        try:
            sender = kind(probe, token)
        except OSError as error:
            self._skipped[number] = Outcome(SILENT, os.strerror(error.errno or errno.EIO))
            return
        if isinstance(sender, (Connection, Datagram, HalfOpen, Association)):
            sender.port = port or 0
        self._senders[number] = self._by_token[token[:4] if probe.protocol == SCTP else token] = sender

    # --- the conversation

    def _converse(self) -> None:
        for sender in self._senders.values():
            sender.send()
            events = selectors.EVENT_READ
            if isinstance(sender, Connection):
                events |= selectors.EVENT_WRITE
            self._selector.register(sender.socket, events, sender)
        begun, times = time.monotonic(), list(_AGAIN)
        while self._waits(time.monotonic() - begun):
            self._take(0.05)
            if times and time.monotonic() - begun > times[0]:
                times.pop(0)
                for sender in self._senders.values():
                    if sender.again and sender.outcome is None:
                        sender.send()

        self._take(0)  # on a busy machine the time may have passed before this came to look

    def _take(self, timeout: float) -> None:
        for key, mask in self._selector.select(timeout):
            self._turn(key, mask)

    def _waits(self, passed: float) -> bool:
        """Whether anything may still come that would say more than is known."""
        if passed < MOMENT and any(not sender.probe.expected for sender in self._senders.values()):
            return True
        open_ones = [sender for sender in self._senders.values() if sender.outcome is None and sender.probe.expected]
        return bool(open_ones) and passed < PATIENCE

    def _turn(self, key: selectors.SelectorKey, mask: int) -> None:
        if isinstance(key.data, Sender):
            sender = key.data
            if mask & selectors.EVENT_WRITE:
                sender.writable()
                self._selector.modify(sender.socket, selectors.EVENT_READ, sender)
            if mask & selectors.EVENT_READ:
                sender.readable()
            if sender.outcome is not None or (isinstance(sender, Connection) and sender.said):
                self._selector.unregister(sender.socket)
        elif isinstance(key.data, EarKey):
            self._hear(key.data, cast(socket.socket, key.fileobj))
        else:
            self._answer(cast(socket.socket, key.fileobj))

    def _hear(self, key: EarKey, ear: socket.socket) -> None:
        while True:
            try:
                if key.protocol == TCP:
                    connection, _peer = ear.accept()
                    connection.setblocking(False)
                    self._accepted.append(connection)
                    self._selector.register(connection, selectors.EVENT_READ, None)
                elif key.protocol == UDP:
                    token, peer = ear.recvfrom(64)
                    if self._heard(token):
                        ear.sendto(token, peer)
                elif key.protocol == SCTP:
                    packet, peer = ear.recvfrom(2048)
                    self._hear_init(key, ear, wire.sctp_chunk(6 if ":" in key.address else 4, packet), peer[0])
                else:
                    echo = wire.echoed(6 if ":" in key.address else 4, ear.recv(2048))
                    if echo is not None and echo.is_request:
                        self._heard(echo.token, key.netns)
            except OSError:
                return  # nothing more for now, or who asked is gone

    def _hear_init(self, key: EarKey, ear: socket.socket, chunk: Optional[wire.Chunk], peer: str) -> None:
        if chunk is None or (chunk.kind, chunk.port) != (wire.INIT, key.port):
            return
        token = chunk.tag.to_bytes(4, "big")
        if self._heard(token, key.netns):
            ear.sendto(wire.sctp(wire.answer_to(chunk)), (peer, 0))

    def _answer(self, connection: socket.socket) -> None:
        try:
            token = connection.recv(64)
            if self._heard(token):
                connection.send(token)
        except BlockingIOError:
            return
        except OSError:
            token = b""
        self._selector.unregister(connection)

    def _heard(self, token: bytes, netns: Optional[str] = "") -> bool:
        """Whether it is a token of ours. An echo request is one only where it was to go: the sender's own namespace
        does not see what it sends, but two parties may be in one."""
        sender = self._by_token.get(token)
        if sender is None or (netns != "" and sender.probe.target != netns):
            return False
        sender.heard = True
        return True


def _heard_at(probe: Probe) -> str:
    return probe.ear_address or probe.address
