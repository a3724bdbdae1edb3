# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An inventory's words set what is a namespace's own, and nothing of the host."""

from __future__ import annotations

import pytest

from tests.lab import Lab

KEYS = [
    "kernel.domainname",
    "kernel/domainname",
    "net.ipv4/../../kernel/domainname",
    "net.ipv4...kernel.domainname",
    "vm.swappiness",
]


@pytest.mark.parametrize("key", KEYS)
def test_the_module_netns_sets_what_belongs_to_a_network_namespace(shared_lab: Lab, key: str) -> None:
    host = shared_lab.host
    before = host.run(["cat", "/proc/sys/kernel/domainname"]).stdout
    for check in (True, False):
        refused = host.module("netns", {"name": "web", "sysctls": {key: "evil.example"}}, check=check, fail=True)
        assert "sysctls.{0}".format(key) in refused["msg"]
    assert host.run(["cat", "/proc/sys/kernel/domainname"]).stdout == before
    assert not host.run(["ip", "netns", "list"]).stdout


def test_what_does_is_set_there_and_not_on_the_host(shared_lab: Lab) -> None:
    host = shared_lab.host
    before = host.run(["sysctl", "-n", "net.ipv4.ip_default_ttl"]).stdout
    host.module("netns", {"name": "web", "sysctls": {"net.ipv4.ip_default_ttl": 77}})
    assert host.container("web").run(["sysctl", "-n", "net.ipv4.ip_default_ttl"]).stdout.strip() == "77"
    assert host.run(["sysctl", "-n", "net.ipv4.ip_default_ttl"]).stdout == before
