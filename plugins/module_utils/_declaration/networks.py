# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One network: Compose's words, our own, and Docker's ``driver_opts`` as other spellings of the same."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address
from typing import Any, Dict, List, Optional, Tuple

from .._kernel.names import bridge_ifname
from .compose_words import network_keys
from .names_rules import interface_name
from .pools import parse_pools
from .topology import DEFAULT_BRIDGE, DEFAULT_NETWORK, Address, Network
from .words import Problems, address, boolean, integer, items, known_keys, mapping, one_of, quote, routes, suggest

GATEWAY_MODES = ("nat", "routed", "nat-unprotected", "isolated")
_LATER_DRIVERS = ("macvlan", "ipvlan", "overlay")
_KEYS = (
    "driver ipam enable_ipv4 enable_ipv6 internal external driver_opts name labels attachable"
    " bridge icc masquerade mtu gateway_mode host_binding snat_to trusted_host_interfaces isolate anti_spoofing routes"
).split()
#: Docker's key -> our word, with the family where ours holds both.
_DRIVER_OPTS = {
    "com.docker.network.bridge.name": ("bridge", ""),
    "com.docker.network.bridge.enable_icc": ("icc", ""),
    "com.docker.network.bridge.enable_ip_masquerade": ("masquerade", ""),
    "com.docker.network.bridge.gateway_mode_ipv4": ("gateway_mode", "ipv4"),
    "com.docker.network.bridge.gateway_mode_ipv6": ("gateway_mode", "ipv6"),
    "com.docker.network.bridge.host_binding_ipv4": ("host_binding", "ipv4"),
    "com.docker.network.bridge.host_binding_ipv6": ("host_binding", "ipv6"),
    "com.docker.network.bridge.trusted_host_interfaces": ("trusted_host_interfaces", ""),
    "com.docker.network.driver.mtu": ("mtu", ""),
    "com.docker.network.host_ipv4": ("snat_to", "ipv4"),
    "com.docker.network.host_ipv6": ("snat_to", "ipv6"),
    "com.docker.network.enable_ipv4": ("enable_ipv4", ""),
    "com.docker.network.enable_ipv6": ("enable_ipv6", ""),
    "com.docker.network.internal": ("internal", ""),
}
#: Where each value was written: a word may come from driver_opts, and an error names that place.
Places = Dict[str, str]


def default_network() -> Network:
    """The network ``bridge``, which exists without being declared."""
    return parse_network(DEFAULT_NETWORK, {}, "topology_networks." + DEFAULT_NETWORK, Problems())


def default_bridge(name: str) -> str:
    return DEFAULT_BRIDGE if name == DEFAULT_NETWORK else bridge_ifname(name)


def parse_network(name: str, value: Any, path: str, problems: Problems) -> Network:
    words = mapping(value, path, problems)
    network_keys(words, tuple(_KEYS), path, problems)
    families = {word: _families(words.get(word)) for word in ("gateway_mode", "host_binding", "snat_to")}
    places = _merge_driver_opts(words, families, path, problems)
    _check_driver(words.get("driver"), path + ".driver", problems)

    def truth(word: str, default: bool) -> bool:
        return boolean(words.get(word), default, places.get(word, "{0}.{1}".format(path, word)), problems)

    enable_ipv4, enable_ipv6 = truth("enable_ipv4", True), truth("enable_ipv6", False)
    internal, external = truth("internal", False), truth("external", False)
    if not (enable_ipv4 or enable_ipv6):
        problems.note(path, "a network needs IPv4 or IPv6: set enable_ipv4 or enable_ipv6 to true")
    bridge = default_bridge(name)
    word = _bridge_word(words, external)
    if word is not None:
        bridge = interface_name(words[word], places.get(word, "{0}.{1}".format(path, word)), problems) or bridge
    modes = _gateway_modes(families["gateway_mode"], internal, path, places, problems)
    snat = _snat(families["snat_to"], path, places, problems)
    return Network(
        name=name,
        bridge=bridge,
        pools=parse_pools(words.get("ipam"), enable_ipv4, enable_ipv6, path, problems),
        enable_ipv4=enable_ipv4,
        enable_ipv6=enable_ipv6,
        internal=internal,
        external=external,
        icc=truth("icc", True),
        masquerade=truth("masquerade", True),
        mtu=_mtu(words.get("mtu"), enable_ipv6, places.get("mtu", path + ".mtu"), problems),
        gateway_mode_ipv4=modes[0],
        gateway_mode_ipv6=modes[1],
        host_binding=_host_binding(families["host_binding"], path, places, problems),
        snat_to_ipv4=snat[0],
        snat_to_ipv6=snat[1],
        trusted_host_interfaces=_interfaces(
            words.get("trusted_host_interfaces"),
            places.get("trusted_host_interfaces", path + ".trusted_host_interfaces"),
            problems,
        ),
        isolate=truth("isolate", True),
        anti_spoofing=truth("anti_spoofing", True),
        routes=routes(words.get("routes"), path + ".routes", problems),
    )


def _bridge_word(words: Dict[str, Any], external: bool) -> Optional[str]:
    """Where the bridge's name stands. Compose's ``name`` means one only with ``external: true``: the bridge that is
    there; elsewhere it is the name of Docker's object, of which there is none here."""
    return next(
        (word for word in ("bridge", "name") if words.get(word) is not None and (word == "bridge" or external)), None
    )


def _families(value: Any) -> Dict[str, Any]:
    """``{ipv4:, ipv6:}`` as it is; a bare value stands under the empty key and is sorted out by its reader."""
    if isinstance(value, dict):
        return {str(key): item for key, item in value.items() if item is not None}
    return {} if value is None else {"": value}


def _merge_driver_opts(
    words: Dict[str, Any], families: Dict[str, Dict[str, Any]], path: str, problems: Problems
) -> Places:
    """Puts Docker's spellings where ours stand; both, with different values, is a contradiction."""
    places: Places = {}
    opts = mapping(words.get("driver_opts"), path + ".driver_opts", problems)
    for key, value in opts.items():
        where = "{0}.driver_opts.{1}".format(path, key)
        if key not in _DRIVER_OPTS:
            problems.note(where, "unknown driver option{0}", suggest(key, _DRIVER_OPTS))
            continue
        word, family = _DRIVER_OPTS[key]
        holder = families[word] if family else words
        ours = _ours(holder, family or word)
        if ours is None:
            holder[family or word] = value
            places[word + family] = where
        elif _comparable(word, ours) != _comparable(word, value):
            problems.note(
                where, "{0}: contradicts {1}, which is {2}; give one of the two", quote(value), word, quote(ours)
            )
    return places


def _ours(holder: Dict[str, Any], key: str) -> Any:
    value = holder.get(key)
    if value is None and "" in holder and key in ("ipv4", "ipv6"):
        bare = holder[""]
        if isinstance(bare, str) and bare in GATEWAY_MODES:
            return bare
        listed = bare if isinstance(bare, (list, tuple)) else [bare]
        return next((item for item in listed if (":" in str(item)) == (key == "ipv6")), None)
    return value


def _comparable(word: str, value: Any) -> str:
    if word == "trusted_host_interfaces" and isinstance(value, (list, tuple)):
        return ":".join(str(item) for item in value)
    folded = str(value).lower()
    return {"yes": "true", "no": "false", "1": "true", "0": "false", "on": "true", "off": "false"}.get(folded, folded)


def _check_driver(value: Any, path: str, problems: Problems) -> None:
    if value in (None, "bridge"):
        return
    if value in _LATER_DRIVERS:
        problems.note(path, "{0}: not available yet, use bridge", quote(value))
    else:
        problems.note(path, "{0}: unknown driver, use bridge", quote(value))


def _mtu(value: Any, ipv6: bool, path: str, problems: Problems) -> Optional[int]:
    mtu = integer(value, path, problems)
    if mtu is None:
        return None
    if ipv6 and 68 <= mtu < 1280:
        problems.note(path, "{0}: IPv6 needs an MTU of at least 1280", mtu)
    elif not 68 <= mtu <= 65535:
        problems.note(path, "{0}: the MTU must be between 68 and 65535", mtu)
    return mtu


def _only_families(values: Dict[str, Any], path: str, word: str, problems: Problems) -> None:
    known_keys({key: None for key in values if key}, ("ipv4", "ipv6"), "{0}.{1}".format(path, word), problems)


def _place(path: str, word: str, family: str, values: Dict[str, Any], places: Places) -> str:
    own = "{0}.{1}.{2}".format(path, word, family) if family in values else "{0}.{1}".format(path, word)
    return places.get(word + family, own)


def _gateway_modes(
    values: Dict[str, Any], internal: bool, path: str, places: Places, problems: Problems
) -> Tuple[str, str]:
    _only_families(values, path, "gateway_mode", problems)
    modes = []
    for family in ("ipv4", "ipv6"):
        before = len(problems)
        where = _place(path, "gateway_mode", family, values, places)
        given = values.get(family, values.get(""))
        mode = one_of(given, GATEWAY_MODES, "nat", where, problems)
        if mode == "isolated" and not internal:
            problems.note(where, '"isolated": only an internal network can do without a gateway; set internal to true')
        if "" in values and family not in values and len(problems) > before:
            return mode, mode  # one word for both families: say it once
        modes.append(mode)
    return modes[0], modes[1]


def _sorted_addresses(
    values: Dict[str, Any], word: str, path: str, places: Places, problems: Problems
) -> List[Tuple[Address, str]]:
    """Addresses given bare, in a list, or by family, each with the place where it stands."""
    _only_families(values, path, word, problems)
    found = []
    for key, family in (("", None), ("ipv4", 4), ("ipv6", 6)):
        where = _place(path, word, key, values, places) if key else "{0}.{1}".format(path, word)
        for item in items(values.get(key), where, problems):
            one = address(item, where, problems, family)
            if one is not None:
                found.append((one, where))
    return found


def _snat(
    values: Dict[str, Any], path: str, places: Places, problems: Problems
) -> Tuple[Optional[IPv4Address], Optional[IPv6Address]]:
    chosen: Dict[int, Address] = {}
    for one, where in _sorted_addresses(values, "snat_to", path, places, problems):
        if one.is_unspecified or one.is_multicast:
            problems.note(where, '"{0}": expected an address of this host', one)
        elif chosen.setdefault(one.version, one) != one:
            problems.note(where, '"{0}": one address of each family; {1} is given too', one, chosen[one.version])
    ipv4, ipv6 = chosen.get(4), chosen.get(6)
    return (
        ipv4 if isinstance(ipv4, IPv4Address) else None,
        ipv6 if isinstance(ipv6, IPv6Address) else None,
    )


def _host_binding(values: Dict[str, Any], path: str, places: Places, problems: Problems) -> Tuple[Address, ...]:
    found = _sorted_addresses(values, "host_binding", path, places, problems)
    return tuple(dict.fromkeys(one for one, _where in found))


def _interfaces(value: Any, path: str, problems: Problems) -> Tuple[str, ...]:
    """A list, or Docker's text with colons between."""
    if isinstance(value, str):
        value = [part for part in value.split(":") if part]
    listed = items(value, path, problems)
    read = (interface_name(item, "{0}[{1}]".format(path, n), problems) for n, item in enumerate(listed))
    return tuple(dict.fromkeys(name for name in read if name is not None))
