# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a diagram shows: hosts, their networks, containers, ports and links, and the tunnels between hosts. Pure data.

Made of words of a declaration, whether an inventory declares them or a host was read (``topology_info``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Optional

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
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel import names
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.errors import DeclarationError
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.ranges import ranges

#: Of what a host said that gave no answer, in letters.
LONGEST = 110
#: Whose namespace a container with ``network_mode: host`` shares.
HOST = ""


@dataclass(frozen=True)
class Net:
    """``ifname``: its bridge, or its parent on the LAN. ``notes``: what else is worth a word, such as internal."""

    name: str
    ifname: str
    subnets: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def told(self) -> tuple[str, ...]:
        """What stands under its name."""
        return tuple(text for text in (self.ifname, *self.subnets, ", ".join(self.notes)) if text)


@dataclass(frozen=True)
class Place:
    """A container's interface on a network. An address that is chosen later is not among ``addresses``."""

    network: str
    ifname: str
    addresses: tuple[str, ...]

    @property
    def told(self) -> str:
        return "  ".join([self.ifname, *self.addresses])


@dataclass(frozen=True)
class LinkTo:
    """``host``: where the other container is, if it is not on the same host."""

    container: str
    alias: str
    host: Optional[str] = None

    @property
    def told(self) -> str:
        alias = f" as {self.alias}" if self.alias != self.container else ""
        return f"link → {self.container}{alias}" + (f" on {self.host}" if self.host is not None else "")


@dataclass(frozen=True)
class Guest:
    """A container. ``shares``: the container whose namespace it is in, or HOST. ``ports``: each a line such as
    ``8080 → 80/tcp``."""

    name: str
    shares: Optional[str] = None
    places: tuple[Place, ...] = ()
    ports: tuple[str, ...] = ()
    links: tuple[LinkTo, ...] = ()


@dataclass(frozen=True)
class Hosted:
    """One topology on one host. ``message``: why nothing is known of it."""

    host: str
    topology: str
    networks: tuple[Net, ...] = ()
    guests: tuple[Guest, ...] = ()
    message: str = ""

    @property
    def title(self) -> str:
        return f"{self.host} ({self.topology})" if self.topology else self.host


@dataclass(frozen=True)
class Tunnel:
    """An overlay network that several hosts share. ``ends``: which of the picture's ``hosted``, in order."""

    network: str
    topology: str
    ends: tuple[int, ...]

    @property
    def told(self) -> str:
        return f"overlay {self.network} ({self.topology})"


@dataclass(frozen=True)
class Picture:
    hosted: tuple[Hosted, ...]
    tunnels: tuple[Tunnel, ...]

    @property
    def title(self) -> str:
        return "Container networks of " + (", ".join(each.title for each in self.hosted) or "no host")


def picture_of(projects: Iterable[Mapping[str, Any]]) -> Picture:
    """``projects``: ``{host, name, networks, containers}`` each, in words of a declaration. Also taken: ``state``, for
    what is absent is not drawn; ``fleet``, the hosts among whom overlays are shared (all); ``topologies``, from a name
    to networks and containers, in place of one name; ``message``, of a host that gave no answer.

    Raises DeclarationError with the host before each thing that is wrong. What declares nothing is not drawn.
    """
    asked = [each for each in _each_topology(projects) if each.get("state") != "absent"]
    made = [(words, member) for words, member in zip(asked, _members(asked)) if _worth_drawing(member)]
    drawn, members = [words for words, _member in made], [member for _words, member in made]
    shared = list(_shared(drawn, members))
    hosted = tuple(
        Hosted(str(words.get("host")), "", message=_short(str(words["message"])))
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


def _short(message: str) -> str:
    words = " ".join(message.split())
    return words if len(words) <= LONGEST else words[: LONGEST - 1] + "…"


def _each_topology(projects: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    for words in projects:
        if "topologies" in words:
            yield from ({"host": words.get("host"), "name": name, **each} for name, each in words["topologies"].items())
        else:
            yield words


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
    host, name = str(words.get("host") or "host"), str(words.get("name") or "default")
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
    fleets = {member.host: words.get("fleet") for words, member in zip(drawn, members) if member is not None}

    def together(one: Member, other: Member) -> bool:
        return all(fleets[a.host] is None or b.host in fleets[a.host] for a, b in ((one, other), (other, one)))

    for group in groups([member for member in members if member is not None]):
        left = group.members
        while left:
            mine = [member for member in left if member is left[0] or together(left[0], member)]
            left = [member for member in left if member not in mine]
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


def roots(hosted: Hosted) -> dict[str, str]:
    """Container → whose namespace it is in: its own name, another's, or HOST."""
    shares = {guest.name: guest.shares for guest in hosted.guests}

    def root(name: str) -> str:
        target = shares.get(name)
        return name if target is None else HOST if target == HOST else root(target)

    return {name: root(name) for name in shares}


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
