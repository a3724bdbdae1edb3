# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""HTTP to one endpoint, by a moment at which all waiting ends: for its name, for the connection, for TLS, for words.

The timeout of a socket is one for each call: who says a byte now and then would be waited for without end.
"""

from __future__ import annotations

import http.client
import io
import socket
import ssl
import threading
import time
from ipaddress import ip_address
from typing import Any, List, Mapping, Optional, Tuple, Union
from urllib.parse import urlsplit

#: Seconds, of a connection alone: an address that nobody answers at is not to use up what the others need.
CONNECTING = 1.0
#: etcd's own port.
_PORT = 2379


class Connection:
    """Made by ``deadline``, of ``time.monotonic``; close it. OSError, http.client.HTTPException or ssl.SSLError where
    that does not come about."""

    def __init__(self, endpoint: str, context: Optional[ssl.SSLContext], deadline: float) -> None:
        where = urlsplit(endpoint)
        name, port = where.hostname or "", where.port or _PORT
        until = min(deadline, time.monotonic() + CONNECTING)
        self._socket = _Socket(_connected(name, port, until), until)
        try:
            if where.scheme == "https" and context is not None:
                self._socket.encrypt(context, name)
        except BaseException:
            self._socket.close()
            raise
        self._http = http.client.HTTPConnection(name, port)
        self._http.auto_open = 0
        self._http.sock = self._socket  # type: ignore[assignment]  # all of a socket that it asks for

    def ask(self, path: str, text: str, headers: Mapping[str, str], deadline: float) -> Tuple[int, bytes]:
        """Status and words of a POST, by ``deadline``. Each connection is asked one thing after the other."""
        self._socket.deadline = deadline
        self._http.request("POST", path, text, dict(headers))
        answer = self._http.getresponse()
        return answer.status, answer.read()

    def is_open(self) -> bool:
        return self._http.sock is not None

    def close(self) -> None:
        self._http.close()


class _Socket:
    """What ``http.client`` needs of a socket."""

    def __init__(self, connected: socket.socket, deadline: float) -> None:
        self._socket, self.deadline = connected, deadline

    def encrypt(self, context: ssl.SSLContext, name: str) -> None:
        self._socket.settimeout(_left(self.deadline))
        self._socket = context.wrap_socket(self._socket, server_hostname=name)

    def sendall(self, data: bytes) -> None:
        self._socket.settimeout(_left(self.deadline))
        self._socket.sendall(data)

    def recv_into(self, buffer: Any) -> int:
        self._socket.settimeout(_left(self.deadline))
        return self._socket.recv_into(buffer)

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(_Reading(self))

    def close(self) -> None:
        self._socket.close()


class _Reading(io.RawIOBase):
    def __init__(self, from_socket: _Socket) -> None:
        self._socket = from_socket

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        return self._socket.recv_into(buffer)


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise socket.timeout("timed out")
    return left


def _connected(name: str, port: int, deadline: float) -> socket.socket:
    """To the first of its addresses that answers."""
    error: Optional[OSError] = None
    for family, kind, protocol, _canonical, address in _addresses(name, port, deadline):
        made = socket.socket(family, kind, protocol)
        try:
            made.settimeout(_left(deadline))
            made.connect(address)
            # A request is headers, then words: without this the second waits for the first to be acknowledged.
            made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return made
        except OSError as failed:
            made.close()
            error = failed
    raise error or OSError("it has no address")


def _addresses(name: str, port: int, deadline: float) -> List[Any]:
    """As ``getaddrinfo`` has them, which itself cannot be told how long to wait."""
    try:
        ip_address(name)
        return socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)
    except ValueError:
        pass
    found: List[Union[List[Any], OSError]] = []

    def look() -> None:
        try:
            found.append(socket.getaddrinfo(name, port, type=socket.SOCK_STREAM))
        except OSError as error:
            found.append(error)

    looking = threading.Thread(target=look, daemon=True)  # it ends with the process, whatever it waits for
    looking.start()
    looking.join(_left(deadline))
    if not found:
        raise socket.timeout("its name is not known in time")
    if isinstance(found[0], OSError):
        raise found[0]
    return found[0]
