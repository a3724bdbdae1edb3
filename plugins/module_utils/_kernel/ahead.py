# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""New network namespaces, made on the other processor while this one does what comes before them.

They have no name, and nobody else knows them: until this process binds one to a handle they go with whoever has their
descriptors, so a run that is killed leaves none. Their descriptors come over a unix(7) socket, SCM_RIGHTS.
"""

from __future__ import annotations

import array
import contextlib
import os
import socket
from typing import Iterator, List, Mapping, Optional, Sequence, Tuple

from . import gate, namespaces, second_process, sysctl
from .data import NamedTuple
from .procfs import OwnProc
from .rtnl import requests as messages
from .rtnl.socket import NetlinkSocket

#: From this many on the other process, which takes some milliseconds to make, is worth it.
MANY = 64
#: How many come in one message. Each is two descriptors, of which a message takes 253 (SCM_MAX_FD).
_AT_A_TIME = 16

#: Written with the setting on the right, which comes before it: addrconf_disable_ipv6() in net/ipv6/addrconf.c.
_SETS_TOO = {"net/ipv6/conf/default/disable_ipv6": "net/ipv6/conf/all/disable_ipv6"}

Sysctls = Mapping[str, str]


class NewNamespace(NamedTuple):
    """``descriptor`` is of the namespace, and whoever has it closes it; ``netlink`` is a socket in there."""

    descriptor: int
    netlink: NetlinkSocket


def make(sysctls: Sysctls, proc: OwnProc) -> NetlinkSocket:
    """A namespace, in which the thread is then: its sysctls are set, and ``lo``, the only link, is up."""
    namespaces.unshare()
    settings = proc.directory()
    for key, value in sysctls.items():
        if sysctls.get(_SETS_TOO.get(key, "")) != value:
            sysctl.write(key, value, settings)
    netlink = NetlinkSocket()
    netlink.send([messages.link_set(index=1, up=True)])
    return netlink


class MadeAhead:
    """Begun when it is made. Where there is no second process, or it fails, there are none to take."""

    def __init__(self, wanted: Sequence[Tuple[str, Sysctls]]) -> None:
        """``wanted``: name and sysctls, in the order in which they are taken."""
        self._wanted = wanted
        self._sysctls = dict(wanted)
        self._coming = iter(())  # type: Iterator[Tuple[str, NewNamespace]]
        self._child: Optional[int] = None
        if len(wanted) >= MANY and second_process.is_worth_it():
            self._begin()

    def take(self, name: str, sysctls: Sysctls) -> Optional[NewNamespace]:
        """The one wanted for this name; those wanted before it, which nobody took, go. None: it is to be made."""
        if self._sysctls.pop(name, None) != sysctls:
            return None
        for coming, new in self._coming:
            if coming == name:
                return new
            _let_go(new)
        return None

    def close(self) -> None:
        """Those that nobody took go."""
        if self._child is None:
            return
        second_process.end(self._child)
        self._child = None
        for _name, new in self._coming:
            _let_go(new)
        self._socket.close()

    def _begin(self) -> None:
        self._socket, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._child = second_process.fork(lambda: self._serve(other))
        other.close()
        self._coming = self._arriving()

    def _serve(self, sending: socket.socket) -> None:
        """In the other process, whose writes nobody can see."""
        gate.before_write = None
        _keep_only(sending.fileno())
        home = namespaces.open_own()
        proc = OwnProc()  # of its own: what the other one has done with its counts there alone
        for start in range(0, len(self._wanted), _AT_A_TIME):
            descriptors = array.array("i")
            for _name, sysctls in self._wanted[start : start + _AT_A_TIME]:
                netlink = make(sysctls, proc)
                descriptors.extend((namespaces.open_own(), netlink.detach()))
                # By net.core.devconf_inherit_init_net a new one may take settings from where one is.
                namespaces.enter(home)
            sending.sendmsg([b"\0"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, descriptors)])
            for descriptor in descriptors:
                os.close(descriptor)

    def _arriving(self) -> Iterator[Tuple[str, NewNamespace]]:
        for start in range(0, len(self._wanted), _AT_A_TIME):
            names = [name for name, _sysctls in self._wanted[start : start + _AT_A_TIME]]
            descriptors = self._receive()
            if len(descriptors) != 2 * len(names):  # it failed; whoever makes the next one meets the reason
                for descriptor in descriptors:
                    os.close(descriptor)
                return
            for number, name in enumerate(names):
                own, netlink = descriptors[2 * number : 2 * number + 2]
                yield name, NewNamespace(own, NetlinkSocket.attach(netlink))

    def _receive(self) -> List[int]:
        """Those of one message; none where no more come."""
        found = array.array("i")
        room = socket.CMSG_SPACE(2 * _AT_A_TIME * found.itemsize)
        _data, ancillary, _flags, _address = self._socket.recvmsg(1, room, socket.MSG_CMSG_CLOEXEC)
        for level, kind, data in ancillary:
            if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
                found.frombytes(data[: len(data) - len(data) % found.itemsize])
        return list(found)


def _keep_only(descriptor: int) -> None:
    """Of all above those of standard input, output and error: the lock of a run that is killed is to go with it."""
    for each in map(int, os.listdir("/proc/self/fd")):
        if each > 2 and each != descriptor:
            with contextlib.suppress(OSError):  # that of the listing itself
                os.close(each)


def _let_go(new: NewNamespace) -> None:
    os.close(new.descriptor)
    new.netlink.close()
