# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages of traffic control, made and read again without a kernel; and that a host without limits pays for none."""

from __future__ import annotations

import struct
import subprocess
import sys
from typing import Any, Dict, List, Tuple

import pytest

from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel import tc
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.rtnl.read import Link
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.tc import HANDLES, PREFERENCE, Qdisc, Shaping

VETH, IFB = 7, 8


class FakeSocket:
    """Keeps what is sent as the kernel would, as far as a dump tells it."""

    def __init__(self) -> None:
        self.sent: List[Tuple[int, int, bytes]] = []
        self.dumps: Dict[int, List[bytes]] = {tc.RTM_GETQDISC: [], tc.RTM_GETTFILTER: []}

    def send(self, requests: Any, tolerated: Any = ()) -> None:
        self.sent.extend((request.kind, request.flags, request.body) for request in requests)

    def dump(self, kind: int, _body: bytes) -> List[bytes]:
        return self.dumps[kind]


class FakeHost:
    def __init__(self) -> None:
        self.socket = FakeSocket()


@pytest.fixture
def host(monkeypatch: pytest.MonkeyPatch) -> FakeHost:
    links = {"vethaa": Link(VETH, "vethaa"), "ifbaa": Link(IFB, "ifbaa")}
    monkeypatch.setattr(tc.rtnetlink, "read_link", lambda _socket, ifname: links.get(ifname))
    return FakeHost()


def with_handle(body: bytes, handle: int) -> bytes:
    return body[:8] + struct.pack("=I", handle) + body[12:]


@pytest.mark.parametrize(
    "qdisc",
    [
        Qdisc("tbf", HANDLES["tbf"], 1_250_000, 819_200, 128_036),
        Qdisc("tbf", 0x80010000, 1_250_000, 819_200, 128_036, 9_000_000, 2000),
        Qdisc("pfifo", HANDLES["pfifo"], limit=1000),
    ],
    ids=["tbf", "tbf with a peak", "pfifo"],
)
def test_a_qdisc_that_is_set_is_read_as_such(host: Any, qdisc: Qdisc) -> None:
    tc.qdisc_set(host, "vethaa", qdisc._asdict())
    ((kind, _flags, body),) = host.socket.sent
    host.socket.dumps[tc.RTM_GETQDISC].append(body)
    assert kind == tc.RTM_NEWQDISC
    assert tc.read(host.socket, {VETH}) == {VETH: Shaping(qdisc)}


def test_a_filter_that_is_set_is_read_as_such(host: Any) -> None:
    tc.redirect_set(host, "vethaa", "ifbaa")
    (_kind, _flags, ingress), (deleted, _none, _body), (_new, _create, filter_) = host.socket.sent
    assert deleted == tc.RTM_DELTFILTER
    host.socket.dumps[tc.RTM_GETQDISC].append(ingress)
    host.socket.dumps[tc.RTM_GETTFILTER] += [with_handle(filter_, 0x80000000), with_handle(filter_, 0x80000800)]
    assert tc.read(host.socket, {VETH}) == {VETH: Shaping(None, "ingress", IFB)}
    host.socket.dumps[tc.RTM_GETTFILTER].append(with_handle(filter_, 0x80000801))
    assert tc.read(host.socket, {VETH})[VETH].redirect == -1, "two of ours: one of them does something else"


def test_a_filter_of_somebody_else_is_told_apart(host: Any) -> None:
    tc.redirect_set(host, "vethaa", "ifbaa")
    body = host.socket.sent[-1][2]
    (info,) = struct.unpack_from("=I", body, 16)
    other = body[:16] + struct.pack("=I", (info & 0xFFFF) | (PREFERENCE + 1) << 16) + body[20:]
    host.socket.dumps[tc.RTM_GETQDISC].append(host.socket.sent[0][2])
    host.socket.dumps[tc.RTM_GETTFILTER].append(with_handle(other, 0x80000800))
    assert tc.read(host.socket, {VETH}) == {VETH: Shaping(None, "ingress", None, foreign=True)}


def test_a_filter_that_looks_at_the_packet_is_not_ours(host: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    usual = tc._everything_to

    def picky(target: int, way: int) -> Dict[str, Any]:
        return {"attrs": [*usual(target, way)["attrs"][:-1], ("TCA_U32_SEL", {"keys": ["0x1/0xff+9"]})]}

    monkeypatch.setattr(tc, "_everything_to", picky)
    tc.redirect_set(host, "vethaa", "ifbaa")
    host.socket.dumps[tc.RTM_GETQDISC].append(host.socket.sent[0][2])
    host.socket.dumps[tc.RTM_GETTFILTER].append(with_handle(host.socket.sent[-1][2], 0x80000800))
    assert tc.read(host.socket, {VETH})[VETH].redirect == -1


def test_what_others_limit_is_not_read(host: Any) -> None:
    tc.qdisc_set(host, "vethaa", Qdisc("tbf", 0x80010000, 1_250_000, 819_200, 128_036)._asdict())
    host.socket.dumps[tc.RTM_GETQDISC].append(host.socket.sent[0][2])
    assert tc.read(host.socket, set()) == {}


def test_what_is_not_there_any_more_needs_nothing_taken_away(host: Any) -> None:
    tc.qdisc_set(host, "gone", None)
    tc.redirect_set(host, "gone", None)
    assert host.socket.sent == []


def test_reading_a_host_without_limits_asks_for_no_qdiscs_and_imports_no_pyroute2() -> None:
    script = """
import sys
sys.path[:] = {0!r}
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel import observe
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.rtnl.read import Link
links = [Link(2, "eth0", qdisc="mq"), Link(3, "br0", "bridge", qdisc="noqueue"), Link(7, "vethaa", "veth")]
assert observe._shaping(None, links, frozenset()) == {{}}  # there is no host to ask
assert not [name for name in sys.modules if name.startswith("pyroute2")]
"""
    subprocess.run([sys.executable, "-c", script.format(sys.path)], check=True)
