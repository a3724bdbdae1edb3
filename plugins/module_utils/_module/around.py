# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a declaration takes from the host around it: as it is now, or as it was when the declaration was made real.

The second is kept with the declaration. A host that boots makes its networks before its uplink, its name servers and
the links of others are there, and they are to be what they were. A check goes by what is there by then.
"""

from __future__ import annotations

import functools
from dataclasses import asdict
from typing import Any, FrozenSet, Iterable, List, Mapping, Optional, Tuple

from .._declaration.topology import Topology
from .._expansion.addressing import HostDefaults
from .._expansion.drivers.driver import Surroundings
from .._expansion.drivers.registry import driver_of
from .._ipam.requests import HostFacts, SubnetRequest
from .._kernel import facts, sysctl
from .._kernel.data import dataclass
from .._kernel.errors import DeclarationError, FabricError, Problem
from .surroundings import needed, tunnels_of_overlays

Subnets = Tuple[SubnetRequest, ...]


@dataclass(frozen=True)
class Around:
    mtu: int  # of the default route's interface
    resolv_conf: Tuple[str, ...]  # lines without comments
    bridge_netfilter: bool
    #: Of networks on links of others: (network, family, subnet, gateway) as the host had them.
    adopted: Tuple[Tuple[str, int, Optional[str], Optional[str]], ...] = ()

    def words(self) -> Mapping[str, Any]:
        return asdict(self)


def from_words(words: Mapping[str, Any]) -> Around:
    return Around(
        mtu=int(words["mtu"]),
        resolv_conf=tuple(words["resolv_conf"]),
        bridge_netfilter=bool(words["bridge_netfilter"]),
        adopted=tuple((network, family, subnet, gateway) for network, family, subnet, gateway in words["adopted"]),
    )


def now(reading: facts.Reading, subnets: Subnets) -> Around:
    """``subnets``: once each network's driver has seen the host."""
    return Around(
        mtu=facts.uplink_mtu(reading),
        resolv_conf=tuple(facts.resolv_conf_lines()),
        bridge_netfilter=bridge_netfilter(),
        adopted=tuple((each.network, each.family, each.subnet, each.gateway) for each in subnets if each.external),
    )


def bridge_netfilter() -> bool:
    return sysctl.read("net/bridge/bridge-nf-call-iptables") == "1"


def host_defaults(around: Around, reading: facts.Reading, forwards_ipv4: bool) -> HostDefaults:
    return HostDefaults(
        mtu=around.mtu,
        links={link.ifname: link for link in reading.links.values()},
        resolv_conf=around.resolv_conf,
        forwards_ipv4=forwards_ipv4,
        bridge_netfilter=around.bridge_netfilter,
    )


def host_facts(reading: facts.Reading, seen: Optional[Surroundings]) -> HostFacts:
    """What an allocation must respect. Over tunnels of overlays are blocks of other hosts, which the fleet knows.

    ``seen``: None where what was made real once is made real again, and so was found to be in nobody's way.
    """
    tunnels = {reading.links[index].ifname for index in tunnels_of_overlays(reading)}
    return HostFacts(
        routes=tuple(route for route in facts.routes(reading) if route[1] not in tunnels),
        needs=functools.lru_cache(maxsize=None)(functools.partial(needed, reading, seen)) if seen else tuple,
        nameservers=facts.nameservers(),
        ip_local_port_range=facts.local_port_range(),
        ip_local_reserved_ports=facts.reserved_ports(),
        machine_id=facts.machine_id(),
    )


def adopted_now(topology: Topology, subnets: Iterable[SubnetRequest], seen: Surroundings) -> Subnets:
    """The same, once each network's driver has seen the host."""
    problems: List[Problem] = []
    found: List[SubnetRequest] = []
    for request in subnets:
        network = topology.networks[request.network]
        found.append(driver_of(network).adopt(network, request, seen, problems))
    if problems:
        raise DeclarationError(dict.fromkeys(problems))
    return tuple(found)


def adopted_then(subnets: Iterable[SubnetRequest], around: Around) -> Subnets:
    """The same, as their drivers saw the host then."""
    kept = {(network, family): (subnet, gateway) for network, family, subnet, gateway in around.adopted}
    found = []
    for request in subnets:
        subnet, gateway = kept.get((request.network, request.family), (request.subnet, request.gateway))
        found.append(request._replace(subnet=subnet, gateway=gateway))
    return tuple(found)


def not_there(subnets: Iterable[SubnetRequest], reading: facts.Reading) -> FrozenSet[str]:
    """The links of others that networks stand on, and that the host does not have yet."""
    present = {link.ifname for link in reading.links.values()}
    return frozenset(request.bridge for request in subnets if request.external and request.bridge not in present)


def require_there(missing: FrozenSet[str]) -> None:
    if missing:
        raise FabricError(
            "this host has no interface {0}, on which networks stand that were applied here. They come back when it "
            "is there: make it, and start the unit again".format(" and no interface ".join(sorted(missing)))
        )
