# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The words of a bridge network, besides those that every network has."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Address, IPv6Address
from typing import Any, Dict, List, Optional, Tuple

from .._kernel.names import bridge_ifname
from .driver import NetworkWords
from .names_rules import interface_name
from .networks import GATEWAY_MODES
from .topology import DEFAULT_BRIDGE, DEFAULT_NETWORK, Address, Network
from .words import Problems, address, items, one_of

BRIDGE_WORDS = tuple(
    (
        "internal external bridge icc masquerade gateway_mode host_binding snat_to trusted_host_interfaces isolate"
        " anti_spoofing"
    ).split()
)
BRIDGE_SPELLINGS = {
    "com.docker.network.bridge.name": ("bridge", ""),
    "com.docker.network.bridge.enable_icc": ("icc", ""),
    "com.docker.network.bridge.enable_ip_masquerade": ("masquerade", ""),
    "com.docker.network.bridge.gateway_mode_ipv4": ("gateway_mode", "ipv4"),
    "com.docker.network.bridge.gateway_mode_ipv6": ("gateway_mode", "ipv6"),
    "com.docker.network.bridge.host_binding_ipv4": ("host_binding", "ipv4"),
    "com.docker.network.bridge.host_binding_ipv6": ("host_binding", "ipv6"),
    "com.docker.network.bridge.trusted_host_interfaces": ("trusted_host_interfaces", ""),
    "com.docker.network.host_ipv4": ("snat_to", "ipv4"),
    "com.docker.network.host_ipv6": ("snat_to", "ipv6"),
    "com.docker.network.internal": ("internal", ""),
}


def default_bridge(name: str) -> str:
    return DEFAULT_BRIDGE if name == DEFAULT_NETWORK else bridge_ifname(name)


def parse_bridge(network: Network, words: NetworkWords, problems: Problems) -> Network:
    internal, external = words.truth("internal", False, problems), words.truth("external", False, problems)
    bridge = default_bridge(network.name)
    # Compose's name of an external network is the bridge that is there; elsewhere it is the name of Docker's object.
    for word in ("bridge", "name") if external else ("bridge",):
        if words.get(word) is not None:
            bridge = interface_name(words.get(word), words.at(word), problems) or bridge
            break
    modes = _gateway_modes(words, internal, problems)
    snat = _snat(words, problems)
    return replace(
        network,
        bridge=bridge,
        internal=internal,
        external=external,
        icc=words.truth("icc", True, problems),
        masquerade=words.truth("masquerade", True, problems),
        gateway_mode_ipv4=modes[0],
        gateway_mode_ipv6=modes[1],
        host_binding=_host_binding(words, problems),
        snat_to_ipv4=snat[0],
        snat_to_ipv6=snat[1],
        trusted_host_interfaces=_interfaces(
            words.get("trusted_host_interfaces"), words.at("trusted_host_interfaces"), problems
        ),
        isolate=words.truth("isolate", True, problems),
        anti_spoofing=words.truth("anti_spoofing", True, problems),
    )


def _gateway_modes(words: NetworkWords, internal: bool, problems: Problems) -> Tuple[str, str]:
    values = words.families["gateway_mode"]
    words.only_families("gateway_mode", problems)
    modes = []
    for family in ("ipv4", "ipv6"):
        before = len(problems)
        where = words.at_family("gateway_mode", family)
        given = values.get(family, values.get(""))
        mode = one_of(given, GATEWAY_MODES, "nat", where, problems)
        if mode == "isolated" and not internal:
            problems.note(where, '"isolated": only an internal network can do without a gateway; set internal to true')
        if "" in values and family not in values and len(problems) > before:
            return mode, mode  # one word for both families: say it once
        modes.append(mode)
    return modes[0], modes[1]


def _sorted_addresses(words: NetworkWords, word: str, problems: Problems) -> List[Tuple[Address, str]]:
    """Addresses given bare, in a list, or by family, each with the place where it stands."""
    words.only_families(word, problems)
    found = []
    for key, family in (("", None), ("ipv4", 4), ("ipv6", 6)):
        where = words.at_family(word, key) if key else "{0}.{1}".format(words.path, word)
        for item in items(words.families[word].get(key), where, problems):
            one = address(item, where, problems, family)
            if one is not None:
                found.append((one, where))
    return found


def _snat(words: NetworkWords, problems: Problems) -> Tuple[Optional[IPv4Address], Optional[IPv6Address]]:
    chosen: Dict[int, Address] = {}
    for one, where in _sorted_addresses(words, "snat_to", problems):
        if one.is_unspecified or one.is_multicast:
            problems.note(where, '"{0}": expected an address of this host', one)
        elif chosen.setdefault(one.version, one) != one:
            problems.note(where, '"{0}": one address of each family; {1} is given too', one, chosen[one.version])
    ipv4, ipv6 = chosen.get(4), chosen.get(6)
    return (
        ipv4 if isinstance(ipv4, IPv4Address) else None,
        ipv6 if isinstance(ipv6, IPv6Address) else None,
    )


def _host_binding(words: NetworkWords, problems: Problems) -> Tuple[Address, ...]:
    found = _sorted_addresses(words, "host_binding", problems)
    return tuple(dict.fromkeys(one for one, _where in found))


def _interfaces(value: Any, path: str, problems: Problems) -> Tuple[str, ...]:
    """A list, or Docker's text with colons between."""
    if isinstance(value, str):
        value = [part for part in value.split(":") if part]
    listed = items(value, path, problems)
    read = (interface_name(item, "{0}[{1}]".format(path, n), problems) for n, item in enumerate(listed))
    return tuple(dict.fromkeys(name for name in read if name is not None))
