# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two hosts, faults on the second of them, and what the first one's report says of each."""

from __future__ import annotations

import json
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Dict, Iterator, List, Mapping, NamedTuple, Sequence

from ansible_collections.linuxnet.fabric.plugins.plugin_utils._verify_report.again import chosen, with_places
from ansible_collections.linuxnet.fabric.plugins.plugin_utils._verify_report.between import with_heard
from ansible_collections.linuxnet.fabric.plugins.plugin_utils._verify_report.report import report_of
from tests.integration.encryption.hosts import Hosts
from tests.integration.overlay.conftest import new_fleet
from tests.integration.overlay.fleet import VERIFY, Fleet
from tests.integration.verify.far_faults import Fault, filled

#: Containers whose promises are of each kind that there is between hosts, on the overlays ``shop`` and ``apart``.
ON_THREE_HOSTS: Dict[str, Dict[str, Any]] = {
    "node1": {
        "web": {"networks": ["shop"], "ports": ["8080:80"]},
        "app": {"networks": ["shop", "front"]},
        "ask": {"networks": ["apart"], "links": ["told"]},
    },
    "node2": {"db": {"networks": ["shop"]}, "told": {"networks": ["apart"], "expose": ["5432"]}},
    "node3": {"mq": {"networks": ["shop"]}},
}
#: What is left of us on a host: tables, and who listens.
LEFT = "nft list tables; ss -Hlnaptux"


class Pair(NamedTuple):
    """``hosts`` make what is declared without Ansible, which would take most of the time; ``fleet`` is asked by it."""

    fleet: Fleet
    hosts: Hosts
    mode: str
    words: Dict[str, str]

    def left(self) -> List[str]:
        return [self.fleet.host(name).run(["sh", "-c", LEFT]).stdout for name in ("node1", "node2")]


@contextmanager
def pair_of_hosts(directory: Path, mode: str, containers: Mapping[str, Mapping[str, Any]]) -> Iterator[Pair]:
    networks = {
        "shop": {"driver": "overlay", "overlay_mode": mode, "ipam": {"config": [{"subnet": "10.88.0.0/16"}]}},
        "front": {},
    }
    with new_fleet(directory, ("node1", "node2")) as fleet:
        fleet.declare(networks, containers)
        hosts = Hosts(fleet.lab)  # type: ignore[arg-type]
        hosts.networks, hosts.own = networks, {name: dict(own) for name, own in containers.items()}
        try:
            made = hosts.make_all()
            yield Pair(fleet, hosts, mode, words_of(made))
        finally:
            hosts.close()


def words_of(made: Mapping[str, Any]) -> Dict[str, str]:
    both = {**made["node1"]["containers"], **made["node2"]["containers"]}
    shop = made["node2"]["networks"]["shop"]
    addresses = {name: each["interfaces"]["eth0"]["ipv4"] for name, each in both.items()}
    block = made["node1"]["networks"]["shop"]["block"][0]
    return {**addresses, "bridge": shop["bridge"], "vxlan": "vxlanaaed7988b4", "block1": block}


def reports_of(hosts: Hosts) -> Dict[str, Dict[str, Any]]:
    """Host → its report, as the playbook makes it, without Ansible."""
    names = list(hosts.own)
    listening = {host: hosts.verify(host, "listen")["listening"] for host in names}
    results = {host: hosts.verify(host, "probe", others=listening) for host in names}
    heard = {host: hosts.verify(host, "collect")["heard"] for host in names}
    reports = [with_heard(report_of(results[host], host, hosts.topology), heard) for host in names]
    again = {host: found[hosts.topology] for host, found in chosen(reports).items()}
    called = {host: each["called"] for host, each in again.items() if "called" in each}
    watched = {host: hosts.verify(host, "listen", calls=calls)["listening"] for host, calls in called.items()}
    near = {
        host: hosts.verify(host, "probe", calls=each["calls"], others=watched)["followed"]
        for host, each in again.items()
        if "calls" in each
    }
    far = {host: hosts.verify(host, "collect", calls=calls) for host, calls in called.items()}
    followed = {host: answer["followed"] for host, answer in far.items()}
    differs = {host: answer["differs"] for host, answer in far.items()}
    return {each["host"]: with_places(each, near.get(each["host"], ()), followed, differs) for each in reports}


def told_of(pair: Pair, faults: Sequence[Fault], directory: Path) -> Dict[str, str]:
    """Fault → what node1 is told of the call that it breaks; nothing is changed by asking, and all else holds."""
    for fault in faults:
        pair.hosts.host("node2").run(["sh", "-ec", fault.filled(pair.words)])
    ran = pair.fleet.run(VERIFY, fail=True, topology_report_directory=str(directory))
    assert ran.changed == 0
    (report,) = (each for each in json.loads((directory / "verify.json").read_text()) if each["host"] == "node1")
    return told_in(report, faults)


def told_in(report: Mapping[str, Any], faults: Sequence[Fault]) -> Dict[str, str]:
    broken = [cell for cell in report["cells"] if cell["result"] == "broken"]
    assert {cell["target"]["host"] for cell in broken} <= {"node2"}
    return {fault.name: _told(fault, [cell for cell in broken if _is_of(fault, cell)]) for fault in faults}


def _is_of(fault: Fault, cell: Dict[str, Any]) -> bool:
    return (cell["target"]["names"], cell["protocol"]) == ([fault.who], fault.protocol)


def _told(fault: Fault, cells: List[Dict[str, Any]]) -> str:
    if not cells:
        return "nothing is broken"
    place = cells[0]["place"]
    return "{0}: on {1}: {2}".format(place["kind"], place.get("host", "node1"), place["text"])


def wrong(words: Mapping[str, str], faults: Sequence[Fault], told: Dict[str, str]) -> Dict[str, str]:
    """Those faults whose place is another, with what was told."""
    return {
        fault.name: told[fault.name]
        for fault in faults
        if not told[fault.name].startswith(filled(fault.place, words))
        or any(word not in told[fault.name] for word in fault.words)
    }
