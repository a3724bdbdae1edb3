# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the routes and settings of a container fit the networks that it is on, and each other."""

from __future__ import annotations

from typing import Dict, Iterable, Iterator, List, Mapping, Optional, Tuple

from .container_words import interface_of_setting
from .topology import Container, Network, Route, Subnet, families, metric_of
from .words import Problems, quote

_CONTAINERS = "topology_containers"
Subnets = List[Tuple[int, Optional[Subnet]]]


_NO_NETWORK = '"{0}": no network here has IPv{1}; set enable_ipv{1} on one'


def check_next_hop(route: Route, subnets: Subnets, path: str, problems: Problems, no_family: str = _NO_NETWORK) -> None:
    """``subnets``: of every network that the route can go over, each with its family; None is still to be chosen."""
    family, gateway = route.destination.version, route.gateway
    if subnets and family not in {each for each, _subnet in subnets}:
        problems.note(path, no_family, route.destination, family)
        return
    if gateway is None or route.onlink or gateway.is_link_local:
        return
    reachable = [net for each, net in subnets if each == gateway.version]
    if any(net is None for net in reachable) or any(net is not None and gateway in net for net in reachable):
        return
    problems.note(
        path + ".gateway", '"{0}": no subnet here holds it; set onlink if it is a neighbour all the same', gateway
    )


def check_routes(container: Container, networks: Mapping[str, Network], problems: Problems) -> None:
    joined = [networks[place.network] for place in container.attachments if place.network in networks]
    subnets: Subnets = [(pool.family, pool.subnet) for network in joined for pool in network.pools]
    path = "{0}.{1}.routes".format(_CONTAINERS, container.name)
    for n, route in enumerate(container.routes):
        where = "{0}[{1}]".format(path, n)
        if not joined and route.type == "unicast":
            problems.note(where, "{0} is on no network, so nothing leads there", quote(container.name))
        elif not joined and route.destination.version == 6:
            problems.note(where, "{0} is on no network, so it has no IPv6", quote(container.name))
        else:
            check_next_hop(route, subnets, where, problems)
    check_twins(_declared(container, joined), quote(container.name), problems)


def check_twins(declared: Iterable[Tuple[Route, str]], whose: str, problems: Problems) -> None:
    """A namespace has one route to a destination with one metric; several networks may want the same blackhole.

    ``declared``: routes, each with its path; ``whose`` they are, for the error.
    """
    seen: Dict[Tuple[Subnet, int], Tuple[Route, str]] = {}
    for route, path in declared:
        key = (route.destination, metric_of(route))
        other, place = seen.setdefault(key, (route, path))
        if place != path and (other != route or route.type == "unicast"):
            text = '"{0}": {1} has a route there with the same metric, declared at {2}; give one of them another metric'
            problems.note(path, text, route.destination, whose, place)


def _declared(container: Container, joined: List[Network]) -> Iterator[Tuple[Route, str]]:
    for network in joined:
        for n, route in enumerate(network.routes):
            yield route, "topology_networks.{0}.routes[{1}]".format(network.name, n)
    for n, route in enumerate(container.routes):
        yield route, "{0}.{1}.routes[{2}]".format(_CONTAINERS, container.name, n)


def check_sysctls(container: Container, networks: Mapping[str, Network], problems: Problems) -> None:
    ifnames = [place.ifname for place in container.attachments]
    path = "{0}.{1}.sysctls".format(_CONTAINERS, container.name)
    for key, value in container.sysctls:
        ifname = interface_of_setting(key)
        if ifname is not None and ifname not in ("all", "default", "lo", *ifnames):
            text = "{0}: {1} has no such interface{2}"
            known = "; its own are " + ", ".join(ifnames) if ifnames else ""
            problems.note(path, text, quote(key), quote(container.name), known)
        elif key == "net.ipv6.conf.{0}.disable_ipv6".format(ifname) and value != "0":
            _check_disabled(container, networks, key, ifname or "", path, problems)


def _check_disabled(
    container: Container, networks: Mapping[str, Network], key: str, ifname: str, path: str, problems: Problems
) -> None:
    for place in container.attachments:
        network = networks.get(place.network)
        if network is not None and 6 in families(network) and ifname in ("all", "default", place.ifname):
            text = "{0}: contradicts the network {1}, which has IPv6; leave it out, or set enable_ipv6 to false there"
            problems.note(path, text, quote(key), quote(network.name))
            return
