# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sockets of a lab's places, made by this process: connections that stay open while the network changes.

A socket belongs to the namespace in which it was made, so nothing has to run beside the test. ``Place.serve`` and
``Place.ask`` do the same with programs, for what needs a container's files or a server that answers by itself.
"""

from __future__ import annotations

import ctypes
import os
import select
import socket
from contextlib import contextmanager
from typing import ContextManager, Dict, Iterator, List, Optional, Tuple

from .lab import Lab

CLONE_NEWNET = 0x40000000
#: For what is to arrive; and for what is not, where every hop is in this kernel.
DEADLINE, MOMENT = 10.0, 0.25
KINDS = {"tcp": socket.SOCK_STREAM, "udp": socket.SOCK_DGRAM}
_libc = ctypes.CDLL(None, use_errno=True)


def family_of(address: str) -> int:
    return socket.AF_INET6 if ":" in address else socket.AF_INET


class Sockets:
    """Sockets in places, each with a namespace of its own. One thread plays every party and nothing runs beside it."""

    def __init__(self) -> None:
        self.sockets: List[socket.socket] = []

    def close(self) -> None:
        for each in self.sockets:
            each.close()

    def inside(self, place: str) -> ContextManager[None]:
        """The body runs in the place's namespace."""
        raise NotImplementedError

    def socket(self, place: str, family: int, kind: int, protocol: int = 0) -> socket.socket:
        with self.inside(place):
            made = socket.socket(family, kind, protocol)
        self.sockets.append(made)
        return made

    def serve(self, place: str, port: int, kind: str = "tcp", address: str = "") -> socket.socket:
        """A server for both families, or at one address."""
        server = self.socket(place, family_of(address) if address else socket.AF_INET6, KINDS[kind])
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        server.bind((address or "::", port))
        if kind == "tcp":
            server.listen(64)
        return server

    def reach(
        self,
        place: str,
        address: str,
        port: int,
        server: socket.socket,
        wait: float = DEADLINE,
        size: int = 5,
        bind: Optional[Tuple[str, int]] = None,
    ) -> Optional[str]:
        """Send bytes there and back. The address that the server saw; None when they did not arrive, or no answer."""
        client = self.socket(place, family_of(address), server.type)
        client.settimeout(wait)
        if bind is not None:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            client.bind(bind)
        try:
            client.connect(self._target(place, address, port))
            client.send(b"t" * size)
            return _answer(server, client, wait)
        except OSError:
            return None
        finally:
            client.close()

    def _target(self, place: str, address: str, port: int) -> Tuple[object, ...]:
        """An interface's name, as in fe80::1%eth0, is one of the place's."""
        address, percent, ifname = address.partition("%")
        if not percent:
            return address, port
        with self.inside(place):
            return address, port, 0, socket.if_nametoindex(ifname)

    def blocked(self, place: str, address: str, port: int, server: socket.socket) -> bool:
        return self.reach(place, address, port, server, MOMENT) is None

    def ear(self, place: str, ifname: str = "eth0") -> socket.socket:
        """Hears every frame that comes in there."""
        ear = self.socket(place, socket.AF_PACKET, socket.SOCK_RAW)
        ear.bind((ifname, 3))  # only now it hears anything: with a protocol it would have heard all interfaces
        return ear

    def shout(self, place: str, frame: bytes, ifname: str = "eth0") -> None:
        mouth = self.socket(place, socket.AF_PACKET, socket.SOCK_RAW)
        mouth.bind((ifname, 0))
        mouth.send(frame)
        mouth.close()


class Connection:
    """A TCP connection whose two ends are both here."""

    def __init__(self, client: socket.socket, server: socket.socket) -> None:
        self.client, self.server = client, server

    def works(self, wait: float = DEADLINE) -> bool:
        """Bytes go there and back. What was sent while the way was closed is sent again by the kernel, and counts."""
        return _passes(self.client, self.server, wait) and _passes(self.server, self.client, wait)

    def close(self) -> None:
        self.client.close()
        self.server.close()


class Talk(Sockets):
    """Places are "client", "attacker", a lab host's name, or a container's on the first host."""

    def __init__(self, lab: Lab) -> None:
        super().__init__()
        self.lab = lab
        self._own = os.open("/proc/thread-self/ns/net", os.O_RDONLY)

    def close(self) -> None:
        super().close()
        os.close(self._own)

    @contextmanager
    def inside(self, place: str) -> Iterator[None]:
        party = self.lab.parties.get(place)
        path = "/proc/{0}/ns/net".format(party.pid) if party else self._handle(place)
        descriptor = os.open(path, os.O_RDONLY)
        try:
            if _libc.setns(descriptor, CLONE_NEWNET):
                raise OSError(ctypes.get_errno(), "setns " + path)
            yield
        finally:
            _libc.setns(self._own, CLONE_NEWNET)
            os.close(descriptor)

    def _handle(self, container: str) -> str:
        return "/proc/{0}/root/run/netns/{1}".format(self.lab.host.pid, container)

    def connect(self, place: str, address: str, port: int, server: socket.socket) -> Connection:
        """A connection that stays open."""
        client = self.socket(place, family_of(address), socket.SOCK_STREAM)
        client.settimeout(DEADLINE)
        client.connect((address, port))
        server.settimeout(DEADLINE)
        made = Connection(client, server.accept()[0])
        self.sockets.append(made.server)
        return made

    def pings(self, place: str, address: str, wait: float = DEADLINE) -> bool:
        """Whether an echo request is answered."""
        kind, request = (1, b"\x08\0\xf7\xff") if "." in address else (58, b"\x80\0\0\0")
        with self.socket(place, family_of(address), socket.SOCK_RAW, kind) as made:
            made.settimeout(wait)
            made.connect((address, 0))
            try:
                made.send(request + b"\0\0\0\0")
                while True:
                    answer = made.recv(2048)
                    if answer[20 if kind == 1 else 0] == (0 if kind == 1 else 129):
                        return True
            except OSError:
                return False

    def error(self, place: str, address: str, port: int = 9) -> int:
        """The number of the error with which a connection fails at once; 0 if it does not."""
        client = self.socket(place, family_of(address), socket.SOCK_DGRAM)
        try:
            client.connect((address, port))
            client.send(b"there")
        except OSError as error:
            return error.errno or -1
        finally:
            client.close()
        return 0


def _answer(server: socket.socket, client: socket.socket, wait: float) -> Optional[str]:
    if not select.select([server], [], [], wait)[0]:
        return None
    if server.type == socket.SOCK_STREAM:
        connection, peer = server.accept()
        with connection:
            connection.settimeout(wait)
            connection.recv(65536)
            connection.send(b"back")
    else:
        _data, peer = server.recvfrom(65536)
        server.sendto(b"back", peer)
    return str(peer[0]).replace("::ffff:", "") if client.recv(16) == b"back" else None


def _passes(source: socket.socket, target: socket.socket, wait: float) -> bool:
    try:
        source.send(b"x")
        return bool(select.select([target], [], [], wait)[0]) and target.recv(64).strip(b"x") == b""
    except OSError:
        return False


def addresses(answer: Dict[str, object], container: str, ifname: str = "eth0") -> Dict[int, str]:
    """Family → a container's address, out of what the module returned."""
    interface = answer["containers"][container]["interfaces"][ifname]  # type: ignore[index]
    listed = {4: interface.get("ipv4"), 6: interface.get("ipv6")}
    return {family: _first(value).split("/")[0] for family, value in listed.items() if value}


def _first(value: object) -> str:
    return str(value[0] if isinstance(value, list) else value)
