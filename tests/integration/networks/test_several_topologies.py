# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two topologies on one host: each has a network that nobody declared, and neither takes the other's names."""

import pytest


def topology(host, name, containers, **words):
    return host.module("topology", {"name": name, "containers": containers}, **words)


def bridges(host):
    return {link["ifname"] for link in host.json(["ip", "-j", "link", "show", "type", "bridge"])}


def test_the_default_network_of_a_second_topology_just_works_and_stays(lab):
    topology(lab.host, "shop", {"web": {"ports": ["8080:80"]}})
    foretold = topology(lab.host, "blog", {"page": {"ports": ["8081:80"]}}, check=True)
    done = topology(lab.host, "blog", {"page": {"ports": ["8081:80"]}})
    assert foretold["actions"] == done["actions"]
    second = done["networks"]["bridge"]["bridge"]
    assert second != "fabric0" and bridges(lab.host) == {"fabric0", second}
    for name, port in (("web", 8080), ("page", 8081)):
        lab.host.container(name).serve("tcp", 80)
        assert lab.client.ask("tcp", lab.host.ipv4, port)["server"] == name
    assert topology(lab.host, "blog", {"page": {"ports": ["8081:80"]}})["changed"] is False
    lab.host.module("topology", {"name": "shop", "state": "absent"})
    assert topology(lab.host, "blog", {"page": {"ports": ["8081:80"]}})["changed"] is False
    info = lab.host.module("topology_info", {"name": "blog"})
    again = {"name": "blog", "networks": info["networks"], "containers": info["containers"]}
    assert lab.host.module("topology", again)["changed"] is False
    lab.host.module("topology", {"name": "blog", "state": "absent"})
    assert bridges(lab.host) == set()


@pytest.mark.parametrize("check", [False, True], ids=["apply", "check"])
def test_names_of_containers_are_the_hosts_and_the_error_says_what_to_do(lab, check):
    topology(lab.host, "shop", {"web": {}})
    refused = topology(lab.host, "blog", {"web": {}}, check=check, fail=True)
    assert "belongs to the topology shop, not to blog" in refused["msg"]
    assert "call one of the two otherwise" in refused["msg"]
