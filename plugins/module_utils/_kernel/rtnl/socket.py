# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""rtnetlink(7) on the wire: requests in, acknowledgements and dumps out. Knows no message type.

Our own instead of pyroute2 because here every microsecond is paid once per endpoint and read:
decoding a link dump costs pyroute2 0.2 ms a link and this 0.015 ms, and only what is compared is decoded.
Layouts: include/uapi/linux/netlink.h.
"""

from __future__ import annotations

import fcntl
import os
import socket
import struct
from errno import EINTR, EIO, ENODEV
from typing import Container, Dict, FrozenSet, Iterator, List, Optional, Sequence, Tuple

from .. import gate
from ..data import NamedTuple
from ..errors import FabricError

NETLINK_ROUTE, NETLINK_NETFILTER = 0, 12
SOL_NETLINK = 270
NETLINK_CAP_ACK, NETLINK_EXT_ACK, NETLINK_GET_STRICT_CHK = 10, 11, 12

NLM_F_REQUEST, NLM_F_ACK, NLM_F_DUMP = 0x1, 0x4, 0x300
NLM_F_REPLACE, NLM_F_EXCL, NLM_F_CREATE = 0x100, 0x200, 0x400
NLMSG_ERROR, NLMSG_DONE = 2, 3
NLM_F_CAPPED, NLM_F_ACK_TLVS, NLM_F_DUMP_INTR = 0x100, 0x200, 0x10
NLA_F_NESTED = 0x8000
NLA_TYPE_MASK = 0x3FFF

_HEADER = struct.Struct("=IHHII")
_ATTRIBUTE = struct.Struct("=HH")
#: struct ifreq of include/uapi/linux/if.h, where it asks for an index: a name of at most 15 bytes, and the answer.
SIOCGIFINDEX = 0x8933
_IFREQ, _IFNAMSIZ = struct.Struct("=16si20x"), 16
#: How often a dump is begun that the kernel says was interrupted by a change.
DUMP_ATTEMPTS = 20
#: The kernel fills at most 32 KiB at once; a buffer of a size that malloc takes from mmap costs more than the rest.
_RECEIVE_SIZE = 1 << 16


class NetlinkError(FabricError):
    """The kernel refused a request; ``errno`` as in errno(3), the text is the kernel's own where it gave one."""

    def __init__(self, errno: int, message: str = "") -> None:
        self.errno = errno
        super().__init__("{0}{1}".format(os.strerror(errno), ": " + message if message else ""))


class TooMany(FabricError):
    """A dump was longer than the caller wants to read. The socket has the rest of it still to come: close it."""


def attribute(kind: int, payload: bytes) -> bytes:
    """One attribute, padded to four bytes."""
    length = 4 + len(payload)
    return _ATTRIBUTE.pack(length, kind) + payload + b"\0" * (-length & 3)


def nested(kind: int, *attributes: bytes) -> bytes:
    return attribute(kind | NLA_F_NESTED, b"".join(attributes))


def string(kind: int, text: str) -> bytes:
    return attribute(kind, text.encode("utf-8", "surrogateescape") + b"\0")


def u8(kind: int, number: int) -> bytes:
    return attribute(kind, bytes((number,)))


def u32(kind: int, number: int) -> bytes:
    return attribute(kind, struct.pack("=I", number))


class _Layout(NamedTuple):
    """How the attributes of a message lie in it."""

    headers: struct.Struct  # all of them in one row, with gaps where the values are
    lengths_and_kinds: Tuple[int, ...]
    places: Tuple[Tuple[int, int, int], ...]  # type, start and end of each value


#: Types of attributes; None: all of them.
Kinds = Optional[FrozenSet[int]]
#: (length of a message, offset of its first attribute, what is wanted of it) → the layout of the last one.
_LAYOUTS: Dict[Tuple[int, int, Kinds], _Layout] = {}
_MOST_LAYOUTS = 256


def attributes(data: bytes, offset: int = 0, wanted: Kinds = None) -> Dict[int, bytes]:
    """The attributes in ``data`` from ``offset`` on, by type, still encoded. ``wanted``: of a link, which has fifty,
    these alone; to take all of them out is most of the time.

    A thousand links lie in their messages alike: whether this one lies as the last of its length did is one
    comparison, in a third of the time of going through it.
    """
    size = len(data), offset, wanted
    layout = _LAYOUTS.get(size)
    if layout is None or layout.headers.unpack_from(data) != layout.lengths_and_kinds:
        if len(_LAYOUTS) >= _MOST_LAYOUTS:
            _LAYOUTS.clear()
        layout = _LAYOUTS[size] = _layout(data, offset, wanted)
    return {kind: data[start:end] for kind, start, end in layout.places}


def _layout(data: bytes, offset: int, wanted: Kinds) -> _Layout:
    end = len(data)
    pattern = ["={0}x".format(offset)]
    found: List[int] = []
    places: List[Tuple[int, int, int]] = []
    unpack = _ATTRIBUTE.unpack_from
    while offset + 4 <= end:
        length, kind = unpack(data, offset)
        found.extend((length, kind))
        pattern.append("HH")
        if length < 4:
            break
        following = min(offset + ((length + 3) & ~3), end)
        if wanted is None or kind & NLA_TYPE_MASK in wanted:
            places.append((kind & NLA_TYPE_MASK, offset + 4, offset + length))
        pattern.append("{0}x".format(following - offset - 4))
        offset = following
    return _Layout(struct.Struct("".join(pattern)), tuple(found), tuple(places))


def each(data: bytes) -> Iterator[bytes]:
    """The payloads of a list, whose attributes are all of one type."""
    offset = 0
    while offset + 4 <= len(data):
        length, _kind = _ATTRIBUTE.unpack_from(data, offset)
        if length < 4:
            return
        yield data[offset + 4 : offset + length]
        offset += (length + 3) & ~3


def text(payload: bytes) -> str:
    """Every byte that is no UTF-8 is kept, as a lone surrogate: a name goes back to the kernel as it came."""
    return payload.rstrip(b"\0").decode("utf-8", "surrogateescape")


class Request:
    """A message to be sent: type, flags and body; the sequence number comes with the sending."""

    __slots__ = ("body", "flags", "kind")

    def __init__(self, kind: int, flags: int, body: bytes) -> None:
        self.kind, self.flags, self.body = kind, flags, body


class NetlinkSocket:
    """A socket that belongs to the network namespace in which it was made, whatever the thread enters later."""

    __slots__ = ("_sequence", "_socket")

    def __init__(self, protocol: int = NETLINK_ROUTE) -> None:
        self._socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_CLOEXEC, protocol)
        self._socket.bind((0, 0))
        for option in (NETLINK_CAP_ACK, NETLINK_EXT_ACK, NETLINK_GET_STRICT_CHK):
            self._socket.setsockopt(SOL_NETLINK, option, 1)
        self._sequence = 0

    @classmethod
    def attach(cls, descriptor: int) -> "NetlinkSocket":
        """One of NETLINK_ROUTE that another process made, and then detached."""
        made = cls.__new__(cls)
        made._socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_ROUTE, fileno=descriptor)
        made._sequence = 0
        return made

    def detach(self) -> int:
        """The descriptor, which is the caller's from now on."""
        return self._socket.detach()

    def fileno(self) -> int:
        return self._socket.fileno()

    def close(self) -> None:
        self._socket.close()

    def send(self, requests: Sequence[Request], tolerated: Container[int] = ()) -> None:
        """Send all in one call and wait until the last was acknowledged; the first refusal is raised.

        The kernel takes one after the other, and tells each refusal, asked or not (netlink_rcv_skb() in
        net/netlink/af_netlink.c): so one acknowledgement, which is a message and a call each, is of all.
        It goes on after a refused message: what a batch has done is undone by the caller.
        ``tolerated``: refusals (errno) that are none.
        """
        if not requests:
            return
        for _request in requests:
            gate.writing("netlink")
        first = self._sequence + 1
        messages = [self._pack(request, NLM_F_REQUEST) for request in requests[:-1]]
        self._socket.send(b"".join([*messages, self._pack(requests[-1], NLM_F_REQUEST | NLM_F_ACK)]))
        failure = None
        while True:
            for kind, flags, sequence, payload in self._receive():
                if kind == NLMSG_ERROR and first <= sequence <= self._sequence:
                    error = _error(flags, payload)
                    if error is not None and error.errno not in tolerated:
                        failure = failure or error
                    if sequence == self._sequence:
                        if failure is not None:
                            raise failure
                        return

    def transact(self, requests: Sequence[Request], begin: Request, end: Request) -> None:
        """All of these or nothing, between what begins and what ends a batch of nfnetlink; the first refusal is raised.

        The acknowledgement of the last one comes once the kernel has made all of it so (nfnetlink_rcv_batch() in
        net/netfilter/nfnetlink.c); kernels of today acknowledge the end, too, those before 6.10 do not.
        """
        first = self._sequence + 1
        messages = [self._pack(request, NLM_F_REQUEST) for request in (begin, *requests[:-1])]
        messages.append(self._pack(requests[-1], NLM_F_REQUEST | NLM_F_ACK))
        last = self._sequence
        self._socket.send(b"".join([*messages, self._pack(end, NLM_F_REQUEST)]))
        is_made = False
        while not is_made:
            for kind, flags, sequence, payload in self._receive():
                if kind == NLMSG_ERROR and first <= sequence <= last:
                    error = _error(flags, payload)
                    if error is not None:
                        raise error
                    is_made = is_made or sequence == last

    def ask(self, request: Request) -> None:
        """Send a request that the kernel refuses, for its answer: it changes nothing. The refusal is raised."""
        self._socket.send(self._pack(request, NLM_F_REQUEST | NLM_F_ACK))
        for kind, flags, sequence, payload in self._receive():
            error = _error(flags, payload) if kind == NLMSG_ERROR and sequence == self._sequence else None
            if error is not None:
                raise error

    def dump(self, kind: int, body: bytes, most: Optional[int] = None) -> Iterator[bytes]:
        """The payloads of a dump, complete or not at all: NetlinkError where the kernel could not list everything.

        Read to its end before the next request. TooMany where there are more than ``most``.
        """
        return iter(self._collect(Request(kind, NLM_F_DUMP, body), most))

    def get(self, kind: int, body: bytes) -> bytes:
        """The payload of the one object asked for; NetlinkError (ENODEV …) when there is none."""
        self._socket.send(self._pack(Request(kind, 0, body), NLM_F_REQUEST))
        for answer_kind, flags, sequence, payload in self._receive():
            if sequence == self._sequence:
                if answer_kind == NLMSG_ERROR:
                    raise _error(flags, payload) or NetlinkError(EIO)
                return payload
        raise NetlinkError(EIO, "no answer")

    def index_of(self, ifname: str) -> int:
        """The index of an interface in the socket's namespace (netdevice(7)): a twentieth of the time of asking for the
        link. NetlinkError (ENODEV) when there is none."""
        name = ifname.encode("utf-8")
        if len(name) >= _IFNAMSIZ:
            raise NetlinkError(ENODEV, "interface " + ifname)
        try:
            answer = fcntl.ioctl(self._socket.fileno(), SIOCGIFINDEX, _IFREQ.pack(name, 0))
        except OSError as error:
            raise NetlinkError(error.errno or EIO, "interface " + ifname) from None
        return int(_IFREQ.unpack(answer)[1])

    def _collect(self, request: Request, most: Optional[int]) -> List[bytes]:
        """A dump that the kernel says was interrupted by a change is read again."""
        for _attempt in range(DUMP_ATTEMPTS):
            found, interrupted = self._collect_once(request, most)
            if not interrupted:
                return found
        text = "what the kernel was to list changed during each of {0} readings; run again when the host is at rest"
        raise NetlinkError(EINTR, text.format(DUMP_ATTEMPTS))

    def _collect_once(self, request: Request, most: Optional[int]) -> "tuple[List[bytes], bool]":
        """The payloads, and whether something changed while they were listed."""
        self._socket.send(self._pack(request, NLM_F_REQUEST))
        found: List[bytes] = []
        interrupted = False
        while True:
            for kind, flags, sequence, payload in self._receive():
                if sequence != self._sequence:
                    continue
                interrupted = interrupted or bool(flags & NLM_F_DUMP_INTR)
                if kind == NLMSG_ERROR:
                    raise _error(flags, payload) or NetlinkError(EIO)
                if kind == NLMSG_DONE:
                    error = _end_of_dump(flags, payload)
                    if error is not None:
                        raise error
                    return found, interrupted
                found.append(payload)
            if most is not None and len(found) > most:
                raise TooMany("more than {0}".format(most))

    def _pack(self, request: Request, flags: int) -> bytes:
        self._sequence += 1
        body = request.body
        return (
            _HEADER.pack(16 + len(body), request.kind, request.flags | flags, self._sequence, 0)
            + body
            + b"\0" * (-len(body) & 3)
        )

    def _receive(self) -> Iterator["tuple[int, int, int, bytes]"]:
        data = self._socket.recv(_RECEIVE_SIZE)
        offset, end = 0, len(data)
        while offset + 16 <= end:
            length, kind, flags, sequence, _pid = _HEADER.unpack_from(data, offset)
            yield kind, flags, sequence, data[offset + 16 : offset + length]
            offset += (length + 3) & ~3


def _error(flags: int, payload: bytes) -> "NetlinkError | None":
    """None for an acknowledgement. The kernel's own text is attribute 1 (NLMSGERR_ATTR_MSG) behind the header."""
    (code,) = struct.unpack_from("=i", payload)
    if code == 0:
        return None
    message = ""
    if flags & NLM_F_ACK_TLVS:
        offset = 20
        if not flags & NLM_F_CAPPED:
            (length,) = struct.unpack_from("=I", payload, 4)
            offset = 4 + ((length + 3) & ~3)
        message = text(attributes(payload, offset).get(1, b""))
    return NetlinkError(-code, message)


def _end_of_dump(flags: int, payload: bytes) -> "NetlinkError | None":
    """None where everything was listed. NLMSG_DONE holds the error that ended a dump early, and the kernel's text."""
    code = struct.unpack_from("=i", payload)[0] if len(payload) >= 4 else 0
    if code == 0:
        return None
    return NetlinkError(abs(code), text(attributes(payload, 4).get(1, b"")) if flags & NLM_F_ACK_TLVS else "")
