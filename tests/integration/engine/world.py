# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Everything of a host that a run could touch, as one dict from names to values that two moments can be compared by.

Left out: what the kernel numbers (indices, handles), counts (timers, counters) or draws by lot (the MAC of a host
end), what it does later by itself (carrier, IPv6 link-local addresses), limits that a bridge takes from its ports, and
the queueing of an interface that is down.
"""

from __future__ import annotations

import json
import os
import subprocess
from typing import Any, Dict, Iterator, List, Mapping, Optional

from ansible_collections.linuxnet.fabric.plugins.module_utils._ipam.store import leases, open_store
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel import names, namespaces

#: Where tests keep the files of other firewalls, of which there may be none on the machine.
BESIDE = names.STATE_DIRECTORY + "/beside"
World = Dict[str, Any]

_SYSCTLS = (
    "forwarding",
    "route_localnet",
    "rp_filter",
    "disable_ipv6",
    "accept_ra",
    "accept_redirects",
    "arp_ignore",
    "proxy_arp",
    "log_martians",
    "dad_transmits",
)
_NUMBERED = ("ifindex", "link_index", "link_netnsid", "link", "operstate", "flags", "promiscuity", "ifi_type")
_LIMITS = ("tso_max_size", "tso_max_segs", "gso_max_size", "gro_max_size", "gso_ipv4_max_size", "gro_ipv4_max_size")
_COUNTED = ("handle", "packets", "bytes", "index")
_BRIDGE_PORT = ("state", "priority", "cost", "hairpin", "guard", "learning", "flood", "isolated", "neigh_suppress")
_BRIDGE = (
    "stp_state",
    "ageing_time",
    "forward_delay",
    "mcast_snooping",
    "no_linklocal_learn",
    "priority",
    "vlan_filtering",
)
#: What only a kind of link has.
_OPTIONS = {"bridge": _BRIDGE, "vxlan": ("id", "port", "local", "local6", "learning")}


def world() -> World:
    found: World = {}
    found.update(_network("host", None))
    found.update(_traffic_control())
    for name in namespaces.names():
        found["handle " + name] = _same_as(name)
        if namespaces.identity(namespaces.handle(name)) not in (None, namespaces.identity("/proc/self/ns/net")):
            found.update(_network("in " + name, name))
    found.update(_rules())
    for top in (names.NETNS_ETC_DIRECTORY, names.NAMES_DIRECTORY, BESIDE):
        found.update(_files(top))
    found.update(_state())
    found.update({"lease " + key: value for key, value in held_leases().items()})
    return found


def difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> Dict[str, Any]:
    """name → (before, after) where they are not the same."""
    keys = sorted(set(before) | set(after))
    return {key: (before.get(key), after.get(key)) for key in keys if before.get(key) != after.get(key)}


def held_leases() -> Dict[str, Any]:
    with open_store(check_mode=True) as store:
        return {json.dumps(row, sort_keys=True): True for row in leases(store)}


def _same_as(name: str) -> str:
    """Which other handles lead to the same namespace."""
    inode = namespaces.identity(namespaces.handle(name))
    if inode is None:
        return "dead"
    if inode == namespaces.identity("/proc/self/ns/net"):
        return "the host"
    return ",".join(each for each in namespaces.names() if namespaces.identity(namespaces.handle(each)) == inode)


def _network(where: str, netns: Optional[str]) -> Iterator[Any]:
    links, routes, neighbours = _ip(netns, "addr show\nroute show table all\nneigh show nud permanent\n")
    index = {}
    for link in links:
        name = link["ifname"]
        yield from _link("{0} link {1}".format(where, name), link, netns is None)
        index[name] = link
    for entry in _static_entries(netns):
        yield "{0} forwarding entry {1}".format(where, json.dumps(entry, sort_keys=True)), True
    for route in routes:
        if _durable(route):
            words = {key: value for key, value in route.items() if key not in ("flags", "pref")}
            yield "{0} route {1}".format(where, json.dumps(words, sort_keys=True)), True
    for neighbour in neighbours:
        yield "{0} neighbour {1}".format(where, json.dumps(neighbour, sort_keys=True)), True
    for key, value in _read_sysctls(netns, list(index)):
        yield "{0} sysctl {1}".format(where, key), value


def _traffic_control() -> Iterator[Any]:
    """Every qdisc and filter of the host's links that somebody set."""
    for qdisc in json.loads(_output("tc", "-j", "qdisc", "show")):
        if qdisc["handle"] == "0:":
            continue
        where = "host qdisc {0} {1}".format(qdisc["dev"], qdisc.get("parent", "root"))
        yield where, (qdisc["kind"], qdisc["handle"], json.dumps(qdisc["options"], sort_keys=True))
        if qdisc["kind"] == "ingress":
            text = _output("tc", "filter", "show", "dev", qdisc["dev"], "parent", "ffff:")
            lines = (line.strip().partition(" not_in_hw")[0] for line in text.splitlines())
            yield where + " filters", [line for line in lines if line and not line.startswith("index ")]


def _output(*command: str) -> str:
    return subprocess.run(command, stdout=subprocess.PIPE, check=True, universal_newlines=True).stdout


def _static_entries(netns: Optional[str]) -> List[Any]:
    """What bridges know and did not learn, and VXLAN devices of other hosts. Others of devices are the kernel's own."""
    if netns is not None:
        return []
    answer = subprocess.run(
        ["bridge", "-j", "fdb", "show"], stdout=subprocess.PIPE, check=True, universal_newlines=True
    )
    return [entry for entry in json.loads(answer.stdout or "[]") if entry.get("state") == "static" or "dst" in entry]


def _ip(netns: Optional[str], script: str) -> List[Any]:
    place = ["-n", netns] if netns else []
    command = ["ip", *place, "-j", "-d", "-b", "-"]
    answer = subprocess.run(command, input=script, stdout=subprocess.PIPE, check=True, universal_newlines=True)
    return _documents(answer.stdout)


def _link(key: str, link: Dict[str, Any], on_host: bool) -> Iterator[Any]:
    info = link.get("linkinfo", {})
    kind = info.get("info_kind", "")
    for name, value in link.items():
        if name in (*_NUMBERED, *_LIMITS) or name in ("addr_info", "linkinfo", "ifname"):
            continue
        if (name == "address" and kind in ("veth", "ifb") and on_host) or (
            name == "qdisc" and "UP" not in link["flags"]
        ):
            continue
        yield "{0} {1}".format(key, name), value
    yield key + " kind", kind
    yield key + " up", "UP" in link["flags"]
    for name in _OPTIONS.get(kind, ()):
        yield "{0} {1}".format(key, name), info["info_data"].get(name)
    if info.get("info_slave_kind") == "bridge":
        for name in _BRIDGE_PORT[2:]:
            yield "{0} {1}".format(key, name), info["info_slave_data"].get(name)
    for address in link["addr_info"]:
        if not (address.get("local") or "").startswith("fe80"):
            yield (
                "{0} address {1}/{2}".format(key, address.get("local"), address["prefixlen"]),
                (
                    address.get("broadcast"),
                    address.get("scope"),
                ),
            )


def _durable(route: Mapping[str, Any]) -> bool:
    destination = route.get("dst", "")
    return not (
        destination.startswith(("fe80", "ff00", "multicast"))
        or route.get("type") in ("anycast", "multicast")
        or (route.get("type") == "local" and ":" in destination)
    )


def _documents(text: str) -> List[Any]:
    decoder, found, position = json.JSONDecoder(), [], 0
    while position < len(text):
        if text[position].isspace():
            position += 1
            continue
        document, position = decoder.raw_decode(text, position)
        found.append([each for each in document if each])
    return found


def _read_sysctls(netns: Optional[str], links: List[str]) -> Iterator[Any]:
    home = namespaces.open_own()
    try:
        if netns:
            descriptor = namespaces.open_handle(netns)
            namespaces.enter(descriptor)
            os.close(descriptor)
        for link in [*links, "all", "default"]:
            for family in ("ipv4", "ipv6"):
                for name in _SYSCTLS:
                    path = "/proc/sys/net/{0}/conf/{1}/{2}".format(family, link, name)
                    if os.path.exists(path):
                        with open(path, encoding="ascii") as file:
                            yield path[10:], file.read().strip()
    finally:
        namespaces.enter(home)
        os.close(home)


def _rules() -> Iterator[Any]:
    answer = subprocess.run(["nft", "-j", "list", "ruleset"], stdout=subprocess.PIPE, check=True)
    numbers: Dict[str, int] = {}
    for item in json.loads(answer.stdout)["nftables"]:
        ((kind, body),) = item.items()
        if kind == "metainfo":
            continue
        where = "nft {0} {1}".format(body["family"], body.get("table", body.get("name")))
        body = _without_counts(body)
        if kind == "rule":
            where += " chain " + body["chain"]
            numbers[where] = numbers.get(where, 0) + 1
            yield "{0} rule {1}".format(where, numbers[where]), json.dumps(body["expr"], sort_keys=True)
        elif kind in ("set", "map"):
            for element in body.pop("elem", []):
                yield "{0} {1} element {2}".format(where, body["name"], json.dumps(element, sort_keys=True)), True
            yield "{0} {1}".format(where, body["name"]), json.dumps(body, sort_keys=True)
        else:
            yield "{0} {1} {2}".format(where, kind, body["name"]), json.dumps(body, sort_keys=True)


def _without_counts(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_counts(each) for key, each in value.items() if key not in _COUNTED}
    return [_without_counts(each) for each in value] if isinstance(value, list) else value


def _files(top: str) -> Iterator[Any]:
    for directory, subdirectories, files in os.walk(top):
        for name in files + [each for each in subdirectories if os.path.islink(os.path.join(directory, each))]:
            path = os.path.join(directory, name)
            if os.path.islink(path):
                yield "file " + path, "-> " + os.readlink(path)
            else:
                with open(path, encoding="utf-8") as file:
                    yield "file " + path, (file.read(), oct(os.stat(path).st_mode))


def _state() -> Iterator[Any]:
    for name, value in _files(names.HANDLE_MARK_DIRECTORY):
        words = json.loads(value[0])
        own = namespaces.identity(namespaces.handle(name.rpartition("/")[2])) == words["inode"]
        yield name, (words["topology"], words["attach"], own)
    for path in (names.JOURNAL_FILE, names.RUN_JOURNAL_FILE, names.STASH_DIRECTORY):
        if os.path.isdir(path):
            for name in os.listdir(path):
                yield "stash " + name, True
        elif os.path.exists(path):
            yield "journal", True


def store_bytes() -> Dict[str, Any]:
    """Every file that a check must not write: its bytes and its times."""
    found = {}
    for top in (names.STATE_DIRECTORY, names.RUN_DIRECTORY, names.NETNS_ETC_DIRECTORY, names.NETNS_DIRECTORY):
        for directory, _subdirectories, files in os.walk(top):
            status = os.stat(directory)
            found[directory] = (status.st_mtime_ns, status.st_ctime_ns)
            for name in files:
                path = os.path.join(directory, name)
                status = os.lstat(path)
                data = b""
                if top != names.NETNS_DIRECTORY and os.path.isfile(path) and not namespaces.identity(path):
                    with open(path, "rb") as file:
                        data = file.read()
                found[path] = (data, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)
    return found
