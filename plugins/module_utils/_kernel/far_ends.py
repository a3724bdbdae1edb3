# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From where this host is administered: the far ends of the ssh connections, among them that which brought this run.

The environment of the processes above this one says it (SSH_CONNECTION, sshd(8)): sudo takes it out of its children's,
and has it in its own. Where none of them has it, the connections of sshd itself do. Only processes in this network
namespace count: the others' addresses are somewhere else's.
"""

from __future__ import annotations

import os
import socket
import struct
from typing import Dict, Iterator, Optional, Set, Tuple

from . import namespaces

_VARIABLES = (b"SSH_CONNECTION=", b"SSH_CLIENT=")
_SSHD = "sshd"
_ESTABLISHED = "01"


def far_ends(proc: str = "/proc") -> Tuple[str, ...]:
    """Addresses, sorted."""
    return tuple(sorted({*_of_ancestors(proc), *_of_sshd(proc)}))


def _of_ancestors(proc: str) -> Iterator[str]:
    pid: Optional[int] = os.getpid()
    while pid:
        if _is_here(proc, str(pid)):
            for entry in _read(proc, str(pid), "environ").split(b"\0"):
                if entry.startswith(_VARIABLES):
                    yield entry.partition(b"=")[2].decode("ascii", "replace").split(" ")[0].partition("%")[0]
        pid = _parent(proc, str(pid))


def _of_sshd(proc: str) -> Iterator[str]:
    remote: Optional[Dict[str, str]] = None
    for pid in filter(str.isdigit, os.listdir(proc)):
        if _read(proc, pid, "comm").decode("utf-8", "replace").startswith(_SSHD) and _is_here(proc, pid):
            remote = _remote_ends(proc) if remote is None else remote
            yield from (remote[inode] for inode in _sockets(proc, pid) if inode in remote)


def _remote_ends(proc: str) -> Dict[str, str]:
    """Inode of each established TCP socket here → the address at its other end (proc_net_tcp.txt)."""
    found = {}
    for name in ("tcp", "tcp6"):
        for line in _read(proc, "thread-self", "net/" + name).decode("ascii", "replace").splitlines()[1:]:
            fields = line.split()
            if len(fields) > 9 and fields[3] == _ESTABLISHED:
                found[fields[9]] = _address(fields[2].partition(":")[0])
    return found


def _address(digits: str) -> str:
    """Of ``0100007F``: groups of four bytes in the order of the machine."""
    groups = struct.pack("!%dI" % (len(digits) // 8), *(int(digits[n : n + 8], 16) for n in range(0, len(digits), 8)))
    raw = struct.pack("=%dI" % (len(digits) // 8), *struct.unpack("!%dI" % (len(digits) // 8), groups))
    if len(raw) == 16 and raw.startswith(bytes(10) + b"\xff\xff"):
        raw = raw[12:]
    return socket.inet_ntop(socket.AF_INET if len(raw) == 4 else socket.AF_INET6, raw)


def _sockets(proc: str, pid: str) -> Set[str]:
    directory, found = "{0}/{1}/fd".format(proc, pid), set()
    try:
        for descriptor in os.listdir(directory):
            kind, _bracket, inode = os.readlink("{0}/{1}".format(directory, descriptor)).partition(":[")
            if kind == "socket":
                found.add(inode.rstrip("]"))
    except OSError:
        pass  # it has ended meanwhile
    return found


def _parent(proc: str, pid: str) -> Optional[int]:
    """The fourth word of /proc/PID/stat, after a name that may hold anything."""
    fields = _read(proc, pid, "stat").rpartition(b")")[2].split()
    return int(fields[1]) if len(fields) > 1 else None


def _is_here(proc: str, pid: str) -> bool:
    theirs = namespaces.identity("{0}/{1}/ns/net".format(proc, pid))
    return theirs is not None and theirs == namespaces.identity("/proc/thread-self/ns/net")


def _read(proc: str, pid: str, name: str) -> bytes:
    try:
        with open("{0}/{1}/{2}".format(proc, pid, name), "rb") as file:
            return file.read()
    except OSError:
        return b""
