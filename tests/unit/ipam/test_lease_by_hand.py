# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One lease by hand: what the module is asked and what it answers."""

from __future__ import annotations

import os

import pytest

from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.errors import DeclarationError
from ansible_collections.linuxnet.fabric.plugins.module_utils._module.lease import perform
from ansible_collections.linuxnet.fabric.plugins.modules.ipam_lease import ARGUMENT_SPEC


@pytest.fixture
def lease(tmp_path):
    path = str(tmp_path / "state" / "leases.db")

    def run(check_mode=False, **written):
        params = {name: option.get("default") for name, option in ARGUMENT_SPEC.items()}
        params.update(written)
        return perform(params, check_mode, path)

    run.path = path
    return run


def test_a_network_then_an_address_in_it(lease):
    network = lease(network="front", subnet="10.213.0.0/24")
    assert network.actions == ("lease subnet 10.213.0.0/24 (gateway 10.213.0.1) to front",)
    assert network.facts == {"subnet": "10.213.0.0/24", "prefix_length": 24, "gateway": "10.213.0.1"}
    web = lease(network="front", owner="web")
    assert web.facts["address"] == "10.213.0.2" and web.facts["gateway"] == "10.213.0.1"
    assert lease(network="front", owner="web").actions == ()
    assert lease(network="front", owner="web", interface="eth1").facts["address"] == "10.213.0.3"


def test_everything_in_one_call(lease):
    options = dict(
        network="front",
        subnet="10.213.0.0/24",
        ip_range="10.213.0.128/25",
        gateway="10.213.0.254",
        reserved={"printer": "10.213.0.128"},
        owner="web",
    )
    assert lease(**options).facts["address"] == "10.213.0.129"
    assert lease(**options).actions == ()


def test_an_ipv6_network(lease):
    assert lease(network="six", subnet="fd00:1::/64", owner="web").facts["address"] == "fd00:1::2"
    assert lease(network="six", owner="db").facts["address"] == "fd00:1::3"


def test_check_mode_predicts_and_leaves_no_store(lease):
    predicted = lease(check_mode=True, network="front", subnet="10.213.0.0/24", owner="web")
    assert not os.path.exists(os.path.dirname(lease.path))
    assert lease(network="front", subnet="10.213.0.0/24", owner="web") == predicted


def test_a_port_is_kept_until_it_is_released(lease):
    first = lease(owner="web", target=80)
    assert first.facts == {"port": lease(owner="web", target=80).facts["port"]}
    released = lease(state="absent", owner="web", target=80)
    assert released.actions == ("release port {0}/tcp of web for 80/tcp".format(first.facts["port"]),)
    assert lease(state="absent", owner="web", target=80).actions == ()


def test_absent_releases_one_owner_or_the_whole_network(lease):
    lease(network="front", subnet="10.213.0.0/24", owner="web")
    lease(network="front", owner="db")
    assert lease(state="absent", network="front", owner="web").actions == ("release 10.213.0.2 of web:eth0 on front",)
    assert lease(state="absent", network="front").actions == (
        "release 10.213.0.3 of db:eth0 on front",
        "release subnet 10.213.0.0/24 (gateway 10.213.0.1) of front",
    )


def test_absent_where_nothing_ever_was_makes_no_store(lease):
    assert lease(state="absent", network="front").actions == ()
    assert not os.path.exists(lease.path)


@pytest.mark.parametrize(
    "written, message",
    [
        ({"network": "front", "owner": "web"}, "network: the network front has no subnet yet; write its subnet"),
        ({"network": "front", "subnet": "10.0.0.1/24"}, "subnet: invalid subnet 10.0.0.1/24: it should be 10.0.0.0/24"),
        ({"network": "front", "subnet": "10.0.0.0/24", "ip_range": "10.1.0.0/25"}, "subnet: the ip_range .* outside"),
        ({"owner": "web", "target": 99999}, "target: 99999: the container port must be between 1 and 65535"),
        ({"network": "front", "owner": "", "subnet": "10.0.0.0/24"}, "owner: must not be empty"),
    ],
)
def test_what_cannot_be_is_said_plainly(lease, written, message):
    with pytest.raises(DeclarationError, match=message):
        lease(**written)
