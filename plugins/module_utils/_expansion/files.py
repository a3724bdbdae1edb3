# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A topology → the files under /etc/netns: hosts, resolv.conf, hostname.

Containers with the same neighbours have the same hosts file, so it is written once and linked to: with a
thousand containers on a network a new one is one write, not a thousand.
"""

from __future__ import annotations

import functools
import hashlib
from typing import Dict, Iterator, List, Mapping, Sequence, Tuple

from .._declaration.topology import Container, Link, Network, Topology, families, namespace_owner
from .._ipam.requests import Allocation
from .._kernel.names import NETNS_ETC_DIRECTORY
from .._resources.file_states import mark_line, shared_directory
from .._resources.files import TextFile
from .addressing import default_attachment, unique
from .drivers.registry import driver_of

_IPV6_NAMES = "::1\tlocalhost ip6-localhost ip6-loopback\n"


def expand_files(
    topology: Topology, allocation: Allocation, resolv_conf: Sequence[str], name_server: bool = False
) -> Tuple[TextFile, ...]:
    """``name_server``: the host has one for its containers."""
    return tuple(_Files(topology, allocation, resolv_conf, name_server).every())


class _Files:
    """The files of one topology; what several containers share is made once."""

    def __init__(
        self, topology: Topology, allocation: Allocation, resolv_conf: Sequence[str], name_server: bool
    ) -> None:
        self.topology, self.allocation, self.resolv_conf = topology, allocation, resolv_conf
        self.name_server = name_server
        self._blocks: Dict[str, str] = {}
        self._names: Dict[str, Dict[str, List[str]]] = {}

    def every(self) -> Iterator[TextFile]:
        shared: Dict[str, str] = {}
        for container in self.topology.containers.values():
            owner = self.topology.containers[namespace_owner(self.topology, container.name)]
            if owner.mode == "host":
                continue
            directory = "{0}/{1}/".format(NETNS_ETC_DIRECTORY, container.name)
            name = "hosts-" + self._hosts_key(owner)
            if name not in shared:
                shared[name] = self._hosts(owner)
                yield TextFile("{0}/{1}".format(shared_directory(self.topology.name), name), shared[name])
            target = "../.linuxnet-fabric-{0}/{1}".format(self.topology.name, name)
            yield TextFile(directory + "hosts", target=target)
            yield TextFile(directory + "resolv.conf", self._resolv_conf(owner))
            yield TextFile(directory + "hostname", (owner.hostname or owner.name) + "\n")

    def _hosts_key(self, container: Container) -> str:
        """What decides a hosts file besides the neighbours, which come and go: it names the file."""
        links = tuple(self._links_to_tell(container))
        key = (
            sorted(attachment.network for attachment in container.attachments),
            container.extra_hosts,
            links,
            container.name if not container.attachments or links or container.extra_hosts else "",
        )
        return _digest(repr(key))

    def _hosts(self, container: Container) -> str:
        networks = [self.topology.networks[each.network] for each in container.attachments]
        text = mark_line(self.topology.name)
        own = "" if networks else " " + (container.hostname or container.name)
        text += "127.0.0.1\tlocalhost{0}\n".format(own)
        if any(6 in families(network) for network in networks):
            text += _IPV6_NAMES
        for name, address in container.extra_hosts:
            for real in (
                host_gateway(self.topology, container, self.allocation) if address == "host-gateway" else (address,)
            ):
                text += "{0}\t{1}\n".format(real, name)
        for link in self._links_to_tell(container):
            text += self._link_lines(container, link.container, link.alias)
        for network in sorted(networks, key=lambda each: each.name):
            text += self._block(network)
        return text

    def _links_to_tell(self, container: Container) -> Iterator[Link]:
        """Those that say more than the lines of the neighbours do. Such a container has a file of its own, of all its
        neighbours: of many such ones on one network the files grow with their number squared."""
        own = [each.network for each in container.attachments]
        for link in container.links:
            target = self.topology.containers.get(link.container)
            shared = [each.network for each in target.attachments if each.network in own] if target else []
            callers = [who for name in own for who in self._called(name).get(link.alias, ())]
            if len(shared) != 1 or callers != [link.container]:
                yield link

    def _called(self, network: str) -> Mapping[str, List[str]]:
        """What somebody on a network is called there → the containers that are."""
        if network not in self._names:
            found = self._names[network] = {}
            for container in self.topology.members[network]:
                for word in unique(names_on(self.topology.networks[network], container)):
                    found.setdefault(word, []).append(container.name)
        return self._names[network]

    def _block(self, network: Network) -> str:
        """Every container on a network, with its aliases there; by name, so that no reordering is a change."""
        if network.name not in self._blocks:
            members = sorted(self.topology.members[network.name], key=lambda each: each.name)
            lines = [line for member in members for line in self._lines(network, member)]
            lines.extend(self._lines_of_others(network, members))
            self._blocks[network.name] = "".join(lines)
        return self._blocks[network.name]

    def _lines_of_others(self, network: Network, members: List[Container]) -> Iterator[str]:
        """The containers of other hosts. A name is the own host's container's first; one of several hosts is all of
        theirs."""
        own = {word for member in members for word in names_on(network, member)}
        others = sorted(driver_of(network).elsewhere(network), key=lambda each: (each.name, each.host))
        for other in others:
            words = [word for word in unique(list(other.names)) if word not in own]
            for address in other.container.addresses if words else ():
                yield "{0}\t{1}\n".format(address, " ".join(words))

    def _lines(self, network: Network, container: Container) -> Iterator[str]:
        words = names_on(network, container)
        for family in families(network):
            address = self.allocation.addresses[(network.name, container.name, family)]
            yield "{0}\t{1}\n".format(address, " ".join(unique(words)))

    def _link_lines(self, container: Container, target: str, alias: str) -> str:
        own = {attachment.network for attachment in container.attachments}
        text = ""
        if target not in self.topology.containers:
            for name in sorted(own):
                network = self.topology.networks[name]
                for other in driver_of(network).elsewhere(network):
                    if other.name == target:
                        text += "".join("{0}\t{1}\n".format(each, alias) for each in other.container.addresses)
            return text
        for attachment in self.topology.containers[target].attachments:
            network = self.topology.networks[attachment.network]
            if network.name in own:
                for family in families(network):
                    address = self.allocation.addresses[(network.name, target, family)]
                    text += "{0}\t{1}\n".format(address, alias)
        return text

    def _resolv_conf(self, container: Container) -> str:
        words = _host_words(tuple(self.resolv_conf))
        servers = list(host_gateway(self.topology, container, self.allocation)) if self.name_server else []
        if not servers or container.dns:  # who says where foreign names are asked is told so by ours
            servers += name_servers(self.topology, container, self.resolv_conf)
        search = list(container.dns_search) or words["search"]
        options = list(container.dns_opt) or words["options"]
        text = mark_line(self.topology.name)
        text += "".join("nameserver {0}\n".format(server) for server in servers)
        if search and search != ["."]:
            text += "search {0}\n".format(" ".join(search))
        if options:
            text += "options {0}\n".format(" ".join(options))
        return text


@functools.lru_cache(maxsize=1024)  # most containers have the file of their neighbours
def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:10]


def names_on(network: Network, container: Container) -> List[str]:
    """What a container is called on one of its networks."""
    aliases = [each.aliases for each in container.attachments if each.network == network.name][0]
    return [container.name, *([container.hostname] if container.hostname else []), *aliases]


def host_gateway(topology: Topology, container: Container, allocation: Allocation) -> Tuple[str, ...]:
    """The host as the container reaches it, over its default networks: of a bridge, by its gateway's address."""
    found = []
    for family in (4, 6):
        attachment = default_attachment(container, topology, allocation, family)
        if attachment is not None:
            network = topology.networks[attachment.network]
            address = driver_of(network).host_address(network, family, allocation)
            found.extend([address] if address else [])
    return tuple(found) or _gateways_inside(topology, container, allocation)


def _gateways_inside(topology: Topology, container: Container, allocation: Allocation) -> Tuple[str, ...]:
    """Of one that only internal networks are left to: their gateway is the host, and lets it in."""
    networks = [topology.networks[each.network] for each in container.attachments]
    ways = ((network, family) for network in networks for family in families(network))
    found = [driver_of(network).host_address(network, family, allocation) for network, family in ways]
    by_family = {6 if ":" in address else 4: address for address in reversed(found) if address}
    return tuple(address for _family, address in sorted(by_family.items()))


@functools.lru_cache(maxsize=4)
def _host_words(lines: Tuple[str, ...]) -> Mapping[str, Sequence[str]]:
    """The host's resolv.conf, by keyword. The last search line counts, as in resolv.conf(5)."""
    words: Dict[str, List[str]] = {"nameserver": [], "search": [], "options": []}
    for line in lines:
        keyword, _blank, rest = line.partition(" ")
        if keyword in ("search", "domain"):
            words["search"] = rest.split()
        elif keyword in words:
            words[keyword].extend(rest.split())
    return words


def host_servers(resolv_conf: Sequence[str]) -> Sequence[str]:
    """The host's own name servers."""
    return _host_words(tuple(resolv_conf))["nameserver"]


def name_servers(topology: Topology, container: Container, resolv_conf: Sequence[str]) -> List[str]:
    """Those that are written, or else the host's that mean the same in the container: none of the host's own loopback,
    none on one of its links (a zone), none of a family that the container does not have."""
    if container.dns:
        return [str(address) for address in container.dns]
    own = {family for each in container.attachments for family in families(topology.networks[each.network])}
    servers = host_servers(resolv_conf)
    elsewhere = [
        server for server in servers if not server.startswith("127.") and server != "::1" and "%" not in server
    ]
    return [server for server in elsewhere if not own or (6 if ":" in server else 4) in own]
