# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What ``topology_info`` says of a network, declared, is the network that is there."""

from __future__ import annotations

import pytest

NETWORKS = {
    "usual": {},
    "internal": {"internal": True},
    "isolated": {"internal": True, "gateway_mode": "isolated"},
    "isolated, both families": {"internal": True, "enable_ipv6": True, "gateway_mode": "isolated"},
    "isolated in one of them": {
        "internal": True,
        "enable_ipv6": True,
        "gateway_mode": {"ipv4": "isolated", "ipv6": "nat"},
    },
    "routed": {"gateway_mode": "routed"},
}


@pytest.mark.parametrize("kind", NETWORKS)
def test_it_is_accepted_and_changes_nothing(lab, kind):
    declared = {"networks": {"lone": NETWORKS[kind]}, "containers": {"web": {"networks": ["lone"]}}}
    lab.host.module("topology", declared)

    info = lab.host.module("topology_info", {"name": "default"})
    fed_back = {"networks": info["networks"], "containers": info["containers"]}

    assert lab.host.module("topology", fed_back, check=True)["actions"] == []
