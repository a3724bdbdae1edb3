# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Is a host port free? The kernel says: bind it, then let go. And if not, which process has it?

Binding is nothing that others see or that lasts, so check mode may ask too.
"""

from __future__ import annotations

import errno
import os
import socket
from typing import Callable, Iterator, List, Optional, Tuple

#: (protocol, host_ip or None for every address, port) → who has it, None: nobody.
Probe = Callable[[str, Optional[str], int], Optional[str]]

_IPPROTO_SCTP = 132
_LISTENING = "0A"
_IP_FREEBIND = 15  # include/uapi/linux/in.h, missing from Python's socket module before 3.14
_IPV6_FREEBIND = 78  # include/uapi/linux/in6.h


def probe_port(protocol: str, host_ip: Optional[str], port: int) -> Optional[str]:
    """None if the port could be listened on now, else who has it: ``nginx (pid 812)``."""
    if not host_ip and _bindable_by_both(protocol, port):
        return None
    for family, address in _bindings(host_ip):
        if not _bindable(protocol, family, address, port) and not _only_calls(protocol, port):
            return _holder(protocol, port) or "another socket of the host"
    return None


def _bindings(host_ip: Optional[str]) -> Tuple[Tuple[int, str], ...]:
    if not host_ip:
        return ((socket.AF_INET, "0.0.0.0"), (socket.AF_INET6, "::"))
    return ((socket.AF_INET6 if ":" in host_ip else socket.AF_INET, host_ip),)


def _bindable(protocol: str, family: int, address: str, port: int) -> bool:
    """Errors other than "in use" say nothing about the port (no IPv6 here, no right to low ports): it is free."""
    if protocol == "sctp" and not os.path.exists("/proc/net/sctp"):
        return True  # asking would load the kernel's module
    try:
        with _socket(protocol, family) as probe:
            probe.bind((address, port))
    except OSError as error:
        return error.errno != errno.EADDRINUSE
    return True


def _bindable_by_both(protocol: str, port: int) -> bool:
    """Whether one socket of both families gets the port, which is half the time of asking for each. False also where
    there is no IPv6."""
    if protocol == "sctp":
        return False
    try:
        with _socket(protocol, socket.AF_INET6, only=False) as probe:
            probe.bind(("::", port))
    except OSError:
        return False
    return True


def _only_calls(protocol: str, port: int) -> bool:
    """Whether all that has the port are connections that the host made by itself: they go on, for their packets are
    known to connection tracking, and nobody waits there for new ones."""
    states = [state for state, _inode in _sockets(protocol, port)]
    return protocol == "tcp" and bool(states) and _LISTENING not in states


def _socket(protocol: str, family: int, only: bool = True) -> socket.socket:
    """``only``: of this family alone. An IPv6 one may take IPv4 as well (ipv6(7))."""
    if protocol == "udp":
        probe = socket.socket(family, socket.SOCK_DGRAM)
    else:
        probe = socket.socket(family, socket.SOCK_STREAM, _IPPROTO_SCTP if protocol == "sctp" else 0)
        # As a server binds: connections of the past (TIME_WAIT) do not matter, listeners do.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    # An address that the host gets later can be asked about now.
    if family == socket.AF_INET6:
        probe.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, int(only))
        probe.setsockopt(socket.IPPROTO_IPV6, _IPV6_FREEBIND, 1)
    else:
        probe.setsockopt(socket.IPPROTO_IP, _IP_FREEBIND, 1)
    return probe


def _holder(protocol: str, port: int) -> Optional[str]:
    for inode in _inodes(protocol, port):
        process = _process_with_socket(inode)
        if process:
            return process
    return None


def _inodes(protocol: str, port: int) -> List[str]:
    """Sockets on a local port, listeners first."""
    return [inode for state, inode in sorted(_sockets(protocol, port), key=lambda each: each[0] != _LISTENING)]


def _sockets(protocol: str, port: int) -> List[Tuple[str, str]]:
    """(state, inode) of each on a local port, from the kernel's tables (proc_net_tcp.txt)."""
    return [
        (fields[3], fields[9])
        for name in (protocol, protocol + "6")
        for fields in _lines("/proc/net/" + name)
        if int(fields[1].rpartition(":")[2], 16) == port
    ]


def _lines(path: str) -> Iterator[List[str]]:
    try:
        with open(path) as table:
            next(table, None)
            for line in table:
                fields = line.split()
                if len(fields) > 9:
                    yield fields
    except OSError:
        return


def _process_with_socket(inode: str) -> Optional[str]:
    wanted = "socket:[{0}]".format(inode)
    for pid in filter(str.isdigit, os.listdir("/proc")):
        directory = "/proc/{0}/fd".format(pid)
        try:
            if any(_link(directory + "/" + descriptor) == wanted for descriptor in os.listdir(directory)):
                with open("/proc/{0}/comm".format(pid), encoding="utf-8", errors="replace") as name:
                    return "{0} (pid {1})".format(name.read().strip(), pid)
        except OSError:
            continue
    return None


def _link(path: str) -> str:
    try:
        return os.readlink(path)
    except OSError:
        return ""
