# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One container: its mode, its places on networks, its ports, and what its files say."""

from __future__ import annotations

from collections import abc
from typing import Any, Dict, List, Mapping, Optional, Tuple

from .bandwidth import parse_bandwidth
from .compose_words import container_keys
from .container_words import addresses, extra_hosts, host_name, links, optional_hostname, options, search, sysctls
from .names_rules import interface_name, mac_address
from .ports import parse_expose, parse_ports
from .topology import COMPOSE_DEFAULT, DEFAULT_NETWORK, Attachment, Container, Network
from .words import Problems, address, integer, items, mapping, quote, routes, suggest, text, texts
from .workload import parse_workload

CONTAINER_WORDS = tuple(
    (
        "network_mode networks ports expose links dns dns_search dns_opt extra_hosts hostname sysctls mac_address"
        " routes bandwidth workload labels"
    ).split()
)
ATTACHMENT_WORDS = (
    "ipv4_address",
    "ipv6_address",
    "mac_address",
    "aliases",
    "interface_name",
    "gw_priority",
    "link_local_ips",
    "bandwidth",
)
_SHARED = "conflicting options: {0} and the network mode: a container that joins another shares its {1}"
_HOST = "conflicting options: {0} and the network mode host: {1}"
_NONE = "conflicting options: {0} and the network mode none: {1}"
#: What Docker refuses beside each mode, and why.
_CONFLICTS: Dict[str, Dict[str, str]] = {
    "container": {
        "networks": _SHARED.format("networks", "networks"),
        "ports": _SHARED.format("port publishing", "ports; publish them there"),
        "expose": _SHARED.format("port exposing", "ports; expose them there"),
        "links": _SHARED.format("links", "networks; link them there"),
        "hostname": _SHARED.format("hostname", "host name"),
        "dns": _SHARED.format("dns", "resolver"),
        "dns_search": _SHARED.format("dns_search", "resolver"),
        "dns_opt": _SHARED.format("dns_opt", "resolver"),
        "extra_hosts": _SHARED.format("extra_hosts", "hosts file"),
        "mac_address": _SHARED.format("mac_address", "interfaces"),
        "sysctls": _SHARED.format("sysctls", "network settings"),
        "routes": _SHARED.format("routes", "routes"),
        "bandwidth": _SHARED.format("bandwidth", "interfaces; limit their traffic there"),
    },
    "host": {
        "networks": _HOST.format("networks", "it is on no network of the topology"),
        "ports": _HOST.format("port publishing", "its ports are the host's already"),
        "links": _HOST.format("links", "links go between containers of one network"),
        "mac_address": _HOST.format("mac_address", "its interfaces are the host's"),
        "sysctls": _HOST.format("sysctls", "they would change the host"),
        "routes": _HOST.format("routes", "they would change the host"),
        "bandwidth": _HOST.format("bandwidth", "its interfaces are the host's"),
    },
    "none": {
        "networks": _NONE.format("networks", "it has lo and nothing else"),
        "ports": _NONE.format("port publishing", "nothing leads to it"),
        "links": _NONE.format("links", "links go between containers of one network"),
        "mac_address": _NONE.format("mac_address", "it has no interface"),
        "bandwidth": _NONE.format("bandwidth", "it has no interface whose traffic could be limited"),
    },
}


def parse_container(
    name: str,
    value: Any,
    networks: Mapping[str, Network],
    path: str,
    problems: Problems,
    docker_joins: bool = False,
) -> Container:
    """``docker_joins``: what a workload of Docker's does that does not say."""
    words = mapping(value, path, problems)
    container_keys(words, CONTAINER_WORDS, path, problems)
    mode, target = _mode(words.get("network_mode"), networks, path + ".network_mode", problems)
    for word, reason in _CONFLICTS.get(mode, {}).items():
        if words.get(word):
            problems.note("{0}.{1}".format(path, word), reason)
            words.pop(word)
    ports = words.get("ports")
    return Container(
        name=name,
        mode=mode,
        target=target,
        attachments=_attachments(words, networks, path, problems) if mode == "bridge" else (),
        ports=parse_ports(ports, path + ".ports", problems) if ports else (),
        expose=parse_expose(words["expose"], path + ".expose", problems) if words.get("expose") else (),
        links=links(words["links"], path + ".links", problems) if words.get("links") else (),
        dns=addresses(words.get("dns"), path + ".dns", problems),
        dns_search=search(words.get("dns_search"), path + ".dns_search", problems),
        dns_opt=options(words.get("dns_opt"), path + ".dns_opt", problems),
        extra_hosts=extra_hosts(words.get("extra_hosts"), path + ".extra_hosts", problems),
        hostname=optional_hostname(words.get("hostname"), path + ".hostname", problems),
        sysctls=sysctls(words.get("sysctls"), path + ".sysctls", problems),
        routes=routes(words.get("routes"), path + ".routes", problems),
        workload=parse_workload(words.get("workload"), mode, docker_joins, path + ".workload", problems),
    )


def _mode(value: Any, networks: Mapping[str, Network], path: str, problems: Problems) -> Tuple[str, Optional[str]]:
    if value is None:
        return "bridge", None
    mode = text(value, path, problems)
    if mode is None:
        return "bridge", None
    if mode in ("bridge", "none", "host"):
        return mode, None
    kind, colon, target = mode.partition(":")
    if colon and kind in ("container", "service"):
        if target:
            return "container", target
        problems.note(path, '{0}: name the container to join, as in "container:web"', quote(mode))
        return "none", None
    hint = "; to be on this network write networks: [{0}]".format(mode) if mode in networks else ""
    problems.note(path, "{0}: expected bridge, none, host, container:NAME or service:NAME{1}", quote(mode), hint)
    return "bridge", None


def _attachments(
    words: Dict[str, Any], networks: Mapping[str, Network], path: str, problems: Problems
) -> Tuple[Attachment, ...]:
    where = path + ".networks"
    declared = _named(words.get("networks"), where, problems)
    if not declared:
        # Compose's own default network counts where it is declared, and no mode is written.
        usual = (
            COMPOSE_DEFAULT if COMPOSE_DEFAULT in networks and words.get("network_mode") is None else DEFAULT_NETWORK
        )
        declared = [(usual, None, where if words.get("networks") else path)]
    found: List[Attachment] = []
    for name, value, place in declared:
        if name not in networks and name != DEFAULT_NETWORK:
            problems.note(place, "{0}: there is no such network{1}", quote(name), suggest(name, networks))
            continue
        if any(other.network == name for other in found):
            problems.note(place, "{0}: named twice", quote(name))
            continue
        found.append(_attachment(name, value, place, problems))
    limits = parse_bandwidth(words.get("bandwidth"), path + ".bandwidth", problems)
    if limits is not None:
        found = [_replaced(one, bandwidth=one.bandwidth or limits) for one in found]
    return _with_mac(_with_ifnames(found, problems), words.get("mac_address"), path + ".mac_address", problems)


def _named(value: Any, path: str, problems: Problems) -> List[Tuple[str, Any, str]]:
    """(network, its options, where it was written) of a list or a mapping."""
    if isinstance(value, abc.Mapping):
        return [(name, item, "{0}.{1}".format(path, name)) for name, item in mapping(value, path, problems).items()]
    found = []
    for n, item in enumerate(items(value, path, problems)):
        name = text(item, "{0}[{1}]".format(path, n), problems)
        if name is not None:
            found.append((name, None, "{0}[{1}]".format(path, n)))
    return found


def _attachment(name: str, value: Any, path: str, problems: Problems) -> Attachment:
    if value is None:
        return Attachment(network=name, ifname="", path=path)
    words = mapping(value, path, problems)
    container_keys(words, ATTACHMENT_WORDS, path, problems)
    ipv4, ipv6, mac = words.get("ipv4_address"), words.get("ipv6_address"), words.get("mac_address")
    ifname = words.get("interface_name")
    local = addresses(words.get("link_local_ips"), path + ".link_local_ips", problems)
    for n, one in enumerate(local):
        if not one.is_link_local:
            problems.note(
                "{0}.link_local_ips[{1}]".format(path, n),
                '"{0}": expected an address in 169.254.0.0/16 or fe80::/10',
                one,
            )
    names = texts(words.get("aliases"), path + ".aliases", problems)
    for n, alias in enumerate(names):
        host_name(alias, "{0}.aliases[{1}]".format(path, n), problems)
    return Attachment(
        network=name,
        ifname=(interface_name(ifname, path + ".interface_name", problems) or "") if ifname is not None else "",
        ipv4_address=address(ipv4, path + ".ipv4_address", problems, 4) if ipv4 else None,  # type: ignore[arg-type]
        ipv6_address=address(ipv6, path + ".ipv6_address", problems, 6) if ipv6 else None,  # type: ignore[arg-type]
        mac_address=mac_address(mac, path + ".mac_address", problems) if mac else None,
        aliases=tuple(dict.fromkeys(names)),
        gw_priority=integer(words.get("gw_priority"), path + ".gw_priority", problems) or 0,
        link_local_ips=local,
        bandwidth=parse_bandwidth(words.get("bandwidth"), path + ".bandwidth", problems),
        path=path,
    )


def _with_ifnames(attachments: List[Attachment], problems: Problems) -> List[Attachment]:
    """``interface_name``, or the lowest free ethN in declared order."""
    if len(attachments) == 1 and not attachments[0].ifname:
        return [_replaced(attachments[0], ifname="eth0")]
    taken: Dict[str, str] = {}
    for one in attachments:
        if one.ifname and taken.setdefault(one.ifname, one.path) != one.path:
            problems.note(
                one.path + ".interface_name", "{0}: {1} has this name too", quote(one.ifname), taken[one.ifname]
            )
    named = []
    number = 0
    for one in attachments:
        if not one.ifname:
            while "eth{0}".format(number) in taken:
                number += 1
            one = _replaced(one, ifname="eth{0}".format(number))
            number += 1
        named.append(one)
    return named


def _with_mac(attachments: List[Attachment], value: Any, path: str, problems: Problems) -> Tuple[Attachment, ...]:
    """The container's own ``mac_address`` is that of its first interface, as in Docker."""
    if value and attachments:
        mac = mac_address(value, path, problems)
        first = attachments[0]
        if mac and first.mac_address and first.mac_address != mac:
            problems.note(
                path, "{0}: contradicts {1}.mac_address, which is {2}", quote(mac), first.path, first.mac_address
            )
        attachments[0] = _replaced(first, mac_address=first.mac_address or mac)
    return tuple(attachments)


def _replaced(one: Attachment, **changes: Any) -> Attachment:
    return one._replace(**changes)
