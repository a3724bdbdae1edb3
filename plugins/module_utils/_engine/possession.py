# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a topology has on a host, and how much of it one run may remove. Pure.

A misspelt variable, a host outside of its group or a wrong inventory leaves an empty declaration, or half of one. An
empty one is never a wish (``state: absent`` is), and a limit keeps half of one from passing unseen.
"""

from __future__ import annotations

from typing import Any, Iterable, Mapping, Optional, Tuple

from .._declaration.limits import Limit
from .._kernel.data import NamedTuple
from .._kernel.errors import FabricError
from .._kernel.observe import Observed
from .._resources import ownership

_NETWORK = "network "
_SHOWN = 20


class Possession(NamedTuple):
    """Names of networks and of containers, sorted."""

    networks: Tuple[str, ...]
    containers: Tuple[str, ...]

    def __len__(self) -> int:
        return len(self.networks) + len(self.containers)

    def __str__(self) -> str:
        kinds = (("network", self.networks), ("container", self.containers))
        return "; ".join(_listed(kind, found) for kind, found in kinds if found)

    def without(self, networks: Iterable[str], containers: Iterable[str]) -> "Possession":
        return _possession(set(self.networks).difference(networks), set(self.containers).difference(containers))


def possession(topology: str, observed: Observed, leases: Iterable[Mapping[str, Any]]) -> Possession:
    """``leases``: the rows that the topology held before the run. After a reboot they are all that there is."""
    networks = {str(row["network"]) for row in leases if row["kind"] == "subnet"}
    containers = {str(row["container"]) for row in leases if row.get("container")}
    containers.update(name for name, mark in observed.marks.items() if mark.topology == topology)
    for link in observed.links.values():
        for subject in ownership.subjects(link, observed, topology):
            if subject.startswith(_NETWORK):
                networks.add(subject[len(_NETWORK) :])
    return _possession(networks, containers)


def refuse_to_lose(
    topology: str,
    has: Possession,
    networks: Iterable[str],
    containers: Iterable[str],
    limit: Optional[Limit],
) -> None:
    """FabricError where nothing is declared and there is something, or where more than the limit would go."""
    networks, containers = tuple(networks), tuple(containers)
    going = has.without(networks, containers)
    if has and not networks and not containers:
        text = (
            "nothing is declared for the topology {0} here, and this host has of it: {1}; nothing was changed. If "
            "all of it is to go, say so (topology_state: absent); if not, look for the declaration: the inventory "
            "(-i), the groups of this host, the spelling of topology_networks and topology_containers"
        )
        raise FabricError(text.format(topology, has), would_remove=_named(going))
    if limit is not None and limit.exceeded_by(len(going), len(has)):
        text = (
            "this run would remove {0} of the {1} networks and containers of the topology {2}, and "
            "topology_remove_limit is {3}; nothing was changed. They are: {4}. Declare them again, or raise "
            "the limit for this run"
        )
        raise FabricError(text.format(len(going), len(has), topology, limit, going), would_remove=_named(going))


def _possession(networks: Iterable[str], containers: Iterable[str]) -> Possession:
    return Possession(tuple(sorted(networks)), tuple(sorted(containers)))


def _listed(kind: str, found: Tuple[str, ...]) -> str:
    more = len(found) - _SHOWN
    shown = ", ".join(found[:_SHOWN]) + (" and {0} more".format(more) if more > 0 else "")
    return "the {0}{1} {2}".format(kind, "s" if len(found) > 1 else "", shown)


def _named(going: Possession) -> Mapping[str, Any]:
    return {"networks": list(going.networks), "containers": list(going.containers)}
