# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A host with an nft that is too old, or a kernel without a kind of link, says so in one line before any change."""

from __future__ import annotations

import shutil

import pytest

from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel import dependencies, libc, namespaces
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.host import Host
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.rtnl import requests as messages
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.rtnl.read import read_links

#: Stands in for nft: it has a version, knows no table, and takes no script.
NFT = """#!/bin/sh
[ "$1" != --version ] || exec echo "nftables v{0} (by the test)"
echo "/dev/stdin:1:1-5: Error: {1}" >&2
echo "table bridge fabric-default {{" >&2
exit 1
"""
TOPOLOGY = {"containers": {"web": {"ports": ["8080:80"]}}}
NOTHING_THERE = "No such file or directory"


@pytest.fixture
def nft_is(lab, tmp_path):
    """A function that puts another nft into the lab host's place of the real one."""

    def put(version):
        other = tmp_path / "nft"
        other.write_text(NFT.format(version, NOTHING_THERE))
        other.chmod(0o755)
        real = shutil.which("nft") or shutil.which("nft", path="/usr/sbin:/sbin")
        lab.host.run(["mount", "--bind", str(other), real])
        return lab.host

    return put


@pytest.mark.parametrize("check", [False, True], ids=["apply", "check"])
def test_an_nft_that_is_too_old_is_named_with_the_one_that_is_needed(nft_is, check):
    host = nft_is("0.9.8")
    refused = host.module("topology", TOPOLOGY, check=check, fail=True)
    assert "has nft 0.9.8; linuxnet.fabric needs nft >= 1.0.1; nothing was changed" in refused["msg"]
    assert "\n" not in refused["msg"]
    assert host.json(["ip", "-j", "link", "show", "type", "bridge"]) == []


def test_rules_that_the_kernel_refuses_are_told_in_one_line_before_any_change(nft_is):
    host = nft_is("1.0.6")
    refused = host.module("topology", TOPOLOGY, fail=True)
    assert "nft 1.0.6 on Linux " in refused["msg"]
    assert NOTHING_THERE + " for table bridge fabric-default {; nothing was changed" in refused["msg"]
    assert host.json(["ip", "-j", "link", "show", "type", "bridge"]) == []


def test_the_kernel_is_asked_for_its_kinds_of_links_and_makes_none():
    own = namespaces.open_own()
    try:
        libc.call("unshare", namespaces.CLONE_NEWNET)
        with Host() as host:
            before = [link.ifname for link in read_links(host.socket)]
            dependencies.require_kinds(host)
            assert [link.ifname for link in read_links(host.socket)] == before
    finally:
        namespaces.enter(own)


def test_a_kind_that_the_kernel_does_not_know_is_named(monkeypatch):
    unknown = messages.bridge_add("fabric/asks", None, {})
    unknown.body = unknown.body.replace(b"bridge\0", b"bridgx\0")
    monkeypatch.setattr(messages, "bridge_add", lambda *_arguments: unknown)
    with Host() as host, pytest.raises(dependencies.FabricError, match="cannot make links of the kind bridge: "):
        dependencies.require_kinds(host)
