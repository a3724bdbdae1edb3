# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who sends a probe and waits for its answer: a socket each, made in the namespace that it is sent from.

Each probe carries a token, 8 bytes that no other packet has. An ear answers with the token that it heard.
"""

from __future__ import annotations

import contextlib
import errno
import os
import socket
import struct
from typing import Optional

from . import wire
from .ears import FAMILIES, ICMPS
from .model import ANSWERED, ARRIVED, SILENT, Outcome, Probe

_SO_BINDTODEVICE = 25
_IPV6_CHECKSUM = 7
_AT_CHECKSUM = 16  # where it is in a TCP header
#: Closing sends a reset: nothing of ours waits in anybody's table.
_NO_LINGER = struct.pack("ii", 1, 0)
_REFUSED = "refused"


class Sender:
    """One probe on its way. ``outcome`` is set where it is known; until then it may be sent again."""

    #: Whether it is to be sent again while no answer comes; else the kernel does that.
    again = True

    def __init__(self, probe: Probe, token: bytes) -> None:
        self.probe, self.token = probe, token
        self.outcome: Optional[Outcome] = None
        self.heard = False
        self.said = ""
        self.socket = self._made()

    def _made(self) -> socket.socket:
        raise NotImplementedError

    def send(self) -> None:
        """Never waits. What the kernel says to it is kept."""
        try:
            self._send()
        except BlockingIOError:
            pass
        except OSError as error:
            self._failed(error)

    def _send(self) -> None:
        raise NotImplementedError

    def readable(self) -> None:
        """Something came, or an error did."""
        try:
            self._read()
        except BlockingIOError:
            pass
        except OSError as error:
            self._failed(error)

    def _read(self) -> None:
        raise NotImplementedError

    def writable(self) -> None:
        """Of a connection that is made, or refused."""

    def close(self) -> None:
        self.socket.close()

    def _failed(self, error: OSError) -> None:
        self.said = _REFUSED if error.errno == errno.ECONNREFUSED else os.strerror(error.errno or errno.EIO)

    def _answered(self) -> None:
        self.outcome = Outcome(ANSWERED)

    def give_up(self) -> Outcome:
        return self.outcome or Outcome(SILENT, self.said)

    def arrived(self) -> Outcome:
        """Of one that was heard, and no answer of it."""
        return Outcome(ARRIVED, self.said)

    def _hold_to_device(self, made: socket.socket) -> socket.socket:
        if self.probe.device:
            made.setsockopt(socket.SOL_SOCKET, _SO_BINDTODEVICE, self.probe.device.encode() + b"\0")
        made.setblocking(False)
        return made


class Ping(Sender):
    """An echo request. A raw socket sees every echo of its namespace, and takes its own."""

    def _made(self) -> socket.socket:
        family = self.probe.family
        made = socket.socket(FAMILIES[family], socket.SOCK_RAW, ICMPS[family])
        self._hold_to_device(made).connect((self.probe.address, 0))
        return made

    def _send(self) -> None:
        self.socket.send(wire.echo_request(self.probe.family, self.token))

    def _read(self) -> None:
        while True:
            echo = wire.echoed(self.probe.family, self.socket.recv(2048))
            if echo is not None and not echo.is_request and echo.token == self.token:
                self._answered()


class Datagram(Sender):
    port = 0

    def _made(self) -> socket.socket:
        return self._hold_to_device(socket.socket(FAMILIES[self.probe.family], socket.SOCK_DGRAM))

    def _send(self) -> None:
        self.socket.connect((self.probe.address, self.port))
        self.socket.send(self.token)

    def _read(self) -> None:
        if self.socket.recv(64) == self.token:
            self._answered()


class Connection(Sender):
    port = 0
    again = False
    _told = False

    def _failed(self, error: OSError) -> None:
        """Of a connection that is final."""
        super()._failed(error)
        if not self.heard:
            self.outcome = Outcome(SILENT, self.said)

    def _made(self) -> socket.socket:
        made = self._hold_to_device(socket.socket(FAMILIES[self.probe.family], socket.SOCK_STREAM))
        made.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
        return made

    def _send(self) -> None:
        self.socket.connect((self.probe.address, self.port))

    def writable(self) -> None:
        if self._told:
            return
        self._told = True
        number = self.socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if number:
            self._failed(OSError(number, ""))
            return
        with contextlib.suppress(OSError):
            self.socket.send(self.token)

    def _read(self) -> None:
        if self.socket.recv(64) == self.token:
            self._answered()


class HalfOpen(Sender):
    """A SYN to a port that a service has. The kernel there answers for it; ours, which knows of no connection, resets
    it, so that the service has nothing to accept and sees nothing of all this."""

    port = 0
    _port = 0  # until it could be sent; such a socket sees answers to others meanwhile

    def _made(self) -> socket.socket:
        family = FAMILIES[self.probe.family]
        # Holds the port that answers come to: no other socket gets it meanwhile.
        self._holder = socket.socket(family, socket.SOCK_STREAM)
        made = socket.socket(family, socket.SOCK_RAW, socket.IPPROTO_TCP)
        if self.probe.family == 6:
            made.setsockopt(socket.IPPROTO_IPV6, _IPV6_CHECKSUM, _AT_CHECKSUM)
        return self._hold_to_device(made)

    def _send(self) -> None:
        self.socket.connect((self.probe.address, 0))
        source = self.socket.getsockname()[0]
        if not self._holder.getsockname()[1]:
            self._holder.bind((source, 0))
        self._port = self._holder.getsockname()[1]
        sequence = int.from_bytes(self.token[:4], "big")
        self.socket.send(wire.syn(source, self.probe.address, self._port, self.port, sequence))

    def _read(self) -> None:
        while True:
            taken = wire.syn_answer(self.probe.family, self.socket.recv(2048), self._port)
            if taken:
                self._answered()
            elif taken is False and self.outcome is None:
                self.said = _REFUSED

    def close(self) -> None:
        self._holder.close()
        super().close()


class Association(Sender):
    """An INIT of SCTP, and no more. Its answer binds nobody to anything: who has the port keeps nothing of it, and no
    service sees it (RFC 9260, section 5.1)."""

    port = 0
    _refused = False

    def _made(self) -> socket.socket:
        self._port = 0x8000 | int.from_bytes(self.token[4:6], "big")
        made = socket.socket(FAMILIES[self.probe.family], socket.SOCK_RAW, wire.IPPROTO_SCTP)
        self._hold_to_device(made).connect((self.probe.address, 0))
        return made

    def _send(self) -> None:
        self.socket.send(wire.sctp(wire.Chunk(wire.INIT, self._port, self.port, 0, self._tag)))

    @property
    def _tag(self) -> int:
        return int.from_bytes(self.token[:4], "big")

    def _read(self) -> None:
        while True:
            chunk = wire.sctp_chunk(self.probe.family, self.socket.recv(2048))
            if chunk is None or (chunk.port, chunk.verification_tag) != (self._port, self._tag):
                continue
            if chunk.kind == wire.INIT_ACK:
                self._answered()
            elif chunk.kind == wire.ABORT:
                self._refused, self.said = True, _REFUSED

    def arrived(self) -> Outcome:
        """A kernel with SCTP refuses what nobody listens for, and after that ours cannot pass: it has answered."""
        return Outcome(ANSWERED) if self._refused else super().arrived()
