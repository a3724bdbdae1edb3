# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``ls`` and ``inspect``: what was applied, beside what is there. Both go by one check of each topology."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Dict, Iterator, List, Mapping, Tuple

from .._engine.report import Result
from .._ipam import store as lease_store
from .._kernel.errors import FabricError
from .._module import restore as kept
from .._module.figures import figures
from .._module.topology_info import perform_topology_info
from . import healing
from .answer import CLEAN, FAILED, Answer, outline, table

_OK, _DRIFTED, _UNKNOWN = "ok", "drifted", "unknown"
_NETWORKS, _CONTAINERS = "networks", "containers"
_KINDS = (("network", _NETWORKS), ("container", _CONTAINERS))


@dataclass(frozen=True)
class _Checked:
    """A topology, and what a check said of it; ``error`` where it could not say anything."""

    name: str
    result: Result = field(default_factory=Result)
    error: str = ""

    def drift_of(self, word: str, name: str) -> List[str]:
        """``word``: container or network."""
        return [change.text for change in self.result.changes if getattr(change.subject, word) == name]

    def state_of(self, word: str, name: str) -> str:
        if self.error:
            return _UNKNOWN
        return _DRIFTED if self.drift_of(word, name) else _OK

    def elsewhere(self) -> List[str]:
        """What has drifted and is no network's and no container's."""
        return [each.text for each in self.result.changes if not (each.subject.container or each.subject.network)]

    def described(self, words: str) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.result.facts.get(words) or {}
        return found


def _checked(name: str) -> _Checked:
    try:
        return _Checked(name, kept.check(name))
    except FabricError as error:
        return _Checked(name, error=str(error))


def listing(words: Any) -> Answer:
    found = [_checked(name) for name in kept.topologies()]
    data = {each.name: _as_data(each) for each in found}
    networks = table(("NETWORK", "TOPOLOGY", "DRIVER", "SUBNETS", "GATEWAYS", "STATE"), _network_rows(found))
    containers = table(
        ("CONTAINER", "TOPOLOGY", "MODE", "NETWORKS", "ADDRESSES", "PORTS", "STATE"), _container_rows(found)
    )
    lines = [*networks, *([""] if networks and containers else []), *containers, *_starting(found), *_beside(found)]
    status = FAILED if any(each.error for each in found) else CLEAN
    return Answer({"topologies": data}, lines or ["nothing was applied on this host"], status)


def _as_data(each: _Checked) -> Dict[str, Any]:
    data: Dict[str, Any] = {"error": each.error} if each.error else {}
    for word, words in _KINDS:
        described = each.described(words)
        data[words] = {name: dict(said, state=each.state_of(word, name)) for name, said in described.items()}
    if not each.error:
        data["figures"] = figures(each.name, each.described(_CONTAINERS))
    return dict(data, drift=list(each.result.actions), heal=healing.last(each.name))


def _network_rows(found: List[_Checked]) -> Iterator[Tuple[str, ...]]:
    for each in found:
        for name, said in each.described(_NETWORKS).items():
            subnets, gateways = " ".join(said["subnets"]), " ".join(said["gateways"])
            yield name, each.name, said["driver"], subnets, gateways, each.state_of("network", name)


def _container_rows(found: List[_Checked]) -> Iterator[Tuple[str, ...]]:
    for each in found:
        for name, said in each.described(_CONTAINERS).items():
            interfaces = said["interfaces"].values()
            networks = " ".join(one["network"] for one in interfaces)
            addresses = " ".join(one[family] for one in interfaces for family in ("ipv4", "ipv6") if one[family])
            ports = " ".join(map(_port, said["ports"]))
            yield name, each.name, said["mode"], networks, addresses, ports, each.state_of("container", name)


def _port(port: Mapping[str, Any]) -> str:
    host = "[{0}]".format(port["host_ip"]) if ":" in port["host_ip"] else port["host_ip"]
    return "{0}:{1}->{2}/{3}".format(host, port["published"], port["target"], port["protocol"])


def _starting(found: List[_Checked]) -> Iterator[str]:
    """How the owner of a program starts it in its namespace, ready to be copied."""
    for each in found:
        for name, said in each.described(_CONTAINERS).items():
            program = said.get("workload")
            if program and program["start"]:
                yield ""
                yield "{0}: {1} is started there by".format(name, program["name"])
                yield from ("  " + line for line in program["start"])


def _beside(found: List[_Checked]) -> Iterator[str]:
    for each in found:
        lines = ["cannot be checked: " + each.error] if each.error else ["drifted: " + one for one in each.elsewhere()]
        healed = healing.last(each.name)
        if healed is not None:
            what = healed["error"] or "{0} repaired".format(len(healed["repaired"]) or "nothing")
            lines.append("healed at {0}: {1}".format(healed["at"], what))
        if lines:
            yield ""
        yield from ("{0}: {1}".format(each.name, line) for line in lines)


def inspect(words: Any) -> Answer:
    found = list(_inspected(words.name))
    if not found:
        known = sorted({name for topology in kept.topologies() for name in _names(topology)})
        raise FabricError(
            "no container and no network is called {0}; there is: {1}".format(words.name, ", ".join(known) or "none")
        )
    lines: List[str] = []
    for each in found:
        lines.extend(outline(each))
        lines.append("")
    return Answer({"found": found}, lines[:-1])


def _names(topology: str) -> Iterator[str]:
    record = _kept(topology)
    for words in (_NETWORKS, _CONTAINERS):
        yield from record.get(words) or ()


def _kept(topology: str) -> Mapping[str, Any]:
    try:
        return kept.kept(topology).words
    except FabricError:
        return {}


def _inspected(name: str) -> Iterator[Dict[str, Any]]:
    for topology in kept.topologies():
        declared = _kept(topology)
        kinds = [(word, words) for word, words in _KINDS if name in (declared.get(words) or {})]
        if not kinds:
            continue
        checked = _checked(topology)
        real = perform_topology_info({"name": topology}, True).facts["topologies"].get(topology, {})
        for word, words in kinds:
            yield {
                word: name,
                "topology": topology,
                "state": checked.state_of(word, name),
                "declared": declared[words][name],
                "leased": _leased(topology, word, name),
                "is": checked.described(words).get(name),
                "really": (real.get(words) or {}).get(name),
                "drift": [checked.error] if checked.error else checked.drift_of(word, name),
            }


def _leased(topology: str, word: str, name: str) -> List[Dict[str, Any]]:
    with lease_store.open_store(check_mode=True) as store:
        rows = [row for row in lease_store.leases(store, topology) if row.get(word) == name]
    return [{key: value for key, value in row.items() if key not in ("topology", "grant_id", word)} for row in rows]
