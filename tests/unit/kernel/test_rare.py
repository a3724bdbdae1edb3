# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages about links of rare kinds: made and read by pyroute2, and the bytes that the kernel knows."""

from __future__ import annotations

import sys

import pytest

from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel import rare
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.rtnl import socket as nl
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.rtnl import uapi

pytest.importorskip("pyroute2")


def test_a_macvlan_is_asked_for_as_the_kernel_reads_it() -> None:
    options = ("IFLA_LINKINFO", {"attrs": [("IFLA_INFO_KIND", "macvlan")]})
    assert rare.link_info("macvlan", {}) == options
    wanted = [("IFLA_IFNAME", "eth0"), rare.link_info("macvlan", {"IFLA_MACVLAN_MODE": "vepa"})]
    request = rare.new_link(0x600, wanted)
    assert (request.kind, request.flags) == (uapi.RTM_NEWLINK, 0x600)
    attributes = nl.attributes(request.body, 16)
    assert nl.text(attributes[uapi.IFLA_IFNAME]) == "eth0"
    info = nl.attributes(attributes[uapi.IFLA_LINKINFO])
    assert nl.text(info[uapi.IFLA_INFO_KIND]) == "macvlan"
    assert nl.attributes(info[uapi.IFLA_INFO_DATA]) == {1: (2).to_bytes(4, sys.byteorder)}


@pytest.mark.parametrize(
    ("kind", "option", "raw", "value"),
    [
        ("macvlan", "IFLA_MACVLAN_MODE", (4).to_bytes(4, sys.byteorder), "bridge"),
        ("macvlan", "IFLA_MACVLAN_MODE", (8).to_bytes(4, sys.byteorder), "passthru"),
        ("ipvlan", "IFLA_IPVLAN_MODE", (1).to_bytes(2, sys.byteorder), 1),
    ],
)
def test_what_the_kernel_says_of_one_is_read(kind: str, option: str, raw: bytes, value: object) -> None:
    assert rare.options(kind, nl.attribute(1, raw).hex())[option] == value


def test_a_kind_without_options_has_none() -> None:
    assert rare.options("ifb", "") == {}
