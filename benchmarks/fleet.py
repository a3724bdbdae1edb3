# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One host with twenty containers on an overlay that N other hosts are on, too.

The other hosts are none: what a play tells our host of them is made here, and a script of ``ip`` and ``bridge`` makes
the same links, addresses, routes and entries.
"""

from __future__ import annotations

from ipaddress import ip_address
from typing import Any, Dict, Iterator

CONTAINERS = 20
_HERE = "192.0.2.2"  # the uplink of a trial's host
_FIRST_PEER, _FIRST_SUBNET = int(ip_address("10.0.0.1")), int(ip_address("100.64.0.0"))
_NETWORKS = {"shop": {"driver": "overlay", "vni": 4711, "ipam": {"config": [{"subnet": "100.64.0.0/10"}]}}}
_DECLARED = {"c{0:02d}".format(number): {"networks": ["shop"]} for number in range(CONTAINERS)}


def topology(peers: int) -> Dict[str, Any]:
    """The options of our module, with what the first play of ``site`` tells the host."""
    from tests.integration.overlay.peer import told  # with the controller's half of the collection: not on every start

    addresses = {"here": _HERE}
    addresses.update({"node{0}".format(number): _underlay(number) for number in range(peers)})
    words = told(_NETWORKS, addresses, _DECLARED)
    words["name"] = "bench"
    return {"name": "bench", "state": "present", "networks": _NETWORKS, "containers": _DECLARED, "fleet": words}


def _underlay(peer: int) -> str:
    return str(ip_address(_FIRST_PEER + peer))


def _subnet(host: int) -> int:
    return _FIRST_SUBNET + 256 * host


def _mac(peer: int) -> str:
    return "02:99:" + ip_address(_FIRST_PEER + peer).packed.hex(":")


def links(peers: int) -> Iterator[str]:
    """Lines for ``ip -batch``."""
    yield "link add br-shop type bridge"
    yield "address add {0}/24 dev br-shop".format(ip_address(_subnet(0) + 1))
    yield "link set br-shop up"
    yield "link add vx-shop type vxlan id 4711 dstport 4789 local {0} nolearning".format(_HERE)
    yield "link set vx-shop up"
    for name in _DECLARED:
        yield "netns add " + name
        yield "link add v{0} master br-shop up type veth peer name eth0 netns {0}".format(name)
    for peer in range(peers):
        gateway = ip_address(_subnet(peer + 1) + 1)
        yield "neighbour add {0} lladdr {1} dev vx-shop nud permanent".format(gateway, _mac(peer))
        yield "route add {0}/24 via {1} dev vx-shop onlink".format(ip_address(_subnet(peer + 1)), gateway)


def inside() -> Iterator["tuple[str, str]"]:
    """(namespace, lines for ``ip -batch`` in there)."""
    for number, name in enumerate(_DECLARED):
        yield (
            name,
            "address add {0}/24 dev eth0\nlink set eth0 up\nroute add default via {1}\nlink set lo up\n".format(
                ip_address(_subnet(0) + 2 + number), ip_address(_subnet(0) + 1)
            ),
        )


def entries(peers: int) -> Iterator[str]:
    """Lines for ``bridge -batch``."""
    for peer in range(peers):
        yield "fdb add {0} dev vx-shop dst {1} self permanent".format(_mac(peer), _underlay(peer))
