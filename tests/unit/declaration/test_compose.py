# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What parse_declaration does with its arguments, whatever they say."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any, Iterator, Tuple

import pytest
import yaml

from ansible_collections.linuxnet.fabric.plugins.module_utils._declaration.networks import default_network
from ansible_collections.linuxnet.fabric.plugins.module_utils._expansion.drivers.registry import (
    DRIVERS,
    parse_declaration,
)
from ansible_collections.linuxnet.fabric.plugins.module_utils._expansion.lease_requests import lease_requests
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.errors import DeclarationError, Problem

NETWORKS = {
    "front": {
        "gateway_mode": {"ipv4": "nat"},
        "driver_opts": {"com.docker.network.bridge.gateway_mode_ipv6": "routed"},
        "ipam": {"config": [{"subnet": "10.1.0.0/24", "aux_addresses": {"nas": "10.1.0.9"}}]},
    }
}
CONTAINERS = {
    "web": {"networks": {"front": {"ipv4_address": "10.1.0.5"}}, "ports": ["80:80", {"target": 81}]},
    "log": {"network_mode": "container:web", "ports": []},
}


class UnsafeText(str):
    """As Ansible marks text that came from outside: a string of another class that stays one when converted."""

    def __str__(self) -> str:
        return self


def unsafe(value: Any) -> Any:
    if isinstance(value, dict):
        return {unsafe(key): unsafe(item) for key, item in value.items()}
    if isinstance(value, list):
        return [unsafe(item) for item in value]
    return UnsafeText(value) if isinstance(value, str) else value


def test_the_declaration_is_left_as_it_was() -> None:
    networks, containers = copy.deepcopy(NETWORKS), copy.deepcopy(CONTAINERS)
    parse_declaration("default", networks, containers)
    assert (networks, containers) == (NETWORKS, CONTAINERS)


def test_unsafe_text_means_the_same_and_leaves_plain_text() -> None:
    topology = parse_declaration(UnsafeText("default"), unsafe(NETWORKS), unsafe(CONTAINERS))
    assert topology == parse_declaration("default", NETWORKS, CONTAINERS)
    assert type(topology.name) is str
    assert {type(name) for name in topology.containers} == {str}
    assert type(topology.networks["front"].gateway_mode_ipv6) is str
    assert type(topology.containers["log"].target) is str


def test_problems_are_data_and_text() -> None:
    with pytest.raises(DeclarationError) as caught:
        parse_declaration("default", {}, {"web": {"ports": ["80:99999"]}})
    problem = Problem("topology_containers.web.ports[0]", '"80:99999": the container port must be between 1 and 65535')
    assert caught.value.problems == (problem,)
    assert str(caught.value) == str(problem)
    assert caught.value.details == {"problems": [{"path": problem.path, "message": problem.message}]}


def test_the_declared_order_is_kept() -> None:
    names = ["c", "a", "b"]
    topology = parse_declaration("default", {name: {} for name in names}, {name: {"networks": names} for name in names})
    assert list(topology.networks) == names
    assert list(topology.containers) == names
    assert [place.network for place in topology.containers["a"].attachments] == names


def test_names_with_every_allowed_character() -> None:
    topology = parse_declaration("default", {"Front_1.a-b": {}}, {"0Web_1.a-b": {"networks": ["Front_1.a-b"]}})
    assert topology.containers["0Web_1.a-b"].attachments[0].network == "Front_1.a-b"


def test_the_default_network_is_a_plain_one() -> None:
    network = default_network(DRIVERS)
    assert (network.name, network.bridge) == ("bridge", "fabric0")
    assert [pool.family for pool in network.pools] == [4]


def test_each_port_request_is_one_of_its_own() -> None:
    topology = parse_declaration("default", {}, {"web": {"ports": ["80:80", "8080:80", "9000-9002"]}})
    requests = lease_requests(topology).ports
    assert len(set(requests)) == len(requests) == 5


#: Values of every kind that YAML can make, right in some places and wrong in most.
ODD_VALUES = [
    *(None, True, 0, -1, 80, 3.5, "", " ", "a", "::1", "fe80::1%eth0", "10.0.0.0/24", "[", "[]:", "a:b", "-", "/"),
    *("\n", "\u00b2", "\u0661", "9" * 30, [], [None], [[]], [{}], {}, {"a": 1}, {None: 1}, {"ipv4": [1]}, ["x", {}]),
    *([{"target": []}], {"target": 80, "host_ip": []}, b"x", "container:", "host", float("nan")),
]


def _places(value: Any, path: Tuple[Any, ...] = ()) -> Iterator[Tuple[Any, ...]]:
    keys = value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for key in keys:
        yield (*path, key)
        yield from _places(value[key], (*path, key))


@pytest.mark.parametrize("odd", ODD_VALUES, ids=repr)
def test_any_value_in_any_place_is_understood_or_a_problem(odd: Any) -> None:
    text = (Path(__file__).parent / "cases" / "every_word.yml").read_text(encoding="utf-8")
    every_word = yaml.safe_load(text)[0]["declared"]
    for path in _places(every_word):
        declared = copy.deepcopy(every_word)
        holder = declared
        for key in path[:-1]:
            holder = holder[key]
        holder[path[-1]] = copy.deepcopy(odd)
        try:
            lease_requests(parse_declaration("default", declared["topology_networks"], declared["topology_containers"]))
        except DeclarationError as error:
            assert all(problem.path.startswith("topology_") and problem.message for problem in error.problems)
