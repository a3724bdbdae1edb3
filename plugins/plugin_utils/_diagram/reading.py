# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From words of a declaration to a picture, whether an inventory declares them or a host was read. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Optional

from ansible_collections.linuxnet.fabric.plugins.module_utils._declaration.overlay_words import ROUTED
from ansible_collections.linuxnet.fabric.plugins.module_utils._declaration.topology import (
    DEFAULT_BRIDGE,
    DEFAULT_NETWORK,
    Attachment,
    Container,
    Network,
    PublishedPort,
    Topology,
    families,
    gateway_mode,
)
from ansible_collections.linuxnet.fabric.plugins.module_utils._declaration.ways import host_addresses, ways_in
from ansible_collections.linuxnet.fabric.plugins.module_utils._expansion.drivers.registry import (
    driver_of,
    parse_declaration,
)
from ansible_collections.linuxnet.fabric.plugins.module_utils._fleet.members import OVERLAY, Group, Member, groups
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel import names, printable
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.errors import DeclarationError
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.ranges import ranges

from .._drift_report.report import said_by
from .picture import HOST, Guest, Hosted, LinkTo, Net, Picture, Place, Tunnel

#: Of what a host said that gave no answer, in letters.
LONGEST = 110


def picture_of(projects: Iterable[Mapping[str, Any]]) -> Picture:
    """``projects``: ``{host, name, networks, containers}`` each, in words of a declaration. Also taken: ``state``, for
    what is absent is not drawn; ``fleet``, the hosts among whom overlays are shared (all); in place of the rest
    ``answer``, which ``topology_info`` gave: a host that gave none, or one that nobody understands, is unknown.

    Raises DeclarationError with the host before each thing that is wrong. What declares nothing is not drawn.
    """
    asked = [each for each in _each_topology(projects) if each.get("state") != "absent"]
    made = [(words, member) for words, member in zip(asked, _members(asked)) if _worth_drawing(member)]
    drawn, members = [words for words, _member in made], [member for _words, member in made]
    shared = list(_shared(drawn, members))
    hosted = tuple(
        Hosted(words["host"], "", message=words["message"])
        if member is None
        else _hosted(member, {group.network: group for group in shared if member in group.members})
        for words, member in zip(drawn, members)
    )
    tunnels = tuple(
        Tunnel(group.network, group.topology, tuple(members.index(member) for member in group.members))
        for group in shared
        if len(group.members) > 1
    )
    return Picture(hosted, tunnels)


def _each_topology(projects: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """With texts that may be shown."""
    for words in projects:
        host = printable.line(str(words.get("host") or "host"))
        if "answer" not in words:
            yield {**words, "host": host}
            continue
        try:
            yield from _found(host, words["answer"])
        except (AttributeError, DeclarationError, KeyError, TypeError) as error:
            yield {"host": host, "message": _short(f"the host gave an answer that is none: {error}")}


def _found(host: str, answer: Any) -> list[Mapping[str, Any]]:
    if "topologies" not in answer:
        return [{"host": host, "message": _short(said_by(answer))}]
    found: list[Mapping[str, Any]] = [
        {"host": host, "name": name, **words} for name, words in printable.data(answer["topologies"]).items()
    ]
    for each in found:
        _member(each)
    return found


def _short(message: str) -> str:
    words = printable.line(" ".join(message.split()))
    return words if len(words) <= LONGEST else words[: LONGEST - 1] + "…"


def _members(asked: Iterable[Mapping[str, Any]]) -> Iterator[Optional[Member]]:
    """None for a host that gave no answer. Of several topologies of a host, the first has ``fabric0``."""
    owners: dict[str, str] = {}
    for member in map(_member, asked):
        network = member.topology.networks.get(DEFAULT_NETWORK) if member is not None else None
        if member is None or network is None or network.bridge != DEFAULT_BRIDGE or network.external:
            yield member
        elif owners.setdefault(member.host, member.topology.name) == member.topology.name:
            yield member
        else:
            second = replace(network, bridge=names.second_default_bridge(member.topology.name))
            networks = {**member.topology.networks, DEFAULT_NETWORK: second}
            yield replace(member, topology=replace(member.topology, networks=networks))


def _member(words: Mapping[str, Any]) -> Optional[Member]:
    if words.get("message"):
        return None
    host, name = words["host"], str(words.get("name") or "default")
    try:
        return Member(host, parse_declaration(name, words.get("networks") or {}, words.get("containers") or {}))
    except DeclarationError as error:
        raise DeclarationError(each._replace(path=f"{host}: {each.path}") for each in error.problems) from error


def _networks(member: Member) -> Iterator[Network]:
    """Those that the host has: an overlay only where a container is on it."""
    overlays = [network.name for network in member.overlays()]
    for network in member.topology.networks.values():
        if network.driver != OVERLAY or network.name in overlays:
            yield network


def _shared(drawn: list[Mapping[str, Any]], members: list[Optional[Member]]) -> Iterator[Group]:
    """The overlay networks, each once for all of those hosts that count each other to their fleet."""
    fleets: dict[str, Any] = {
        member.host: words.get("fleet") for words, member in zip(drawn, members) if member is not None
    }

    def together(one: Member, other: Member) -> bool:
        return all(fleets[a.host] is None or b.host in fleets[a.host] for a, b in ((one, other), (other, one)))

    for group in groups([member for member in members if member is not None]):
        left = group.members
        while left:
            first = left[0]
            mine = [member for member in left if member is first or together(first, member)]
            left = [member for member in left if member is not first and not together(first, member)]
            yield Group(group.topology, group.network, mine)


def _worth_drawing(member: Optional[Member]) -> bool:
    return member is None or bool(member.topology.containers) or any(_networks(member))


def _hosted(member: Member, overlays: Mapping[str, Group]) -> Hosted:
    topology = member.topology
    networks = tuple(map(_net, _networks(member)))
    guests = tuple(_guest(each, topology, overlays) for each in topology.containers.values())
    return Hosted(member.host, topology.name, networks, guests)


def _net(network: Network) -> Net:
    ifname = network.bridge or str(getattr(network.options, "parent", "") or "")
    subnets = tuple(str(pool.subnet) for pool in network.pools if pool.subnet is not None)
    modes = dict.fromkeys(gateway_mode(network, family) for family in families(network))
    notes = [network.driver] if network.driver != "bridge" else []
    notes += [mode for mode in (getattr(network.options, "mode", ""),) if network.driver == OVERLAY and mode != ROUTED]
    notes += [word for word in ("internal", "external") if getattr(network, word)]
    notes += [mode for mode in modes if mode != "nat"]
    notes += [] if network.icc else ["icc off"]
    notes += ["host access"] if getattr(network.options, "host_access", False) else []
    return Net(network.name, ifname, subnets, tuple(notes))


def _guest(container: Container, topology: Topology, overlays: Mapping[str, Group]) -> Guest:
    shares = HOST if container.mode == "host" else container.target if container.mode == "container" else None
    return Guest(
        container.name,
        shares,
        tuple(_place(each) for each in container.attachments),
        tuple(_ports(container, topology)),
        tuple(
            LinkTo(link.container, link.alias, _where_else(link.container, container, topology, overlays))
            for link in container.links
        ),
    )


def _where_else(target: str, container: Container, topology: Topology, overlays: Mapping[str, Group]) -> Optional[str]:
    """The host that a linked container of another host runs on."""
    if target in topology.containers:
        return None
    for place in container.attachments:
        for member in overlays[place.network].members if place.network in overlays else ():
            if target in member.topology.containers:
                return member.host
    return "another host"


def _place(one: Attachment) -> Place:
    addresses = (one.ipv4_address, one.ipv6_address)
    return Place(one.network, one.ifname, tuple(str(each) for each in addresses if each is not None))


def _ports(container: Container, topology: Topology) -> Iterator[str]:
    """Each range once. Every address is not worth a word; a host port that is yet to be chosen is ``any``."""
    ways = list(ways_in(container.attachments, topology.networks, lambda network: driver_of(network).publishes))
    found: dict[tuple[str, str, str], None] = {}
    known = []
    for port in container.ports:
        for family, network in ways:
            for host_ip in host_addresses(port, network, family):
                where = "" if host_ip is None else f"[{host_ip}]:" if host_ip.version == 6 else f"{host_ip}:"
                if port.published is None:
                    found[where, _chosen(port), f"{port.container_port}/{port.protocol}"] = None
                else:
                    known.append(((where, port.protocol), port.published, port.container_port))
    for each in ranges(dict.fromkeys(known)):
        where, protocol = each.key
        yield f"{where}{each.host_ports} → {each.container_ports}/{protocol}"
    for where, chosen, target in found:
        yield f"{where}{chosen} → {target}"


def _chosen(port: PublishedPort) -> str:
    return "any" if port.choices is None else "one of {}-{}".format(*port.choices)
