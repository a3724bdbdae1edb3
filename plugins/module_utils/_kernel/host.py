# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A host as seen by one run: its own netlink socket and one in each namespace that was entered."""

from __future__ import annotations

import contextlib
import os
import resource
from collections import OrderedDict
from typing import TYPE_CHECKING, Callable, Dict, Iterator, List, Optional, Sequence, Tuple

from . import namespaces
from .ahead import MadeAhead, NewNamespace, Sysctls
from .procfs import OwnProc
from .rtnl.socket import NetlinkSocket

if TYPE_CHECKING:
    from .let_go import LetGo

#: Descriptors left for everything else: Python, nft's pipes, the lease store.
_SPARE_DESCRIPTORS = 128


class Host:
    """Namespaces are entered once, by setns in this process; their sockets are kept while descriptors last."""

    def __init__(self) -> None:
        self._home = namespaces.open_own()
        self.socket = NetlinkSocket()
        self.proc = OwnProc()
        self._sockets: "OrderedDict[str, NetlinkSocket]" = OrderedDict()
        self._indexes: Dict[str, int] = {}
        self._limit = _raise_descriptor_limit() - _SPARE_DESCRIPTORS
        self._outlived: List[int] = []
        self._lent: Dict[str, int] = {}
        self._ahead = MadeAhead(())
        self._let_go: Optional[LetGo] = None
        #: Has another process call a function with a descriptor and what follows; False: there is none.
        self.errand: Callable[..., bool] = _nobody

    def close(self) -> None:
        if self._let_go is not None:
            self._let_go.close()
        self._ahead.close()
        for descriptor in self._outlived:
            os.close(descriptor)
        for name in list(self._sockets):
            self.forget(name)
        self.socket.close()
        self.proc.close()
        os.close(self._home)

    def __enter__(self) -> "Host":
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()

    @contextlib.contextmanager
    def inside(self, netns: Optional[str]) -> Iterator[None]:
        """Run the body in a named namespace (None: the host's own)."""
        if netns is None:
            yield
            return
        lent = self._lent.get(netns)
        descriptor = namespaces.open_handle(netns) if lent is None else os.dup(lent)
        try:
            namespaces.enter(descriptor)
        finally:
            os.close(descriptor)
        try:
            yield
        finally:
            self.go_home()

    def lend(self, name: str, descriptor: int) -> None:
        """From now on ``name`` is a namespace that has no handle, until ``take_back``: one that no other process
        knows, and that ends with its last descriptor. No container can have a name with a space in it."""
        self._lent[name] = descriptor

    def take_back(self, name: str) -> None:
        del self._lent[name]
        self.forget(name)

    def go_home(self) -> None:
        namespaces.enter(self._home)

    def netlink(self, netns: Optional[str]) -> NetlinkSocket:
        """The socket of a named namespace (None: the host's own), made when first asked for."""
        if netns is None:
            return self.socket
        known = self._sockets.get(netns)
        if known is not None:
            self._sockets.move_to_end(netns)
            return known
        with self.inside(netns):
            return self.keep_socket(netns)

    def keep_socket(self, netns: str) -> NetlinkSocket:
        """Make a socket for the namespace that the thread is in now, and remember it under this name."""
        known = self._sockets.get(netns)
        if known is None:
            self._make_room()
            known = self._sockets[netns] = NetlinkSocket()
        return known

    def _make_room(self) -> None:
        while len(self._sockets) + len(self._outlived) >= self._limit and self._sockets:
            self._sockets.popitem(last=False)[1].close()

    def keep(self, netns: str, socket: NetlinkSocket) -> None:
        """The socket of a namespace that was just made."""
        self.forget(netns)
        self._make_room()
        self._sockets[netns] = socket

    def make_ahead(self, wanted: Sequence[Tuple[str, Sysctls]]) -> None:
        """Begin with namespaces that will probably get these names, in this order."""
        self._ahead.close()
        self._ahead = MadeAhead(wanted)

    def made_ahead(self, name: str, sysctls: Sysctls) -> Optional[NewNamespace]:
        """The one for this name, if there is one."""
        return self._ahead.take(name, sysctls)

    def let_go(self, descriptor: int) -> bool:
        """Of a socket that is closed later: nobody is to wait for it (``let_go.LetGo``). False: somebody has to."""
        from .let_go import LetGo  # of a run that changes something, nearly at its end

        if self._let_go is None:
            self._let_go = LetGo()
        return self._let_go.take(descriptor)

    def index(self, ifname: str) -> int:
        """The index of a link of the host, asked for once: a thousand pairs have the same master."""
        if ifname not in self._indexes:
            self._indexes[ifname] = self.socket.index_of(ifname)
        return self._indexes[ifname]

    def forget_indexes(self) -> None:
        """After links went: an index may come back as another's."""
        self._indexes.clear()

    def forget(self, netns: str) -> None:
        """Close the socket of a namespace that goes: an open one would keep it alive."""
        known = self._sockets.pop(netns, None)
        if known is not None:
            known.close()

    def outlive(self, handle: str, inode: Optional[int] = None) -> bool:
        """Let the namespace behind a handle that is about to go live until the end of the run. False: it does not, as
        where it is not this one.

        Each umount waits until every processor has been out of the kernel for a moment (namespace_unlock() in
        fs/namespace.c), and while one clears dead namespaces away that can be 20 ms. So many die together, at the end.
        """
        if len(self._sockets) + len(self._outlived) < self._limit:
            with contextlib.suppress(OSError):  # somebody took the handle away
                descriptor = os.open(handle, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
                self._outlived.append(descriptor)
                return inode is None or namespaces.identity(descriptor) == inode
        return False


def _raise_descriptor_limit() -> int:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = min(hard, 8192) if hard != resource.RLIM_INFINITY else 8192
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        return wanted
    return soft


def _nobody(_function: Callable[..., object], _descriptor: int, *_arguments: object) -> bool:
    return False
