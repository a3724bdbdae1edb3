# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A host on which the tool cannot work says so before anything is changed."""

from __future__ import annotations


def test_a_kernel_booted_without_ipv6_is_named_before_the_first_change(lab):
    lab.host.run(["mount", "-t", "tmpfs", "none", "/proc/sys/net/ipv6"])  # as such a kernel looks
    refused = lab.host.module("topology", {"containers": {"web": {}}}, fail=True)
    assert "ipv6.disable_ipv6=1" in refused["msg"]
    assert [link["ifname"] for link in lab.host.json(["ip", "-j", "link", "show", "type", "bridge"])] == []


def test_interfaces_without_ipv6_are_fine(lab):
    for name in ("all", "default"):
        lab.host.run(["sysctl", "-qw", "net.ipv6.conf.{0}.disable_ipv6=1".format(name)])
    lab.host.module("topology", {"containers": {"web": {"ports": ["8080:80"]}}})
    lab.host.container("web").serve("tcp", 80)
    assert lab.client.ask("tcp", lab.host.ipv4, 8080)["server"] == "web"
    assert lab.host.module("topology", {"containers": {"web": {"ports": ["8080:80"]}}})["changed"] is False
