# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Between hosts: what a host promises of containers and ports elsewhere, and how both sides judge a call. No kernel."""

from __future__ import annotations

from typing import Any, Dict, List

from ansible_collections.linuxnet.fabric.plugins.module_utils._expansion.drivers.registry import parse_declaration
from ansible_collections.linuxnet.fabric.plugins.module_utils._expansion.lease_requests import lease_requests
from ansible_collections.linuxnet.fabric.plugins.module_utils._fleet.join import join
from ansible_collections.linuxnet.fabric.plugins.module_utils._ipam.allocate import allocate
from ansible_collections.linuxnet.fabric.plugins.module_utils._ipam.requests import HostFacts
from ansible_collections.linuxnet.fabric.plugins.module_utils._promises.matrix import promises
from ansible_collections.linuxnet.fabric.plugins.module_utils._promises.model import HostView, Promise
from ansible_collections.linuxnet.fabric.plugins.module_utils._promises.others import Listening, Others, as_data, others
from ansible_collections.linuxnet.fabric.plugins.module_utils._promises.trials import Wire, probe_of, why_not_probed
from ansible_collections.linuxnet.fabric.plugins.plugin_utils._verify_report.between import answers_of, with_heard
from tests.integration.overlay.peer import told
from tests.unit.ipam.memory_store import MemoryStore

NETWORKS: Dict[str, Any] = {
    "shop": {"driver": "overlay", "ipam": {"config": [{"subnet": "10.88.0.0/16"}]}},
    "apart": {"driver": "overlay", "icc": False, "ipam": {"config": [{"subnet": "10.89.0.0/16"}]}},
    "front": {"ipam": {"config": [{"subnet": "10.1.0.0/24"}]}},
    "back": {"internal": True, "ipam": {"config": [{"subnet": "10.2.0.0/24"}]}},
}
CONTAINERS: Dict[str, Any] = {
    "web": {"networks": ["shop", "apart"], "links": ["db"], "expose": ["80"]},
    "near": {"networks": ["front"]},
    "shut": {"networks": ["back"]},
}
#: On the other host: the same containers under other names.
THEIRS: Dict[str, Any] = {"db": {"networks": ["shop", "apart"], "expose": ["5432"]}}
DOOR = Listening("192.0.2.12", "tcp", 8080, 80, False, ("db",), 80)


def promised(there: Others) -> List[Promise]:
    both = told(NETWORKS, {"node1": "192.0.2.11", "node2": "192.0.2.12"}, {**CONTAINERS, **THEIRS})
    for network in both["networks"].values():  # one declaration makes both hosts; here each has its own containers
        kept = network["peers"]["node2"]["containers"]
        network["peers"]["node2"]["containers"] = {name: kept[name] for name in THEIRS if name in kept}
    topology = join(parse_declaration("default", NETWORKS, CONTAINERS, None, None), both)
    store = MemoryStore()
    store.begin()
    allocation = allocate(store, lease_requests(topology), HostFacts(), lambda *_port: None)
    store.commit()
    found = promises(topology, allocation, HostView({4: "192.0.2.11"}, {4: "192.0.2.1"}), there)
    return [promise for promise in found if promise.target.host]


def lines(found: List[Promise], protocol: str = "tcp") -> List[str]:
    return [str(promise) for promise in found if promise.protocol == protocol]


def test_who_is_reached_on_another_host_follows_from_the_networks_that_both_are_on() -> None:
    assert lines(promised(Others({}))) == [
        "the host does not reach db on node2 at 10.88.1.3 (tcp): of other hosts only published ports are reached",
        "web reaches db on node2 at 10.88.1.3 (tcp): neighbours on shop",
        "near does not reach db on node2 at 10.88.1.3 (tcp): front and shop are kept apart (isolate)",
        "shut does not reach db on node2 at 10.88.1.3 (tcp): no network of shut leads to shop",
        "the host does not reach db on node2 at 10.89.1.3 (tcp): of other hosts only published ports are reached",
        "web does not reach db on node2 at 10.89.1.3 (tcp): icc is off on apart",
        "near does not reach db on node2 at 10.89.1.3 (tcp): front and apart are kept apart (isolate)",
        "shut does not reach db on node2 at 10.89.1.3 (tcp): no network of shut leads to apart",
        "web reaches db on node2 at 10.88.1.3:5432/tcp: web links db",
        "web reaches db on node2 at 10.89.1.3:5432/tcp: web links db",
    ]


def test_the_published_ports_of_another_host_are_reached_by_who_leads_out_masked() -> None:
    found = lines([each for each in promised(Others({"node2": (DOOR,)})) if each.about == "published"])
    assert found == [
        "the host reaches db on node2 at 192.0.2.12:8080/tcp: db publishes 80/tcp",
        "web reaches db on node2 at 192.0.2.12:8080/tcp: db publishes 80/tcp",
        "near reaches db on node2 at 192.0.2.12:8080/tcp: db publishes 80/tcp",
        "shut does not reach db on node2 at 192.0.2.12:8080/tcp: no network of shut leads out",
    ]


def test_what_is_called_is_the_port_that_listens_there_and_a_host_that_is_silent_is_told() -> None:
    call = next(each for each in promised(Others({})) if each.reaches and each.protocol == "udp" and each.port is None)
    ear = Listening(call.address, "udp", None, 40001)
    there = others({"node2": as_data([ear])})
    assert probe_of(call, Wire(others=there)).port == 40001
    assert why_not_probed(call, Wire(others=there)) is None
    assert why_not_probed(call, Wire(others=others({"node2": []}))) == (
        "node2 has nobody who listens at {0} (udp)".format(call.address)
    )
    why = why_not_probed(call, Wire())
    assert why == "node2 is not in this run, or gave no answer: nothing listens there"
    taken = Wire(others=Others({"node2": (ear._replace(service=True),)}))
    assert why_not_probed(call, taken) == "a service has this port, and it would see the datagram"


def cell(promised_: bool, result: str, token: str) -> Dict[str, Any]:
    target = {"kind": "container", "names": ["db"], "host": "node2"}
    return {"target": target, "promised": promised_, "result": result, "said": "", "token": token, "place": None}


def test_what_arrived_against_a_promise_is_broken_though_no_answer_came() -> None:
    cells = [cell(False, "held", "aa" * 8), cell(False, "held", "bb" * 8), cell(True, "broken", "cc" * 8)]
    report = {"status": "held", "promises": {"made": 3, "held": 2, "broken": 1}, "cells": cells}
    judged = with_heard(report, {"node2": ["aa" * 8, "cc" * 4]})
    assert [each["result"] for each in judged["cells"]] == ["broken", "held", "broken"]
    assert judged["cells"][2]["place"]["text"] == "it came to db on node2, and its answer was lost"
    assert (judged["status"], judged["promises"]) == ("broken", {"made": 3, "held": 1, "broken": 2})


def test_a_host_that_gave_no_answer_is_missing_among_the_answers() -> None:
    variables = {"node1": {"verify_answers": {"listen": {"shop": [1]}}}, "node2": {}, "node3": {"verify_answers": {}}}
    assert answers_of(variables, ["node1", "node2", "node3"], "listen", "shop") == {"node1": [1]}
