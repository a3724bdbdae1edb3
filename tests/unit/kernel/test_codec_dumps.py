# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a kernel answered, recorded in data/dumps.json, is read by our codec as pyroute2 reads it, on both byte orders.

The big-endian recording is the same one, decoded and encoded again by pyroute2. The scene is in record_dumps.py.
"""

from __future__ import annotations

import base64
import collections
import json
import socket
import struct
from pathlib import Path
from typing import Any, Dict, Iterator, List

import pytest

from tests.unit.kernel.oracle import Machine

RECORDED = json.loads((Path(__file__).parent / "data" / "dumps.json").read_text(encoding="utf-8"))
CLASSES = {"links": "ifinfmsg", "addresses": "ifaddrmsg", "routes": "rtmsg"}
#: What we read of a link; pyroute2 cannot encode all the rest again.
_OF_A_LINK = {
    *("IFLA_IFNAME", "IFLA_ADDRESS", "IFLA_MTU", "IFLA_LINK", "IFLA_MASTER", "IFLA_LINKINFO", "IFLA_IFALIAS"),
    *("IFLA_GROUP", "IFLA_LINK_NETNSID", "IFLA_PROP_LIST", "IFLA_AF_SPEC", "IFLA_QDISC"),
}
#: Fields of Link that hold an attribute as it came, are read apart, or that pyroute2 does not know.
_UNDECODED = {"families", "port", "info", "fdb", "fdb_others", "no_linklocal_learn", "differing", "differing_port"}
#: Four IPv4 settings have another name in the kernel's struct, which is pyroute2's, than under /proc/sys.
_OTHER_NAMES = {
    "arpfilter": "arp_filter",
    "noxfrm": "disable_xfrm",
    "nopolicy": "disable_policy",
    "src_vmark": "src_valid_mark",
}


class Scene:
    """The recording on a machine of one byte order, and a socket that answers with it."""

    def __init__(self, byteorder: str) -> None:
        self.machine = Machine(byteorder)
        here = Machine(RECORDED["byteorder"])
        self.payloads = {name: [bytes.fromhex(each) for each in RECORDED[name]] for name in CLASSES}
        if byteorder != RECORDED["byteorder"]:
            self.payloads = {
                name: [_encoded_there(here, self.machine, name, each) for each in payloads]
                for name, payloads in self.payloads.items()
            }

    def dump(self, kind: int, body: bytes, _most: Any = None) -> Iterator[bytes]:
        """As NetlinkSocket.dump; of routes those of the family that is asked for."""
        name = {18: "links", 22: "addresses", 26: "routes"}[kind]
        return iter([each for each in self.payloads[name] if name != "routes" or each[0] == body[0]])

    def pyroute2(self, name: str) -> List[Any]:
        return [self.machine.decode(CLASSES[name], each) for each in self.payloads[name]]


@pytest.fixture(scope="module", params=["little", "big"])
def scene(request: pytest.FixtureRequest) -> Scene:
    return Scene(request.param)


def test_links_are_read_as_pyroute2_reads_them(scene: Scene) -> None:
    ours = [_decoded(link) for link in scene.machine.codec.read.read_links(scene)]
    assert ours == [_link(message) for message in scene.pyroute2("links")]
    assert [link["kind"] for link in ours] == ["", "bridge", "veth", "veth", "veth", "macvlan", "vxlan", "ifb"]


def test_a_bridge_a_port_and_a_pair_are_read_as_they_were_made(scene: Scene) -> None:
    links = {link.ifname: link for link in scene.machine.codec.read.read_links(scene)}
    bridge, port = links["br0"], links["veth0"]
    assert (bridge.mac, bridge.mtu, bridge.alias, bridge.up) == ("02:42:0a:01:00:01", 1400, "mine:ü", True)
    assert (bridge.stp, bridge.ageing_time, bridge.forward_delay, bridge.multicast_snooping) == (True, 300, 4, False)
    assert bridge.altnames == ("second-name", "third-name")
    assert (port.master, port.group, port.isolated, port.hairpin) == (bridge.index, 4097, True, True)
    assert (port.learning, port.guard) == (False, False)
    assert (port.peer_netnsid, port.ipv6_link_local) == (0, False)
    assert links["veth1"].peer == links["veth2"].index and links["veth1"].peer_netnsid == -1


def test_unusual_flags_of_a_port_are_found(scene: Scene) -> None:
    links = {link.ifname: link for link in scene.machine.codec.read.read_links(scene)}
    found = scene.machine.codec.read.unusual_port_flags(links["veth0"])
    cost = 3
    assert found == {cost: (77).to_bytes(4, scene.machine.byteorder)}


def test_addresses_are_read_as_pyroute2_reads_them(scene: Scene) -> None:
    theirs: Dict[int, List[str]] = {}
    for message in scene.pyroute2("addresses"):
        address = message.get_attr("IFA_LOCAL") or message.get_attr("IFA_ADDRESS")
        theirs.setdefault(message["index"], []).append("{0}/{1}".format(address, message["prefixlen"]))
    found = scene.machine.codec.read.read_addresses(scene)
    assert found == theirs
    assert "10.1.0.9/32" in found[2]  # of a point-to-point address our end, not the other


def test_routes_are_read_as_pyroute2_reads_them(scene: Scene) -> None:
    ours = [route._asdict() for route in scene.machine.codec.read.read_routes(scene)]
    theirs = [_route(message) for message in scene.pyroute2("routes")]
    assert sorted(ours, key=repr) == sorted(theirs, key=repr)


def test_a_multipath_route_names_the_interfaces_of_its_next_hops(scene: Scene) -> None:
    links = {link.ifname: link.index for link in scene.machine.codec.read.read_links(scene)}
    routes = scene.machine.codec.read.read_routes(scene)
    found = {route.destination: route.interfaces for route in routes if route.next_hops}
    both = (links["veth1"], links["veth2"])
    assert found == {"0.0.0.0/0": both, "::/0": both}


def test_settings_stand_where_pyroute2_has_them(scene: Scene) -> None:
    """Every number in the rows is said to have been another one: then all settings that have a name differ.

    The IPv4 row is compared as recorded only: pyroute2 takes the header of that attribute for its first number, and
    cannot encode it for another byte order.
    """
    settings = scene.machine.codec.settings
    link = next(each for each in scene.machine.codec.read.read_links(scene) if each.ifname == "br0")
    was = {
        family: _each_changed(row, scene.machine.byteorder) for family, row in settings.packed(link.families).items()
    }
    ours = {(family, name): int(value) - 1 for family, name, value in settings.differing(was, link.families)}

    message = next(each for each in scene.pyroute2("links") if each.get_attr("IFLA_IFNAME") == "br0")
    families = message.get_attr("IFLA_AF_SPEC")
    theirs = {("ipv4", _OTHER_NAMES.get(name, name)): value for name, value in families.get_attr("AF_INET").items()}
    ipv6 = families.get_attr("AF_INET6").get_attr("IFLA_INET6_CONF")
    theirs.update({("ipv6", name): value for name, value in ipv6.items()})

    common = ours.keys() & theirs.keys()
    assert {key: ours[key] for key in common} == {key: _signed(theirs[key]) for key in common}
    recorded = scene.machine.byteorder == RECORDED["byteorder"]
    assert collections.Counter(family for family, _name in common) == {"ipv6": 24, **({"ipv4": 27} if recorded else {})}


def _each_changed(row: str, byteorder: str) -> str:
    pattern = (">" if byteorder == "big" else "<") + "i"
    numbers = [number + 1 for (number,) in struct.iter_unpack(pattern, base64.b64decode(row))]
    return base64.b64encode(b"".join(struct.pack(pattern, number) for number in numbers)).decode("ascii")


def _signed(number: int) -> int:
    return number - (1 << 32) if number >= 1 << 31 else number


def _decoded(link: Any) -> Dict[str, Any]:
    return {name: value for name, value in link._asdict().items() if name not in _UNDECODED}


def _link(message: Any) -> Dict[str, Any]:
    """The fields of our Link, as pyroute2 tells them."""
    info = message.get_attr("IFLA_LINKINFO")
    altnames = message.get_attr("IFLA_PROP_LIST")
    netnsid = message.get_attr("IFLA_LINK_NETNSID")
    return {
        "index": message["index"],
        "ifname": message.get_attr("IFLA_IFNAME"),
        "kind": (info.get_attr("IFLA_INFO_KIND") if info else None) or "",
        "up": bool(message["flags"] & 1),
        "arp": not message["flags"] & 0x80,
        "multicast": bool(message["flags"] & 0x1000),
        "mac": message.get_attr("IFLA_ADDRESS"),
        "mtu": message.get_attr("IFLA_MTU"),
        "alias": (message.get_attr("IFLA_IFALIAS") or "").rstrip("\0"),
        "master": message.get_attr("IFLA_MASTER") or 0,
        "peer": message.get_attr("IFLA_LINK") or 0,
        "peer_netnsid": -1 if netnsid is None else netnsid,
        "altnames": tuple(altnames.altnames()) if altnames else (),
        "group": message.get_attr("IFLA_GROUP"),
        "ipv6_link_local": _makes_link_local(message),
        "qdisc": message.get_attr("IFLA_QDISC"),
        **_bridge(info),
        **_port(info),
    }


def _bridge(info: Any) -> Dict[str, Any]:
    if not info or info.get_attr("IFLA_INFO_KIND") != "bridge":
        return {"stp": False, "ageing_time": 0, "forward_delay": 0, "multicast_snooping": True}
    data = info.get_attr("IFLA_INFO_DATA")
    return {
        "stp": bool(data.get_attr("IFLA_BR_STP_STATE")),
        "ageing_time": data.get_attr("IFLA_BR_AGEING_TIME") // 100,
        "forward_delay": data.get_attr("IFLA_BR_FORWARD_DELAY") // 100,
        "multicast_snooping": bool(data.get_attr("IFLA_BR_MCAST_SNOOPING")),
    }


def _port(info: Any) -> Dict[str, Any]:
    if not info or info.get_attr("IFLA_INFO_SLAVE_KIND") != "bridge":
        return {"isolated": False, "hairpin": False, "learning": True, "guard": False}
    data = info.get_attr("IFLA_INFO_SLAVE_DATA")
    return {
        "isolated": bool(data.get_attr("IFLA_BRPORT_ISOLATED")),
        "hairpin": bool(data.get_attr("IFLA_BRPORT_MODE")),
        "learning": bool(data.get_attr("IFLA_BRPORT_LEARNING")),
        "guard": bool(data.get_attr("IFLA_BRPORT_GUARD")),
    }


def _makes_link_local(message: Any) -> bool:
    families = message.get_attr("IFLA_AF_SPEC")
    ipv6 = families.get_attr("AF_INET6") if families else None
    return ipv6 is None or ipv6.get_attr("IFLA_INET6_ADDR_GEN_MODE") != 1


def _route(message: Any) -> Dict[str, Any]:
    """The fields of our RouteEntry, as pyroute2 tells them."""
    nowhere = "0.0.0.0" if message["family"] == socket.AF_INET else "::"
    hops = message.get_attr("RTA_MULTIPATH") or ()
    types = {1: "unicast", 2: "local", 3: "broadcast", 5: "multicast", 6: "blackhole", 7: "unreachable"}
    return {
        "destination": "{0}/{1}".format(message.get_attr("RTA_DST") or nowhere, message["dst_len"]),
        "gateway": message.get_attr("RTA_GATEWAY"),
        "type": types[message["type"]],
        "metric": message.get_attr("RTA_PRIORITY") or 0,
        "onlink": bool(message["flags"] & 4),
        "oif": message.get_attr("RTA_OIF") or 0,
        "table": message.get_attr("RTA_TABLE"),
        "protocol": message["proto"],
        "next_hops": tuple(hop["oif"] for hop in hops),
        "gateways": tuple(hop.get_attr("RTA_GATEWAY") for hop in hops),
        "next_hop_id": message.get_attr("RTA_NH_ID") or 0,
        "source": message.get_attr("RTA_PREFSRC"),
    }


def _encoded_there(here: Machine, there: Machine, name: str, payload: bytes) -> bytes:
    message = here.decode(CLASSES[name], payload)
    fields = {field: message[field] for field, _kind in message.fields}
    attributes = [_plain(each) for each in message["attrs"] if name != "links" or each[0] in _OF_A_LINK]
    return there.encode(CLASSES[name], fields, attributes)


def _plain(value: Any) -> Any:
    """What pyroute2 decoded, as what it encodes: without the traces of decoding."""
    if hasattr(value, "keys"):
        kept = [key for key in value.keys() if key not in ("header", "event", "value", "state", "target", "stats")]
        return {key: _plain(value[key]) for key in kept}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if isinstance(value, tuple) or type(value).__name__ == "nla_slot":
        return value[0], _plain(value[1])
    return value
