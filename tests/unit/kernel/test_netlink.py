# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a dump answers when the kernel cannot list everything: all or an error, never a half."""

from __future__ import annotations

import errno
import struct
from typing import Callable, List, Sequence

import pytest

from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.rtnl import read, uapi
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.rtnl import socket as nl

Kernel = Callable[..., nl.NetlinkSocket]


class ScriptedSocket:
    """In the place of socket.socket. ``answers``: for each request in turn, its messages as (type, flags, payload)."""

    def __init__(self, answers: Sequence[Sequence["tuple[int, int, bytes]"]]) -> None:
        self.answers = list(answers)
        self.requests: List[bytes] = []

    def __call__(self, *_arguments: object) -> "ScriptedSocket":
        return self

    def bind(self, _address: object) -> None:
        pass

    def setsockopt(self, *_option: object) -> None:
        pass

    def send(self, data: bytes) -> None:
        self.requests.append(data)

    def recv(self, _size: int) -> bytes:
        (sequence,) = struct.unpack_from("=I", self.requests[-1], 8)
        return b"".join(
            struct.pack("=IHHII", 16 + len(payload), kind, flags, sequence, 0) + payload + b"\0" * (-len(payload) & 3)
            for kind, flags, payload in self.answers.pop(0)
        )


@pytest.fixture
def kernel(monkeypatch: pytest.MonkeyPatch) -> Kernel:
    def answering(*answers: Sequence["tuple[int, int, bytes]"]) -> nl.NetlinkSocket:
        monkeypatch.setattr(nl.socket, "socket", ScriptedSocket(answers))
        return nl.NetlinkSocket()

    return answering


def part(payload: bytes, interrupted: bool = False) -> "tuple[int, int, bytes]":
    return 16, 2 | (nl.NLM_F_DUMP_INTR if interrupted else 0), payload


def done(error: int = 0, text: str = "") -> "tuple[int, int, bytes]":
    message = nl.string(1, text) if text else b""
    return nl.NLMSG_DONE, 2 | (nl.NLM_F_ACK_TLVS if text else 0), struct.pack("=i", -error) + message


def refused(error: int) -> "tuple[int, int, bytes]":
    return nl.NLMSG_ERROR, nl.NLM_F_CAPPED, struct.pack("=i", -error) + bytes(16)


def route(family: int) -> bytes:
    return uapi.ROUTE.pack(family, 0, 0, 0, 254, 3, 0, 1, 0) + nl.u32(uapi.RTA_OIF, 2)


def test_an_interrupted_dump_is_read_again(kernel: Kernel) -> None:
    sock = kernel([part(b"old ", interrupted=True), done()], [part(b"new "), part(b"more"), done()])
    assert list(sock.dump(18, b"")) == [b"new ", b"more"]


def test_a_dump_that_is_interrupted_again_and_again_is_an_error(kernel: Kernel) -> None:
    sock = kernel(*[[part(b"half", interrupted=True), done()]] * nl.DUMP_ATTEMPTS)
    with pytest.raises(nl.NetlinkError) as caught:
        sock.dump(18, b"")
    assert caught.value.errno == errno.EINTR
    assert "changed during each of 20 readings; run again when the host is at rest" in str(caught.value)


def test_a_dump_that_the_kernel_ends_with_an_error_is_no_answer(kernel: Kernel) -> None:
    sock = kernel([part(b"half"), done(errno.ENOMEM, "no room for the rest")])
    with pytest.raises(nl.NetlinkError) as caught:
        sock.dump(18, b"")
    assert caught.value.errno == errno.ENOMEM
    assert str(caught.value) == "Cannot allocate memory: no room for the rest"


def test_a_table_that_was_never_written_to_has_no_routes(kernel: Kernel) -> None:
    sock = kernel([done(errno.ENOENT, "ipv4: FIB table does not exist")], [part(route(10)), done()])
    assert [entry.destination for entry in read.read_routes(sock, table=254)] == ["::/0"]


@pytest.mark.parametrize("error", [errno.EAFNOSUPPORT, errno.EOPNOTSUPP])
def test_a_kernel_without_ipv6_has_the_routes_of_ipv4(kernel: Kernel, error: int) -> None:
    sock = kernel([part(route(2)), done()], [refused(error)])
    assert [entry.destination for entry in read.read_routes(sock)] == ["0.0.0.0/0"]


def test_a_kernel_without_ipv6_that_answers_with_ipv4_is_not_believed_twice(kernel: Kernel) -> None:
    sock = kernel([part(route(2)), done()], [part(route(2)), done()])
    assert len(read.read_routes(sock)) == 1


@pytest.mark.parametrize(
    "answers", [[[refused(errno.EPERM)]], [[done()], [refused(errno.EPERM)]]], ids=["IPv4", "IPv6"]
)
def test_another_error_is_not_taken_for_no_ipv6(kernel: Kernel, answers: List[List["tuple[int, int, bytes]"]]) -> None:
    with pytest.raises(nl.NetlinkError) as caught:
        read.read_routes(kernel(*answers))
    assert caught.value.errno == errno.EPERM


def test_a_refusal_is_told_unless_it_is_tolerated(kernel: Kernel) -> None:
    with pytest.raises(nl.NetlinkError) as caught:
        kernel([refused(errno.EEXIST)]).send([nl.Request(16, 0, b"")])
    assert caught.value.errno == errno.EEXIST

    kernel([refused(errno.EEXIST)]).send([nl.Request(16, 0, b"")], tolerated=(errno.EEXIST,))


class Batch(ScriptedSocket):
    """Answers as the kernel does: each refusal, and an acknowledgement where that is asked for. ``refuses``: number of
    a request in its batch → errno."""

    def __init__(self, refuses: "dict[int, int]") -> None:
        super().__init__(())
        self.refuses, self.asked, self.waiting = refuses, [], []  # type: dict[int, int], List[bool], List[bytes]

    def send(self, data: bytes) -> None:
        offset, number = 0, 0
        while offset < len(data):
            length, _kind, flags, sequence = struct.unpack_from("=IHHI", data, offset)
            self.asked.append(bool(flags & nl.NLM_F_ACK))
            error = self.refuses.get(number, 0)
            if error or flags & nl.NLM_F_ACK:
                head = struct.pack("=IHHII", 36, nl.NLMSG_ERROR, nl.NLM_F_CAPPED, sequence, 0)
                self.waiting.append(head + struct.pack("=i", -error) + bytes(16))
            offset, number = offset + ((length + 3) & ~3), number + 1

    def recv(self, _size: int) -> bytes:
        return self.waiting.pop(0)


@pytest.mark.parametrize(
    ("refuses", "tolerated", "raised"),
    [
        ({}, (), None),
        ({1: errno.EEXIST}, (), errno.EEXIST),
        ({0: errno.EINVAL, 2: errno.ENODEV}, (), errno.EINVAL),
        ({2: errno.ENODEV}, (), errno.ENODEV),
        ({0: errno.EEXIST, 2: errno.EEXIST}, (errno.EEXIST,), None),
    ],
    ids=["none", "in the middle", "the first of two", "the last", "tolerated"],
)
def test_of_a_batch_one_acknowledgement_is_awaited_and_each_refusal_seen(
    monkeypatch: pytest.MonkeyPatch, refuses: "dict[int, int]", tolerated: Sequence[int], raised: "int | None"
) -> None:
    batch = Batch(refuses)
    monkeypatch.setattr(nl.socket, "socket", batch)
    sock = nl.NetlinkSocket()
    told = None
    try:
        sock.send([nl.Request(16, 0, bytes(number)) for number in range(3)], tolerated)
    except nl.NetlinkError as error:
        told = error.errno
    assert told == raised
    assert batch.asked == [False, False, True]
    assert not batch.waiting
