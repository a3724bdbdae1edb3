# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sets and maps of ``table inet``: all of it that depends on what is declared. Pure."""

from __future__ import annotations

from typing import Dict, Iterable, List, Tuple

from ..._kernel.names import USER_CHAIN
from .model import NetworkPolicy, Publication, Ruleset
from .tables import (
    AWAY,
    FROM_PEERS,
    HOME,
    NamedSet,
    address_type,
    addresses_of,
    guests_of,
    link_locals_of,
    links_of,
    quoted,
    unique,
)


def inet_sets(ruleset: Ruleset) -> Tuple[NamedSet, ...]:
    networks = ruleset.networks
    sets = [
        NamedSet("bridges", "ifname", quoted(_ifnames(networks))),
        NamedSet("doors", "ifname : verdict", _doors(ruleset), map=True),
        NamedSet("free", "ifname . ifname : verdict", _free(ruleset), map=True),
        NamedSet("staying", "ifname . ifname", _apart_pairs(networks)),
        NamedSet("isolated", "ifname", quoted(_own_ifnames(n for n in networks if n.isolate))),
        NamedSet("adopted", "ifname", quoted(unique(n.bridge for n in networks if n.external))),
        _by_family("closed", _closed(networks)),
        _by_family("routed", _with_mode(networks, "routed")),
        _by_family("unprotected", _with_mode(networks, "nat-unprotected")),
        NamedSet("trusted", "ifname . ifname", _trusted(networks)),
        NamedSet("hooks", "ifname : verdict", _hooks(networks), map=True),
    ]
    for family in (4, 6):
        sets.extend(_family_sets(ruleset, family))
    lent = _loopback6(ruleset)
    sets.append(NamedSet("loopback6", "ipv6_addr : ipv6_addr", lent, map=True))
    # Whether there is one: before Linux 6.5 a map can be asked for what is in it, not whether something is.
    sets.append(NamedSet("answered6", "ipv6_addr", ("::1",) if lent else ()))
    return tuple(sets)


def _ifnames(networks: Iterable[NetworkPolicy]) -> Tuple[str, ...]:
    """The interfaces of the host by which these networks' packets come and go: the bridge, and what leads to the rest
    of a network that is on other hosts too."""
    return unique(ifname for network in networks for ifname in _ifnames_of(network))


def _ifnames_of(network: NetworkPolicy) -> Tuple[str, ...]:
    return (network.bridge, *network.tunnel.ifnames) if network.tunnel is not None else (network.bridge,)


def _own_ifnames_of(network: NetworkPolicy) -> Tuple[str, ...]:
    """Without an interface that it shares with other networks, of which other words may be true: what those are about
    is looked up for its bridge (``encrypted.py``)."""
    shared = network.tunnel is not None and network.tunnel.encrypts
    return (network.bridge,) if shared else _ifnames_of(network)


def _own_ifnames(networks: Iterable[NetworkPolicy]) -> Tuple[str, ...]:
    return unique(ifname for network in networks for ifname in _own_ifnames_of(network))


def _doors(ruleset: Ruleset) -> Tuple[str, ...]:
    """What has to be true of a packet, by where it comes from; what has no door comes from the wire."""
    bridges = {
        network.bridge: "goto from_adopted" if network.external else "goto from_bridge" for network in ruleset.networks
    }
    tunnels = {
        ifname: "goto from_peer" if network.tunnel.encrypts else "goto {0}{1}".format(FROM_PEERS, network.network)
        for network in ruleset.networks
        if network.tunnel is not None
        for ifname in network.tunnel.ifnames
    }
    doors = {**bridges, **tunnels, **dict.fromkeys(guests_of(ruleset), "drop")}
    return tuple('"{0}" : {1}'.format(*door) for door in doors.items())


def _stays(network: NetworkPolicy) -> Tuple[Tuple[str, str], ...]:
    """The ways from an interface to another by which a packet stays on its network: from one host to another, too."""
    ends = [(network.bridge, ifname) for ifname in (network.tunnel.ifnames if network.tunnel is not None else ())]
    return ((network.bridge, network.bridge), *(pair for end in ends for pair in (end, end[::-1])))


def _kept_apart(network: NetworkPolicy, iifname: str) -> bool:
    return not network.icc and iifname in _own_ifnames_of(network)


def _free(ruleset: Ruleset) -> Tuple[str, ...]:
    """Where neighbours are not kept apart: the user's own rules, and no other; but on a host with networks across hosts
    what stays on one must not be for another (``overlay.py``)."""
    element = '"{0}" . "{1}" : goto {2}{3}'
    return unique(
        element.format(*way, _next(ruleset, n, way[1]), n.network)
        for n in ruleset.networks
        for way in _stays(n)
        if not _kept_apart(n, way[0])
    )


def _next(ruleset: Ruleset, network: NetworkPolicy, oifname: str) -> str:
    if not ruleset.underlays:
        return USER_CHAIN
    return HOME if oifname == network.bridge else AWAY


def _apart_pairs(networks: Iterable[NetworkPolicy]) -> Tuple[str, ...]:
    return unique('"{0}" . "{1}"'.format(*way) for n in networks for way in _stays(n) if _kept_apart(n, way[0]))


def icc_off(networks: Iterable[NetworkPolicy]) -> NamedSet:
    return NamedSet("icc_off", "ifname", quoted(_own_ifnames(n for n in networks if not n.icc)))


def _at_home(networks: Iterable[NetworkPolicy]) -> Tuple[str, ...]:
    homes = [(network.bridge, network.subnet) for network in networks]
    tunnels = [network.tunnel for network in networks if network.tunnel is not None]
    homes += [(ifname, tunnel.subnet) for tunnel in tunnels for ifname in tunnel.ifnames]
    return unique('"{0}" . {1}'.format(*home) for home in homes)


def _inside(network: NetworkPolicy) -> str:
    """What nobody else on the wire may have as a source: of an overlay, what the containers of other hosts have too."""
    return network.tunnel.subnet if network.tunnel is not None else network.subnet


def _family_sets(ruleset: Ruleset, family: int) -> List[NamedSet]:
    address, suffix = address_type(family), str(family)
    networks = [network for network in ruleset.networks if network.family == family]
    modes = {network.bridge: network.gateway_mode for network in networks}
    ports = [port for port in ruleset.publications if port.family == family]
    natted = [port for port in ports if modes.get(port.bridge, "nat") != "routed"]
    routed = [port for port in ports if modes.get(port.bridge, "nat") == "routed"]
    icc_off = {network.bridge for network in networks if not network.icc}
    target = "{0} . inet_service".format(address)
    port_key = "inet_proto . inet_service"
    return [
        NamedSet(
            "published" + suffix,
            "{0} : {1}".format(port_key, target),
            map=True,
            elements=tuple(_publication(port) for port in natted if port.host_ip is None),
        ),
        NamedSet(
            "published{0}_at".format(suffix),
            "{0} . {1} : {2}".format(address, port_key, target),
            map=True,
            elements=tuple(_publication(port) for port in natted if port.host_ip is not None),
        ),
        NamedSet(
            "reachable" + suffix,
            "{0} . {1}".format(address, port_key),
            unique(
                "{0} . {1} . {2}".format(port.container_address, port.protocol, port.container_port) for port in routed
            ),
        ),
        NamedSet(
            "at_home" + suffix,
            "ifname . " + address,
            interval=True,
            elements=_at_home(networks),
        ),
        NamedSet(
            "inside" + suffix,
            address,
            interval=True,
            elements=unique(_inside(network) for network in networks if not network.external),
        ),
        NamedSet(
            "masquerade" + suffix,
            address,
            interval=True,
            elements=tuple(network.subnet for network in networks if _leaves_masked(network) and not network.snat_to),
        ),
        NamedSet(
            "snat" + suffix,
            "{0} : {0}".format(address),
            map=True,
            interval=True,
            elements=tuple(
                "{0} : {1}".format(network.subnet, network.snat_to)
                for network in networks
                if _leaves_masked(network) and network.snat_to
            ),
        ),
        NamedSet(
            "itself" + suffix,
            "{0} . {0}".format(address),
            unique("{0} . {0}".format(port.container_address) for port in natted if port.bridge in icc_off),
        ),
        NamedSet("links" + suffix, "{0} . {0} . {1}".format(address, port_key), links_of(ruleset, family)),
        NamedSet("apart" + suffix, address, _apart(ruleset, networks, family)),
        NamedSet("gateways" + suffix, "ifname . " + address, _gateways(networks)),
        NamedSet(
            "elsewhere" + suffix, "{0} . {0}".format(address), _elsewhere(ruleset, networks, natted), interval=True
        ),
    ]


def _publication(port: Publication) -> str:
    key = "{0} . {1}".format(port.protocol, port.published)
    if port.host_ip is not None:
        key = "{0} . {1}".format(port.host_ip, key)
    return "{0} : {1} . {2}".format(key, port.container_address, port.container_port)


def _leaves_masked(network: NetworkPolicy) -> bool:
    return network.masquerade and not network.internal and network.gateway_mode in ("nat", "nat-unprotected")


def _apart(ruleset: Ruleset, networks: Iterable[NetworkPolicy], family: int) -> Tuple[str, ...]:
    """Our containers on adopted bridges, where they are not alone, that are to be kept apart."""
    bridges = {network.bridge for network in networks if network.external and not network.icc}
    there = [endpoint for endpoint in ruleset.endpoints if endpoint.bridge in bridges]
    link_locals = link_locals_of(there)
    return unique(address for endpoint in there for address in addresses_of(endpoint, family, link_locals))


def _gateways(networks: Iterable[NetworkPolicy]) -> Tuple[str, ...]:
    """Where a closed network may call the host."""
    return tuple('"{0}" . {1}'.format(n.bridge, n.gateway) for n in networks if n.internal and n.gateway)


def _elsewhere(ruleset: Ruleset, networks: Iterable[NetworkPolicy], ports: Iterable[Publication]) -> Tuple[str, ...]:
    """The target of a published port . the subnet of another of its container's networks, seen with its own source."""
    unmasked = [(n.bridge, n.subnet) for n in networks if not _is_closed(n) and (n.external or not _leaves_masked(n))]
    bridges: Dict[str, List[str]] = {}
    for endpoint in ruleset.endpoints:
        bridges.setdefault(endpoint.container, []).append(endpoint.bridge)
    places = {address: endpoint for endpoint in ruleset.endpoints for address in endpoint.addresses}
    return unique(
        "{0} . {1}".format(port.container_address, subnet)
        for port in ports
        if port.container_address in places
        for own in bridges[places[port.container_address].container]
        for bridge, subnet in unmasked
        if bridge == own != port.bridge
    )


def _loopback6(ruleset: Ruleset) -> Tuple[str, ...]:
    """An address of ours for answers to ::1: that of any bridge to which a port is published."""
    published = {port.bridge for port in ruleset.publications if port.family == 6}
    ours = [n for n in ruleset.networks if n.family == 6 and n.bridge in published and not n.external]
    return tuple("::1 : {0}".format(network.gateway) for network in ours if network.gateway)[:1]


def _by_family(name: str, elements: Iterable[Tuple[int, str]]) -> NamedSet:
    texts = unique('ipv{0} . "{1}"'.format(family, bridge) for family, bridge in elements)
    return NamedSet(name, "nf_proto . ifname", texts)


def _closed(networks: Iterable[NetworkPolicy]) -> List[Tuple[int, str]]:
    """No way in or out: internal, isolated, and the family that an own bridge does not have at all."""
    networks = tuple(networks)
    declared = {(network.family, ifname) for network in networks for ifname in _ifnames_of(network)}
    closed = [(n.family, ifname) for n in networks if _is_closed(n) for ifname in _own_ifnames_of(n)]
    adopted = {network.bridge for network in networks if network.external}
    for bridge in _ifnames(networks):
        closed += [(f, bridge) for f in (4, 6) if (f, bridge) not in declared and bridge not in adopted]
    return closed


def _is_closed(network: NetworkPolicy) -> bool:
    return network.internal or network.gateway_mode == "isolated"


def _with_mode(networks: Iterable[NetworkPolicy], mode: str) -> List[Tuple[int, str]]:
    return [(n.family, n.bridge) for n in networks if n.gateway_mode == mode and not n.internal]


def _trusted(networks: Iterable[NetworkPolicy]) -> Tuple[str, ...]:
    return unique('"{0}" . "{1}"'.format(i, n.bridge) for n in networks for i in n.trusted_host_interfaces)


def _hooks(networks: Iterable[NetworkPolicy]) -> Tuple[str, ...]:
    return unique('"{0}" : jump {1}{2}'.format(i, USER_CHAIN, n.network) for n in networks for i in _own_ifnames_of(n))
