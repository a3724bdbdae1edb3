# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The hosts of a fleet: what the inventory declares for each, and what each says of itself. Pure."""

from __future__ import annotations

import hashlib
from dataclasses import field
from ipaddress import IPv6Address, ip_network
from typing import Any, FrozenSet, Iterator, List, Mapping, Optional, Tuple

from .._declaration.fleet_words import FleetWords
from .._declaration.overlay_words import ROUTED, VNI_MAX
from .._declaration.topology import OVERLAY, Address, Attachment, Container, Network, Pool, Subnet, Topology
from .._ipam.fleet_store import Mark
from .._ipam.store import Row
from .._kernel.data import NamedTuple, dataclass
from .._kernel.errors import FabricError
from .._kernel.x509 import Certificate
from .._kernel.x509 import read as read_certificate
from .exchange import HostPlan, check_version
from .handing import Carried


@dataclass(frozen=True)
class Member:
    """A host, as the inventory declares it."""

    host: str  # inventory name
    topology: Topology
    words: FleetWords = FleetWords()

    def overlays(self) -> Iterator[Network]:
        """The overlay networks that a container of it is on."""
        used = {place.network for container in self.topology.containers.values() for place in container.attachments}
        for network in self.topology.networks.values():
            if network.driver == OVERLAY and network.name in used:
                yield network

    def places(self, network: str) -> Iterator[Tuple[Container, Attachment]]:
        for container in self.topology.containers.values():
            for place in container.attachments:
                if place.network == network:
                    yield container, place


def written(place: Attachment, family: int) -> Optional[Address]:
    """The address that a container is given by hand."""
    return place.ipv4_address if family == 4 else place.ipv6_address


@dataclass(frozen=True)
class StoreSeen:
    """What a host saw of the store of the fleet's leases in this run, or ``trouble``: why it saw nothing."""

    trouble: str = ""
    store_id: str = ""
    revision: int = 0
    rows: Tuple[Row, ...] = ()
    known: Optional[Mark] = None  # what the host knew of it before
    restored: bool = False  # and since then an older one was found in its place


class Offered(NamedTuple):
    """A further end of a host's tunnel. ``ready``: it takes packets by it. ``heard``: the keys of the ends of others
    that agreed with it on a session. ``common_name``: in its certificate, as ``Identity``."""

    turn: int
    public_key: str
    ports: Tuple[int, ...]
    ready: bool
    heard: FrozenSet[str] = frozenset()
    common_name: str = ""


@dataclass(frozen=True)
class Identity:
    """A host, as it says itself in this run."""

    host_id: str
    underlay_address: str
    underlay_mtu: int
    clashes: Tuple[Tuple[str, str, str], ...] = ()  # (subnet asked about, route of the host in it, its interface)
    vxlans: Tuple[Tuple[str, int, int, str], ...] = ()  # (interface, identifier, port, NAME/NETWORK of ours or "")
    kept: Optional[HostPlan] = None  # what it was told last
    public_key: str = ""  # of its tunnel; empty: it was not asked, for none of its networks is encrypted
    common_name: str = ""  # in its certificate, of which ``public_key`` is the fingerprint then
    ports: Tuple[int, ...] = ()  # UDP, that its tunnel may have, in the order of the search
    turn: int = 0  # how many keys that tunnel had before
    further: Tuple[Offered, ...] = ()  # while keys change
    store: Optional[StoreSeen] = None  # None: there is none but the hosts' own memory


def identity(host: str, data: Mapping[str, Any], carried: Carried) -> Identity:
    """From what the module ``fleet_member`` answers; raises OtherVersion. ``carried``: reads those of all hosts."""
    check_version(data, "the host {0}".format(host))
    public_key, common_name = _known_by(host, data)
    return Identity(
        host_id=data["host_id"],
        underlay_address=data["underlay_address"],
        underlay_mtu=int(data["underlay_mtu"]),
        clashes=tuple((subnet, route, ifname) for subnet, route, ifname in data["clashes"]),
        vxlans=tuple((ifname, int(vni), int(port), owner) for ifname, vni, port, owner in data["vxlans"]),
        kept=carried.plan(data["kept"]),
        public_key=public_key,
        common_name=common_name,
        ports=tuple(map(int, data.get("ports", ()))),
        turn=int(data.get("turn", 0)),
        further=tuple(_offered(host, each) for each in data.get("further", ())),
        store=_store_seen(data["store"]) if data.get("store") else None,
    )


def _known_by(host: str, data: Mapping[str, Any]) -> Tuple[str, str]:
    """Of one end of its tunnel: the key, and the name in the certificate where there is one."""
    if not data.get("certificate"):
        return data.get("public_key", ""), ""
    certificate = _certificate(host, data["certificate"])
    return certificate.fingerprint, certificate.common_name


def _certificate(host: str, text: str) -> Certificate:
    try:
        return read_certificate(text)
    except ValueError as error:
        raise FabricError("the certificate of the host {0} cannot be read ({1})".format(host, error)) from error


def _offered(host: str, data: Mapping[str, Any]) -> Offered:
    ports, heard = tuple(map(int, data["ports"])), frozenset(data["heard"])
    public_key, common_name = _known_by(host, data)
    return Offered(int(data["turn"]), public_key, ports, bool(data["ready"]), heard, common_name)


def _store_seen(data: Mapping[str, Any]) -> StoreSeen:
    rows = tuple(dict(row) for row in data.get("rows") or ())
    words = data.get("known") or {}
    known = Mark(words["store_id"], int(words["revision"])) if words else None
    now = data.get("store_id") or "", int(data.get("revision") or 0)
    return StoreSeen(data.get("trouble") or "", *now, rows, known, bool(words.get("restored")))


def latest(identities: Mapping[str, Identity]) -> StoreSeen:
    """What was seen last of the store; nothing where nobody saw any of it."""
    seen = [each.store for each in identities.values() if each.store is not None and not each.store.trouble]
    return max(seen, key=lambda each: each.revision, default=StoreSeen())


@dataclass
class Group:
    """One network: the same topology_name, the same network name, on every host that has a container on it."""

    topology: str
    network: str
    members: List[Member] = field(default_factory=list)

    def of(self, member: Member) -> Network:
        """The network as a host declares it."""
        return member.topology.networks[self.network]

    @property
    def path(self) -> str:
        return "topology_networks." + self.network

    @property
    def vni(self) -> int:
        declared = self.of(self.members[0]).options.vni
        return declared if declared is not None else default_vni(self.topology, self.network)

    @property
    def has_vxlan(self) -> bool:
        """Routed by a tunnel that encrypts, it needs none."""
        options = self.of(self.members[0]).options
        return options.mode != ROUTED or not options.encrypted

    def subnet(self, pool: Pool) -> Subnet:
        """An IPv6 one that nobody wrote is made of the names, so that all hosts have the same."""
        return pool.subnet if pool.subnet is not None else unique_local_subnet(self.topology, self.network)


def groups(members: List[Member]) -> List[Group]:
    found: "dict[Tuple[str, str], Group]" = {}
    for member in members:
        for network in member.overlays():
            key = (member.topology.name, network.name)
            found.setdefault(key, Group(*key)).members.append(member)
    return list(found.values())


def default_vni(topology: str, network: str) -> int:
    """24 bits of the names (RFC 7348, section 5); 0 is nobody's."""
    return int(_hash(topology, network)[:6], 16) % VNI_MAX + 1


def unique_local_subnet(topology: str, network: str) -> Subnet:
    """A /64 of fd00::/8 (RFC 4193)."""
    bits = bytes.fromhex(_hash("subnet", topology, network)[:10])
    return ip_network("{0}/64".format(IPv6Address(b"\xfd" + bits + bytes(10))))


def _hash(*words: str) -> str:
    return hashlib.sha256("\0".join(words).encode("utf-8")).hexdigest()
