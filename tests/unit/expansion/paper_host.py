# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A host on paper: from words to what is desired, and what a kernel would show once that is made. No kernel, no file.

Only what the stable doors of the rooms take and give is used: parse_declaration, allocate, expand, plan, recognise.
"""

from __future__ import annotations

import dataclasses
import itertools
from typing import Any, Dict, Iterable, List, Mapping, Optional, Tuple

from ansible_collections.linuxnet.fabric.plugins.module_utils._declaration.topology import Topology
from ansible_collections.linuxnet.fabric.plugins.module_utils._engine.desired import Desired
from ansible_collections.linuxnet.fabric.plugins.module_utils._engine.plan import plan
from ansible_collections.linuxnet.fabric.plugins.module_utils._engine.report import lines
from ansible_collections.linuxnet.fabric.plugins.module_utils._expansion.addressing import HostDefaults
from ansible_collections.linuxnet.fabric.plugins.module_utils._expansion.drivers.registry import parse_declaration
from ansible_collections.linuxnet.fabric.plugins.module_utils._expansion.expand import claim_of, expand
from ansible_collections.linuxnet.fabric.plugins.module_utils._expansion.lease_requests import lease_requests
from ansible_collections.linuxnet.fabric.plugins.module_utils._expansion.recognise import (
    recognise_containers,
    recognise_networks,
)
from ansible_collections.linuxnet.fabric.plugins.module_utils._expansion.seen import Seen
from ansible_collections.linuxnet.fabric.plugins.module_utils._ipam.allocate import allocate
from ansible_collections.linuxnet.fabric.plugins.module_utils._ipam.requests import Allocation, HostFacts
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel import names
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.marks import HandleMark
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.observe import Observed
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.rtnl.read import (
    PORT_FLAGS,
    Link,
    RouteEntry,
)
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.visits import NamespaceState
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources import connected
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.file_states import FileState
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.forwarding import (
    DROP,
    MANAGE,
    ForwardingRecord,
    decide,
)
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.ruleset.text import layout
from tests.unit.ipam.memory_store import MemoryStore

_OWN_NAMESPACE = 1  # the inode of the host's own
_LINK_FIELDS = frozenset(Link._fields)
Files = Mapping[str, FileState]


@dataclasses.dataclass(frozen=True)
class Paper:
    """A declaration all the way down: what was parsed, what was leased, and what is to be."""

    topology: Topology
    allocation: Allocation
    desired: Desired


def on_paper(words: Mapping[str, Any], host: Mapping[str, Any], store: MemoryStore) -> Paper:
    """``words`` as in an inventory; ``host``: fields of HostFacts and HostDefaults that are not as usual."""
    topology = parse_declaration(
        words.get("topology_name", "default"),
        words.get("topology_networks"),
        words.get("topology_containers"),
        words.get("topology_default_address_pools"),
        words.get("topology_port_range"),
    )
    store.begin()
    allocation = allocate(store, lease_requests(topology), _of(HostFacts, host), lambda *_port: None)
    store.commit()
    desired = expand(topology, allocation, _of(HostDefaults, host))
    claim, advertised = claim_of(topology, desired, DROP), tuple(host.get("advertised_interfaces", ()))
    forwarding = decide(ForwardingRecord(), topology.name, claim, MANAGE, lambda _key: "0", advertised)
    return Paper(topology, allocation, dataclasses.replace(desired, sysctls=forwarding.settings))


def _of(kind: Any, words: Mapping[str, Any]) -> Any:
    """Those of the words that are fields of this dataclass."""
    fields = {field.name for field in dataclasses.fields(kind)}
    return kind(**{name: _frozen(value) for name, value in words.items() if name in fields})


def _frozen(value: Any) -> Any:
    return tuple(map(_frozen, value)) if isinstance(value, list) else value


def actions(desired: Desired, observed: Observed, files: Files) -> List[str]:
    """What a check would say, but for the packet rules, which only nft can compare."""
    at = {file.path: FileState() for file in desired.files}
    return list(lines(plan(desired, observed, None, {**at, **files})))


def empty(desired: Desired) -> Tuple[Observed, Files]:
    """A host on which nothing of it is made, and every setting is off."""
    sysctls = {setting.key: "0" for setting in desired.sysctls}
    return Observed({}, {}, {}, sysctls, {}, {}, {}, _OWN_NAMESPACE), {}


def made(desired: Desired, asked: Optional[Desired] = None) -> Tuple[Observed, Files]:
    """What the kernel shows where all of it is made. ``asked``: whose settings are read; off unless they are made."""
    index = itertools.count(2)
    host: Dict[str, Link] = {}
    addresses: Dict[int, List[str]] = {}
    read = {name: dict.fromkeys(keys, "0") for name, keys in (asked or desired).namespace_sysctls().items()}
    inside: Dict[str, NamespaceState] = {
        space.name: NamespaceState(
            sysctls={**read.get(space.name, {}), **dict(space.sysctls)},
            routes=tuple(_route(route, 0) for route in space.routes or ()),
        )
        for space in desired.namespaces
        if space.attach is None
    }
    sysctls = dict.fromkeys((asked or desired).host_sysctls(), "0")
    sysctls.update((setting.key, setting.value) for setting in desired.sysctls)
    pairs: Dict[int, Tuple[str, Link]] = {}
    for link in desired.links_of_host():
        more = {"kind": link.kind, "altnames": (names.altname(link.alias),)}
        if link.kind == "bridge":
            more["fdb_others"] = ("{0} local".format(link.mac),)
        host[link.ifname] = _link(link, next(index), link.ifname, **more)
        addresses[host[link.ifname].index] = list(link.addresses)
        sysctls.update(link.sysctls)
    for link in desired.links_inside():
        outer, inner = next(index), next(index)
        state = inside[str(link.netns)]
        flags = {flag: usual for flag, (_kind, usual) in PORT_FLAGS.items()}
        there = _link(link, inner, link.ifname, kind=link.kind, peer=outer, **flags)
        inside[str(link.netns)] = NamespaceState(
            {**state.links, link.ifname: there},
            {**state.addresses, inner: list(link.addresses)},
            (*state.routes, *(_route(route, inner) for route in link.routes), *_connected(link.addresses, inner)),
            {**state.sysctls, **dict(link.sysctls)},
        )
        if link.host_ifname is not None:
            master = host[str(link.stands_on[0])].index if link.stands_on else 0
            host[link.host_ifname] = _link(
                link,
                outer,
                link.host_ifname,
                kind=link.kind,
                mac="",
                peer=inner,
                master=master,
                ipv6_link_local=False,
                fdb=getattr(link, "fdb", ()),
            )
            addresses[outer] = list(getattr(link, "host_addresses", ()))
            pairs[outer] = (str(link.netns), there)
    handles, marks = _handles(desired)
    by_index = {link.index: link for link in host.values()}
    routes = tuple(route for index, cidrs in addresses.items() for route in _connected(cidrs, index))
    observed = Observed(host, by_index, addresses, sysctls, handles, marks, inside, _OWN_NAMESPACE, pairs, routes)
    return observed, {file.path: FileState(file.content, file.target) for file in desired.files}


def _link(declared: Any, index: int, ifname: str, **more: Any) -> Link:
    """What a link says of itself under the names that it is declared with."""
    told = {field.name: getattr(declared, field.name) for field in dataclasses.fields(declared)}
    common = {name: value for name, value in told.items() if name in _LINK_FIELDS and name != "master"}
    return Link(**{**common, "up": True, **more, "index": index, "ifname": ifname})


def _route(route: Any, oif: int) -> RouteEntry:
    return RouteEntry(oif=oif, **route.words())


def _connected(addresses: Iterable[str], index: int) -> Tuple[RouteEntry, ...]:
    return tuple(route for cidr in addresses for route in connected.of_address(cidr, index))


def _handles(desired: Desired) -> Tuple[Dict[str, int], Dict[str, HandleMark]]:
    inodes: Dict[str, int] = {}
    for number, space in enumerate(desired.namespaces):
        attach = space.attach
        if attach is None:
            inodes[space.name] = 1000 + number
        else:
            inodes[space.name] = _OWN_NAMESPACE if attach == "host" else inodes[attach.split(":", 1)[1]]
    marks = {space.name: HandleMark(space.topology, inodes[space.name], space.attach) for space in desired.namespaces}
    return inodes, marks


def recognised(paper: Paper) -> Dict[str, Any]:
    """The words that topology_info tells of the host where all of it is made."""
    observed, files = made(paper.desired)
    rules = paper.desired.ruleset
    tables = layout(rules) if rules is not None else ()
    elements = {each.name: each.elements for table in tables if table.family == "inet" for each in table.sets}
    content = {path: state.content or "" for path, state in files.items()}
    own = [space.name for space in paper.desired.namespaces]
    at = names.NETNS_ETC_DIRECTORY + "/{0}/{1}"
    seen = Seen(
        topology=paper.topology.name,
        observed=observed,
        elements=elements,
        publications=rules.publications if rules is not None else (),
        hosts={name: content.get(at.format(name, "hosts"), "") for name in own},
        hostnames={name: content.get(at.format(name, "hostname"), "").strip() or name for name in own},
    )
    return {"topology_networks": recognise_networks(seen), "topology_containers": recognise_containers(seen)}
