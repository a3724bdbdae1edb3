# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tables of nft as data and as text, and what the makers of both tables share. Pure."""

from __future__ import annotations

from typing import Dict, Iterable, List, Optional, Tuple

from ..._kernel.data import NamedTuple
from ..._kernel.names import USER_CHAIN
from ..link_local import link_local
from .model import Endpoint, Ruleset

#: A chain for each network across hosts that is routed and not encrypted: what comes from its other hosts.
FROM_PEERS = "from-"
#: Where there are networks across hosts, chains for each network: what stays on it, and goes to its bridge or away to
#: its other hosts.
HOME, AWAY = "home-", "away-"


class NamedSet(NamedTuple):
    """A set or a map, and its elements as nft writes them."""

    name: str
    type: str  # of "type", never "typeof": how nft keeps that beside a set, and reads it back, differs by its version
    elements: Tuple[str, ...] = ()
    map: bool = False
    interval: bool = False


class Chain(NamedTuple):
    name: str
    rules: Tuple[str, ...] = ()
    hook: Optional[str] = None  # "type filter hook forward priority filter"; None: not a base chain


class Table(NamedTuple):
    family: str
    name: str
    sets: Tuple[NamedSet, ...]
    chains: Tuple[Chain, ...]


def is_users(chain: Chain) -> bool:
    """Whether it is one for rules of the user's own, of which none are declared."""
    return chain.name.startswith(USER_CHAIN) and not chain.rules and not chain.hook


def table_text(table: Table) -> str:
    blocks = [_set_lines(item) for item in table.sets] + [_chain_lines(chain) for chain in table.chains]
    body = "\n\n".join("\n".join("\t" + line for line in lines) for lines in blocks)
    return "table {0} {1} {{\n{2}\n}}\n".format(table.family, table.name, body)


def _set_lines(item: NamedSet) -> List[str]:
    lines = ["{0} {1} {{".format("map" if item.map else "set", item.name)]
    lines.append("\ttype {0}".format(item.type))
    if item.interval:
        lines.append("\tflags interval")
    if item.elements:
        lines.append("\telements = {")
        lines.extend("\t\t{0},".format(element) for element in item.elements)
        lines.append("\t}")
    return lines + ["}"]


def _chain_lines(chain: Chain) -> List[str]:
    head = ["\t" + base_line(chain)] if chain.hook else []
    return ["chain {0} {{".format(chain.name)] + head + ["\t" + rule for rule in chain.rules] + ["}"]


def base_line(chain: Chain) -> str:
    return "{0}; policy accept;".format(chain.hook)


# --- shared by both tables ----------------------------------------------------------------------------------------


def guests_of(ruleset: Ruleset) -> Tuple[str, ...]:
    """Our ports on bridges of somebody else's."""
    adopted = {network.bridge for network in ruleset.networks if network.external}
    return unique(endpoint.host_ifname for endpoint in ruleset.endpoints if endpoint.bridge in adopted)


def links_of(ruleset: Ruleset, family: int) -> Tuple[str, ...]:
    return unique(
        "{0} . {1} . {2} . {3}".format(link.source, link.target, link.protocol, link.port)
        for link in ruleset.links
        if family_of(link.source) == family
    )


#: Port and MAC, for behind a port to other hosts there are many → the fe80 address that a kernel makes of that MAC.
LinkLocals = Dict[Tuple[str, str], str]


def link_locals_of(endpoints: Iterable[Endpoint]) -> LinkLocals:
    """Of those that speak IPv6."""
    return {
        (endpoint.host_ifname, endpoint.mac): link_local(endpoint.mac)
        for endpoint in endpoints
        if any(family_of(address) == 6 for address in endpoint.addresses)
    }


def addresses_of(endpoint: Endpoint, family: int, link_locals: LinkLocals) -> Tuple[str, ...]:
    own = [address for address in endpoint.addresses if family_of(address) == family]
    if family == 6 and (endpoint.host_ifname, endpoint.mac) in link_locals:
        own.append(link_locals[endpoint.host_ifname, endpoint.mac])
    return unique(own)


def family_of(address: str) -> int:
    return 6 if ":" in address else 4


def address_type(family: int) -> str:
    return "ipv4_addr" if family == 4 else "ipv6_addr"


def quoted(names: Iterable[str]) -> Tuple[str, ...]:
    return tuple('"{0}"'.format(name) for name in names)


def unique(items: Iterable[str]) -> Tuple[str, ...]:
    return tuple(dict.fromkeys(items))
