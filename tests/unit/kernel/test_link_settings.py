# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a link tells of its settings, as kernels of different age tell it."""

from __future__ import annotations

import socket
import struct

import pytest

from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.rtnl import read, settings, uapi
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.rtnl import socket as nl

#: How many settings of IPv6 the kernel has: the last one that is told apart, and the most.
LEAST, MANY = 48, 60


class Recorded:
    """A socket whose dump is this one link."""

    def __init__(self, *families: bytes) -> None:
        spec = nl.nested(uapi.IFLA_AF_SPEC, *families)
        self.link = uapi.LINK.pack(0, 1, 7, 0, 0) + nl.string(uapi.IFLA_IFNAME, "eth0") + spec

    def dump(self, _kind: int, _body: bytes, _most: object = None) -> "list[bytes]":
        return [self.link]


def ipv6(mode: int, count: int, told: bool) -> bytes:
    """IFLA_AF_SPEC's part of IPv6. ``told``: with the mode as an attribute of its own, too."""
    row = [0] * count
    row[47] = mode
    attributes = [nl.attribute(settings.IFLA_INET6_CONF, struct.pack("={0}i".format(count), *row))]
    if told:
        attributes.append(nl.u8(uapi.IFLA_INET6_ADDR_GEN_MODE, mode))
    return nl.nested(socket.AF_INET6, *attributes)


@pytest.mark.parametrize("told", [True, False], ids=["a newer kernel", "Linux 5.10, asked for no statistics"])
@pytest.mark.parametrize("count", [LEAST, MANY])
@pytest.mark.parametrize(("mode", "expected"), [(0, True), (uapi.IN6_ADDR_GEN_MODE_NONE, False)])
def test_whether_a_link_makes_itself_an_address_is_read_on_every_kernel(told, count, mode, expected):
    (link,) = read.read_links(Recorded(ipv6(mode, count, told)))
    assert link.ipv6_link_local is expected


def test_a_link_without_ipv6_is_one_that_nobody_told_otherwise():
    (link,) = read.read_links(Recorded())
    assert link.ipv6_link_local
