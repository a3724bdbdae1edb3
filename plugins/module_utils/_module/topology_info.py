# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading a host without a wish: what the module ``topology_info`` performs."""

from __future__ import annotations

from typing import Any, Dict, Iterator, List, Mapping, Optional, Set, Tuple

from .._engine import declared, fleet
from .._engine.lock import host_lock
from .._engine.report import Result
from .._expansion.drivers.registry import DRIVERS
from .._expansion.recognise import Seen, recognise_containers, recognise_networks
from .._expansion.remembered import remembered_containers, remembered_networks
from .._fleet.exchange import host_plan
from .._fleet.holders import holders
from .._ipam import store as lease_store
from .._kernel import dependencies, files, names, nft
from .._kernel.host import Host
from .._kernel.observe import Observed, observe
from .._kernel.visits import Visits
from .._resources import ownership
from .._resources.links.registry import settings_of
from .._resources.ruleset.elements import publication
from .._resources.ruleset.model import Publication
from .._resources.ruleset.state import read_table
from .by_hand import LOCK_TIMEOUT


def perform_topology_info(params: Mapping[str, Any], check_mode: bool) -> Result:
    """Every topology on the host, or the one named, in the words of ``topology``. Never writes."""
    dependencies.require_all()
    wanted = params.get("name")
    with host_lock(LOCK_TIMEOUT, check_mode=True), Host() as host:
        with Visits(host, {}) as visits:
            first = observe(host, (), visits, settings_of=settings_of)
        with lease_store.open_store(check_mode=True) as store:
            leases = lease_store.leases(store, wanted)
        found = sorted(_topologies(first, leases))
        chosen = [name for name in found if wanted in (None, name)]
        with Visits(host, {}, chosen) as visits:
            observed = observe(host, (), visits, settings_of=settings_of)
        topologies = {name: _topology(name, observed, leases) for name in chosen}
    facts: Dict[str, Any] = {"topologies": topologies, "leases": leases, "orphans": _orphans(observed, leases)}
    facts["fleet_leases"] = fleet_leases(wanted)
    if wanted is not None:
        facts.update(topologies.get(wanted, {"networks": {}, "containers": {}}))
    return Result(facts=facts)


def fleet_leases(topology: Optional[str] = None) -> List[Dict[str, Any]]:
    """Who holds which block of networks across hosts, as this host was told: rows of ``_fleet/holders.py``."""
    told = (fleet.read(name) for name in fleet.topologies() if topology in (None, name))
    return [row for data in told if data is not None for row in holders(host_plan(data))]


def _topologies(observed: Observed, leases: List[Dict[str, Any]]) -> Set[str]:
    """Whoever owns an interface, a handle or a lease."""
    found = {topology for link in observed.links.values() for topology in ownership.topologies(link, observed)}
    found |= {mark.topology for mark in observed.marks.values()}
    return found | {str(row["topology"]) for row in leases}


def _topology(name: str, observed: Observed, leases: List[Dict[str, Any]]) -> Dict[str, Any]:
    seen = seen_of(name, observed, leases)
    kept = declared.read(name)
    last = kept.words if kept is not None else {}
    own = [row for row in leases if row["topology"] == name]
    spellings = {key: word for driver in DRIVERS.values() for key, (word, _family) in driver.spellings.items()}
    return {
        "networks": remembered_networks(recognise_networks(seen), last.get("networks") or {}, own, spellings),
        "containers": remembered_containers(recognise_containers(seen), last.get("containers") or {}),
    }


def seen_of(name: str, observed: Observed, leases: List[Dict[str, Any]]) -> Seen:
    """All that is to be seen of one topology on this host."""
    elements, publications = _rules(name)
    owned = [handle for handle, mark in observed.marks.items() if mark.topology == name]
    return Seen(
        topology=name,
        observed=observed,
        elements=elements,
        publications=publications,
        hosts={each: _file(each, "hosts") for each in owned},
        reserved=tuple(_reserved(name, leases)),
        places={
            (str(row["container"]), str(row["interface"])): str(row["network"])
            for row in leases
            if row["topology"] == name and row["kind"] == "address" and row["container"]
        },
        hostnames={each: _file(each, "hostname").strip() or each for each in owned},
    )


def _reserved(topology: str, leases: List[Dict[str, Any]]) -> Iterator[Tuple[str, str, str]]:
    """(network, name, address) of every aux address."""
    for row in leases:
        kind, _colon, name = str(row.get("interface", "")).partition(":")
        if row["topology"] == topology and row["kind"] == "address" and kind == "reserved":
            yield str(row["network"]), name, str(row["address"])


def _rules(name: str) -> Tuple[Dict[str, List[str]], Tuple[Publication, ...]]:
    elements: Dict[str, List[str]] = {}
    publications: List[Publication] = []
    for objects in nft.list_tables([("inet", names.table(name))]).values():
        for set_name, members in read_table(objects).elements.items():
            elements[set_name] = list(members)
            found = (publication(set_name, raw) for raw in members.values())
            publications.extend(port for port in found if port is not None)
    return elements, tuple(publications)


def _file(container: str, name: str) -> str:
    return files.read("{0}/{1}/{2}".format(names.NETNS_ETC_DIRECTORY, container, name)) or ""


def _orphans(observed: Observed, leases: List[Dict[str, Any]]) -> List[str]:
    """Leases whose container has no namespace, and kernel objects of topologies that hold no lease at all.

    Both stay until their topology is applied again, or removed (``state: absent``), which reclaims them.
    """
    holders = {str(row["topology"]) for row in leases}
    found = [
        "{0}: lease {1} of {2}, which has no namespace".format(row["topology"], row["address"], row["container"])
        for row in leases
        if row["kind"] == "address" and row["container"] and observed.handles.get(str(row["container"])) is None
    ]
    for link in observed.links.values():
        for topology in sorted(ownership.topologies(link, observed) - holders):
            found.append("{0}: interface {1}, of a topology without leases".format(topology, link.ifname))
    return sorted(found)
