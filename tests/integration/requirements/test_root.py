# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a user reads who forgot become, or whose host refuses something that nobody foresaw."""

import copy

import pytest

MODULES = {
    "topology": {"containers": {"web": {}}},
    "topology_info": {},
    "netns": {"name": "web"},
    "bridge": {"name": "br-a"},
    "veth": {"name": "veth-a", "netns": "web"},
    "ipam_lease": {"network": "front", "subnet": "10.1.2.0/24"},
    "nat_rule": {"kind": "masquerade", "subnet": "10.1.2.0/24", "bridge": "br-a"},
}


@pytest.fixture
def as_nobody(shared_lab):
    """The host as a task reaches it that does not become root: in a user namespace without a user."""
    user = copy.copy(shared_lab.host)
    user.enter = [*shared_lab.host.enter, "unshare", "--user", "--"]
    return user


@pytest.mark.parametrize("check", [False, True], ids=["apply", "check"])
@pytest.mark.parametrize("module", sorted(MODULES))
def test_without_root_every_module_asks_for_become(as_nobody, module, check):
    refused = as_nobody.module(module, MODULES[module], check=check, fail=True)
    assert refused["msg"] == (
        "linuxnet.fabric needs root on node1, also in check mode; this task runs as nobody (uid 65534)."
        " Add become: true"
    )


def test_an_error_of_the_system_is_one_line_with_its_path(lab):
    lab.host.run(["mkdir", "-p", "/var/lib/linuxnet-fabric/lock"])  # a directory where a file belongs
    refused = lab.host.module("topology", {"containers": {"web": {}}}, fail=True)
    assert refused["msg"].startswith("/var/lib/linuxnet-fabric/lock")
    assert "Traceback" not in refused["msg"] and "\n" not in refused["msg"]
