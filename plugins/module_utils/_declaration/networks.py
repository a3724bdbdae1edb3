# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One network: the words that every network has, and Docker's ``driver_opts`` as other spellings of ours.

What only the networks of one driver have, its driver reads (``driver.py``).
"""

from __future__ import annotations

from typing import Any, Dict, Mapping

from .compose_words import is_extension
from .driver import DriverWords, NetworkWords, Spellings
from .pools import parse_pools
from .topology import DEFAULT_DRIVER, DEFAULT_NETWORK, Network
from .words import Problems, boolean, mapping, mtu, quote, routes, suggest, unknown_key

GATEWAY_MODES = ("nat", "routed", "nat-unprotected", "isolated")
NETWORK_WORDS = (
    "driver",
    "ipam",
    "enable_ipv4",
    "enable_ipv6",
    "driver_opts",
    "name",
    "labels",
    "attachable",
    "mtu",
    "routes",
)
NETWORK_SPELLINGS: Spellings = {
    "com.docker.network.driver.mtu": ("mtu", ""),
    "com.docker.network.enable_ipv4": ("enable_ipv4", ""),
    "com.docker.network.enable_ipv6": ("enable_ipv6", ""),
}
#: Words that may be given for each family.
_BY_FAMILY = ("gateway_mode", "host_binding", "snat_to")
Drivers = Mapping[str, DriverWords]


def default_network(drivers: Drivers) -> Network:
    """The network ``bridge``, which exists without being declared."""
    return parse_network(DEFAULT_NETWORK, {}, "topology_networks." + DEFAULT_NETWORK, drivers, Problems())


def parse_network(name: str, value: Any, path: str, drivers: Drivers, problems: Problems) -> Network:
    values = mapping(value, path, problems)
    driver = _driver(values.get("driver"), drivers, path + ".driver", problems)
    _known_words(values, driver, drivers, path, problems)
    words = _with_driver_opts(values, driver, drivers, path, problems)
    enable_ipv4, enable_ipv6 = (
        boolean(words.get(word), default, words.at(word), problems)
        for word, default in (("enable_ipv4", True), ("enable_ipv6", False))
    )
    if not (enable_ipv4 or enable_ipv6):
        problems.note(path, "a network needs IPv4 or IPv6: set enable_ipv4 or enable_ipv6 to true")
    network = Network(
        name=name,
        driver=driver.name,
        pools=parse_pools(
            words.get("ipam"), enable_ipv4, enable_ipv6, path, problems, driver.on_lan, driver.has_blocks
        ),
        enable_ipv4=enable_ipv4,
        enable_ipv6=enable_ipv6,
        mtu=mtu(words.get("mtu"), enable_ipv6, words.at("mtu"), problems),
        routes=routes(words.get("routes"), path + ".routes", problems),
    )
    return driver.parse(network, words, problems)


def _driver(value: Any, drivers: Drivers, path: str, problems: Problems) -> DriverWords:
    name = DEFAULT_DRIVER if value is None else value
    if isinstance(name, str) and name in drivers:
        return drivers[name]
    hint = suggest(name, drivers) if isinstance(name, str) else ""
    problems.note(path, "{0}: unknown driver{1}", quote(value), hint or "; known are " + ", ".join(drivers))
    return drivers[DEFAULT_DRIVER]


def _known_words(values: Dict[str, Any], driver: DriverWords, drivers: Drivers, path: str, problems: Problems) -> None:
    """Notes each word that nobody would read, and takes out those that only other drivers know."""
    known = (*NETWORK_WORDS, *driver.words)
    for word in [word for word in values if word not in known and not is_extension(word)]:
        place = "{0}.{1}".format(path, word)
        if any(word in other.words for other in drivers.values()):
            problems.note(place, _REFUSED, driver.name, driver.refusal)
            del values[word]
        else:
            unknown_key(place, word, known, problems)


_REFUSED = "means nothing with the driver {0}: {1}"


def _with_driver_opts(
    values: Dict[str, Any], driver: DriverWords, drivers: Drivers, path: str, problems: Problems
) -> NetworkWords:
    """Puts Docker's spellings where ours stand; both, with different values, is a contradiction."""
    families = {word: _families(values.get(word)) for word in _BY_FAMILY}
    places: Dict[str, str] = {}
    spellings = {**NETWORK_SPELLINGS, **driver.spellings}
    for key, value in mapping(values.get("driver_opts"), path + ".driver_opts", problems).items():
        where = "{0}.driver_opts.{1}".format(path, key)
        if key not in spellings:
            if any(key in other.spellings for other in drivers.values()):
                problems.note(where, _REFUSED, driver.name, driver.refusal)
            else:
                problems.note(where, "unknown driver option{0}", suggest(key, spellings))
            continue
        word, family = spellings[key]
        holder = families[word] if family else values
        ours = _ours(holder, family or word)
        if ours is None:
            holder[family or word] = value
            places[word + family] = where
        elif _comparable(word, ours) != _comparable(word, value):
            problems.note(
                where, "{0}: contradicts {1}, which is {2}; give one of the two", quote(value), word, quote(ours)
            )
    return NetworkWords(path, values, families, places)


def _families(value: Any) -> Dict[str, Any]:
    """``{ipv4:, ipv6:}`` as it is; a bare value stands under the empty key and is sorted out by its reader."""
    if isinstance(value, dict):
        return {str(key): item for key, item in value.items() if item is not None}
    return {} if value is None else {"": value}


def _ours(holder: Dict[str, Any], key: str) -> Any:
    value = holder.get(key)
    if value is None and "" in holder and key in ("ipv4", "ipv6"):
        bare = holder[""]
        if isinstance(bare, str) and bare in GATEWAY_MODES:
            return bare
        listed = bare if isinstance(bare, (list, tuple)) else [bare]
        return next((item for item in listed if (":" in _shown(item)) == (key == "ipv6")), None)
    return value


def _comparable(word: str, value: Any) -> str:
    if word == "trusted_host_interfaces" and isinstance(value, (list, tuple)):
        return ":".join(map(_shown, value))
    folded = _shown(value).lower()
    return {"yes": "true", "no": "false", "1": "true", "0": "false", "on": "true", "off": "false"}.get(folded, folded)


def _shown(value: Any) -> str:
    """Text as it is. Of what Python itself refuses to write, such as a number of 4,300 digits, what an error says."""
    return value if isinstance(value, str) else quote(value)
