# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Topologies drawn by lot, out of every word of the interface.

Few names, few subnets, few ports: so that from one topology to the next, something of one becomes another's.
"""

from __future__ import annotations

import itertools
import os
from ipaddress import ip_network
from typing import Any, Callable, Dict, Iterable, Iterator, List, Set, Tuple

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from scenarios import Declaration
from walking import FOREIGN_BRIDGE, HOST_ADDRESS

Words = Dict[str, Any]

_NETWORKS = ("alpha", "beta", "a-network-of-a-long-name", "bridge")
_CONTAINERS = ("one", "two", "three", "four_4", "five.5-x")
_SLOTS = (0, 1, 2, 3)  # a network that writes its subnet has one of these, and its neighbour another
_MODES = ("nat", "routed", "nat-unprotected")

_FLAGS = {word: st.booleans() for word in ("internal", "icc", "masquerade", "isolate", "anti_spoofing", "enable_ipv6")}
_PLAIN_WORDS = {
    **_FLAGS,
    "mtu": st.sampled_from([1280, 1400, 1500]),
    "snat_to": st.sampled_from([HOST_ADDRESS, [HOST_ADDRESS, "2001:db8::2"]]),
    "trusted_host_interfaces": st.just(["up0"]),
    "host_binding": st.sampled_from([HOST_ADDRESS, "127.0.0.1", ["127.0.0.1", HOST_ADDRESS]]),
}
#: Other spellings of the same words.
_DOCKERS_WORDS = {"icc": "com.docker.network.bridge.enable_icc", "mtu": "com.docker.network.driver.mtu"}

_SETTINGS = st.dictionaries(
    st.sampled_from(
        [
            "net.ipv4.ip_unprivileged_port_start",
            "net.ipv4.ip_forward",
            "net.ipv4.conf.all.rp_filter",
            "net.ipv4.conf.default.rp_filter",
            "net.ipv6.conf.all.disable_ipv6",
            "net.ipv6.conf.all.forwarding",
            "net.ipv6.conf.default.accept_ra",
        ]
    ),
    st.sampled_from(["0", "1"]),
    min_size=1,
    max_size=2,
)
_LIMITS = st.fixed_dictionaries(
    {"egress": st.sampled_from(["8mbit", "1gbit"])},
    optional={"ingress": st.sampled_from(["8mbit", "1.5mbps", 500000]), "burst": st.sampled_from(["64kb", 20000])},
)
_FILE_WORDS = {
    "dns": st.just(["192.0.2.53"]),
    "dns_search": st.just(["example.org"]),
    "dns_opt": st.just(["ndots:2"]),
    "extra_hosts": st.sampled_from([["peer:192.0.2.9"], ["gate:host-gateway"]]),
    "hostname": st.sampled_from(["renamed", "one"]),
}


def examples(number: int, suppressed: Iterable[HealthCheck] = tuple(HealthCheck)) -> settings:
    """How a test goes through random topologies: ``number`` of them, or as many as FABRIC_EXAMPLES asks for. CI walks
    the same ways each time; a search is asked for."""
    asked = os.environ.get("FABRIC_EXAMPLES")
    return settings(
        max_examples=int(asked or number),
        derandomize=asked is None,
        deadline=None,
        print_blob=True,
        database=None,
        suppress_health_check=suppressed,
    )


@st.composite
def topologies(draw: Any) -> Declaration:
    names = draw(st.lists(st.sampled_from(_NETWORKS), unique=True, max_size=3))
    slots = draw(st.permutations(_SLOTS))
    networks = {name: _network(draw, slot) for name, slot in zip(names, slots)}
    _one_foreign_bridge_at_most(draw, networks)
    _bridges_of_other_names(draw, networks)
    containers: Dict[str, Words] = {}
    numbers = _Numbers()
    for name in draw(st.lists(st.sampled_from(_CONTAINERS), unique=True)):
        containers[name] = _container(draw, networks, list(containers), numbers)
    _links(draw, containers)
    declared = {"networks": networks, "containers": containers}
    if draw(_seldom()):
        declared.update(port_range="40000-40002", default_address_pools=[{"base": "10.78.0.0/16", "size": 24}])
    return declared


@st.composite
def edits(draw: Any) -> List[Declaration]:
    """A topology, and then others with the same networks: some of the containers are what they were."""
    found = [draw(topologies())]
    networks, numbers = found[0]["networks"], _Numbers(ports=8500, places=40)
    for _each in range(draw(st.integers(1, 3))):
        before, containers = found[-1]["containers"], {}  # type: Dict[str, Words], Dict[str, Words]
        for name in draw(st.lists(st.sampled_from(_CONTAINERS), unique=True)):
            stays = name in before and _needs(before[name]) <= containers.keys() and draw(st.booleans())
            containers[name] = before[name] if stays else _container(draw, networks, list(containers), numbers)
        found.append({**found[-1], "containers": containers})
    return found


def _needs(words: Words) -> Set[str]:
    """The other containers that one names."""
    mode = words.get("network_mode", "")
    return {mode.partition(":")[2]} - {""} | {link.partition(":")[0] for link in words.get("links", ())}


class _Numbers:
    """What is to be different in each place of a topology."""

    def __init__(self, ports: int = 8000, places: int = 20) -> None:
        self.ports: Iterator[int] = iter(range(ports, 9000))
        self.places: Iterator[int] = itertools.cycle(range(places, 60))


# --- networks


def _network(draw: Any, slot: int) -> Words:
    words: Words = draw(st.fixed_dictionaries({}, optional=_PLAIN_WORDS))
    if words.get("enable_ipv6") and draw(_seldom()):
        words["enable_ipv4"] = False
    if draw(st.booleans()):
        words["gateway_mode"] = draw(_gateway_modes(bool(words.get("internal"))))
    if draw(st.booleans()):
        words["ipam"] = {"config": [_pool(draw, slot, family) for family in _families(words) if draw(st.booleans())]}
    if draw(_seldom()):
        words["routes"] = [draw(_route(_families(words), words.get("ipam", {}).get("config", [])))]
    if draw(_seldom()):
        opts = {option: str(words.pop(word)) for word, option in _DOCKERS_WORDS.items() if word in words}
        words["driver_opts"] = opts
    return words


def _seldom() -> st.SearchStrategy[bool]:
    return st.sampled_from([False, False, False, True])


def _families(words: Words) -> Tuple[int, ...]:
    return ((4,) if words.get("enable_ipv4", True) else ()) + ((6,) if words.get("enable_ipv6") else ())


def _gateway_modes(internal: bool) -> st.SearchStrategy[Any]:
    mode = st.sampled_from([*_MODES, "isolated"] if internal else _MODES)
    return st.one_of(mode, st.fixed_dictionaries({"ipv4": mode}, optional={"ipv6": mode}))


def _pool(draw: Any, slot: int, family: int) -> Words:
    kinds = {4: ["10.77.{0}.0/24", "10.77.{0}.0/26", "172.2{0}.0.0/16"], 6: ["fd00:77:{0}::/64", "fd00:77:{0}::/80"]}
    subnet = ip_network(draw(st.sampled_from(kinds[family])).format(slot))
    pool: Words = {"subnet": str(subnet)}
    if draw(st.booleans()):
        pool["gateway"] = str(subnet[draw(st.sampled_from([1, 5]))])
    if draw(_seldom()):
        pool["ip_range"] = "{0}/{1}".format(subnet[32], subnet.max_prefixlen - 5)
    if draw(_seldom()):
        pool["aux_addresses"] = {"printer": str(subnet[9])}
    return pool


def _one_foreign_bridge_at_most(draw: Any, networks: Dict[str, Words]) -> None:
    """It has one subnet, which is in use or is not."""
    candidates = [name for name, words in networks.items() if _families(words) == (4,) and "ipam" not in words]
    if candidates and draw(_seldom()):
        networks[candidates[0]].update(external=True, bridge=FOREIGN_BRIDGE)


def _bridges_of_other_names(draw: Any, networks: Dict[str, Words]) -> None:
    """Which another network had a moment ago."""
    own = [name for name, words in networks.items() if "bridge" not in words]
    if own and draw(_seldom()):
        networks[own[-1]]["bridge"] = "fabric7"


def _route(families: Tuple[int, ...], pools: List[Words]) -> st.SearchStrategy[Words]:
    routes: List[Words] = []
    if 4 in families:
        routes += [
            {"destination": "203.0.113.0/24", "type": "blackhole"},
            {"destination": "203.0.113.0/24", "type": "unreachable", "metric": 9},
            {"destination": "203.0.113.0/24", "gateway": "192.0.2.1", "onlink": True},
            {"destination": "198.18.0.0/15", "gateway": "192.0.2.2", "onlink": True, "metric": 50},
            {"destination": "default", "gateway": "192.0.2.1", "onlink": True},
        ]
    if 6 in families:
        routes += [
            {"destination": "2001:db8:9::/48", "type": "prohibit"},
            {"destination": "2001:db8:9::/48", "gateway": "fe80::9"},
            {"destination": "2001:db8:9::/48", "gateway": "fd00:9::9", "onlink": True, "metric": 1024},
        ]
    for pool in pools:
        subnet = ip_network(pool["subnet"])
        wide = "198.18.0.0/15" if subnet.version == 4 else "2001:db8:9::/48"
        routes.append({"destination": wide, "gateway": str(subnet[60])})
    return st.sampled_from(routes)


# --- containers


def _container(draw: Any, networks: Dict[str, Words], others: List[str], numbers: _Numbers) -> Words:
    modes = ["none", "host", "bridge"] + ["networks"] * 6 * bool(networks) + ["container"] * bool(others)
    mode = draw(st.sampled_from(modes))
    if mode == "container":
        return {"network_mode": draw(st.sampled_from(["container:", "service:"])) + draw(st.sampled_from(others))}
    words: Words = draw(st.fixed_dictionaries({}, optional=_FILE_WORDS))
    if mode in ("none", "host"):
        words["network_mode"] = mode
    if mode != "host" and draw(_seldom()):
        words["sysctls"] = draw(_SETTINGS)
    if mode == "networks":
        names = draw(st.lists(st.sampled_from(sorted(networks)), min_size=1, max_size=3, unique=True))
        words["networks"] = names if draw(st.booleans()) else _places(draw, names, networks, numbers)
    if "eth0" in _interfaces(words) and draw(_seldom()):
        words["sysctls"] = {"net.ipv4.conf.eth0.log_martians": "1"}
        if not any(networks.get(name, {}).get("enable_ipv6") for name in words.get("networks", ["bridge"])):
            words["sysctls"]["net.ipv6.conf.eth0.disable_ipv6"] = "1"
    if any(ifname.startswith("lan") for ifname in _interfaces(words)) and draw(st.booleans()):
        ifname = next(ifname for ifname in _interfaces(words) if ifname.startswith("lan"))
        words["sysctls"] = {"net.ipv4.conf.{0}.log_martians".format(ifname.replace(".", "/")): "1"}
    if mode in ("networks", "bridge"):
        _reachable(draw, words, networks, numbers)
    return words


def _reachable(draw: Any, words: Words, networks: Dict[str, Words], numbers: _Numbers) -> None:
    joined = [networks.get(name, {}) for name in words.get("networks", ["bridge"])]
    if draw(_seldom()) and "networks" not in words:
        words["mac_address"] = "02:77:00:00:01:{0}".format(next(numbers.places))
    if draw(_seldom()):
        words["bandwidth"] = draw(st.one_of(_LIMITS, st.just({"ingress": "2mbit"})))
    if draw(_seldom()):
        families = tuple({family for network in joined for family in _families(network)})
        pools = [pool for network in joined for pool in network.get("ipam", {}).get("config", ())]
        words["routes"] = [draw(_route(families, pools))]
    if draw(_seldom()):
        words["expose"] = ["5432", "53/udp"]
    if any(not network.get("internal") for network in joined):
        words["ports"] = [draw(_port(numbers, joined)) for _each in range(draw(st.integers(0, 2)))]


def _interfaces(words: Words) -> List[str]:
    """Of a container: those names that it has for sure."""
    if words.get("network_mode"):
        return []
    places = words.get("networks")
    if not isinstance(places, dict):
        return ["eth0"]
    named = [place["interface_name"] for place in places.values() if place and "interface_name" in place]
    return named + ["eth0"] * (len(named) < len(places))


def _places(draw: Any, names: List[str], networks: Dict[str, Words], numbers: _Numbers) -> Words:
    places: Words = {}
    for name in names:
        number, families = next(numbers.places), _families(networks[name])
        place: Words = {}
        if draw(st.booleans()):
            place["gw_priority"] = draw(st.integers(0, 2))
        if draw(_seldom()):
            place["aliases"] = ["www"]
        if draw(_seldom()):
            place["interface_name"] = "lan.{0}".format(number)
        if draw(_seldom()):
            place["bandwidth"] = draw(_LIMITS)
        if draw(_seldom()):
            place["mac_address"] = "02:77:00:00:00:{0}".format(number)
        if draw(_seldom()):
            place["link_local_ips"] = ["169.254.7.{0}".format(number)] + ["fe80::77:{0}".format(number)] * (
                6 in families
            )
        for pool in networks[name].get("ipam", {}).get("config", ()):
            subnet = ip_network(pool["subnet"])
            if draw(st.booleans()):
                place["ipv{0}_address".format(subnet.version)] = str(subnet[number])
        places[name] = place or None
    return places


def _port(numbers: _Numbers, networks: List[Words]) -> st.SearchStrategy[Any]:
    def short(form: str) -> Callable[[int], str]:
        return lambda number: form.format(number, number + 2)

    forms = ["{0}:80", "{0}:53/udp", "80", "7000-7001/sctp", "{0}-{1}:9000-9002"]
    families = {family for network in networks if not network.get("internal") for family in _families(network)}
    if 4 in families:
        forms += ["127.0.0.1:{0}:443", "198.51.100.2::8443", "0.0.0.0:{0}:80"]
    if 6 in families:
        forms += ["[::1]:{0}:443", "[::]:{0}:80"]
    number = [next(numbers.ports) for _each in range(3)][0]  # a range takes three
    long = {"target": 81, "published": str(number), "protocol": "tcp", "mode": "host"}
    return st.one_of(st.sampled_from(forms).map(lambda form: short(form)(number)), st.just(long))


def _links(draw: Any, containers: Dict[str, Words]) -> None:
    for name, words in containers.items():
        ways = set(_joined(words))
        near = [other for other in containers if other != name and ways.intersection(_joined(containers[other]))]
        if near and draw(_seldom()):
            words["links"] = [draw(st.sampled_from(near)) + draw(st.sampled_from(["", ":store"]))]


def _joined(words: Words) -> List[str]:
    if words.get("network_mode"):
        return []
    return list(words.get("networks", ["bridge"]))
