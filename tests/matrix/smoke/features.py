# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a distribution's kernel has and not every machine's.

A feature of the collection that needs such a kernel adds a function here, and its name with the hosts that it needs to
FEATURES; what it needs of the kernel goes into KERNEL. It gets a lab of its own and tells its steps, the first of which
is vital to the others.
"""

from __future__ import annotations

import json
import socket
from typing import Any, Callable, Dict, Tuple

from tests.lab import Lab
from tests.lab.talk import DEADLINE, Talk

from . import encrypted
from .declarations import HOST_IPV4
from .encrypted import encrypted_network
from .steps import Steps, holds, module, same

#: What a kernel has → how it is tried, in a namespace that ends with the command.
KERNEL: Dict[str, str] = {
    "wireguard": "ip link add t0 type wireguard",
    "ipvlan": "ip link add link v0 name t0 type ipvlan mode l2",
    "macvlan": "ip link add link v0 name t0 type macvlan mode bridge",
    "vlan": "ip link add link v0 name t0 type vlan id 10",
    "dummy": "ip link add t0 type dummy",
    "vxlan": "ip link add t0 type vxlan id 10 dstport 4789 dev v0",
    "ipip": "ip link add t0 type ipip local 192.0.2.1 remote 192.0.2.2",
    "sit": "ip link add t0 type sit local 192.0.2.1 remote 192.0.2.2",
    "netem": "tc qdisc add dev v0 root netem delay 1ms",
    "tbf": "tc qdisc add dev v0 root tbf rate 1mbit burst 10kb latency 50ms",
    "bridge VLAN filtering": "ip link add t0 type bridge vlan_filtering 1",
    "ESP": "ip xfrm state add src 192.0.2.1 dst 192.0.2.2 proto esp spi 1 mode transport "
    "aead 'rfc4106(gcm(aes))' 0x{0} 128".format("00" * 20),
}
SCTP = 132
#: 1 keeps tunl0 and its like in a machine's first namespace.
_ONLY_AT_FIRST = "/proc/sys/net/core/fb_tunnels_only_for_init_net"


def kernel_has(lab: Lab) -> Dict[str, bool]:
    """Which of KERNEL this one makes, and whether it has sockets of SCTP."""
    begin = "ip link add v0 type veth peer name v1; "
    has = {}
    for name, script in KERNEL.items():
        done = lab.host.run(["unshare", "--net", "sh", "-ec", begin + script], check=False)
        has[name] = done.returncode == 0
    try:
        socket.socket(socket.AF_INET, socket.SOCK_STREAM, SCTP).close()
        has["SCTP"] = True
    except OSError:
        has["SCTP"] = False
    return has


def sctp(lab: Lab, steps: Steps) -> None:
    declared: Dict[str, Any] = {
        "networks": {"front": {"enable_ipv6": True}},
        "containers": {"web": {"networks": ["front"], "ports": ["8080:80/sctp", "127.0.0.1:8081:81/sctp"]}},
    }
    with steps("SCTP: a published port from outside, IPv4 and IPv6, and on loopback", vital=True):
        module(lab.host, "topology", declared)
        talk = Talk(lab)
        for source, address, port, listening in (
            ("client", HOST_IPV4, 8080, 80),
            ("client", lab.host.ipv6, 8080, 80),
            ("node1", "127.0.0.1", 8081, 81),
        ):
            with talk.socket("web", socket.AF_INET6, socket.SOCK_STREAM, SCTP) as server:
                server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                server.bind(("::", listening))
                server.listen(1)
                family = socket.AF_INET6 if ":" in address else socket.AF_INET
                with talk.socket(source, family, socket.SOCK_STREAM, SCTP) as client:
                    _there_and_back(client, server, (address, port))
        talk.close()
    with steps("SCTP: a second run changes nothing"):
        same(module(lab.host, "topology", declared)["actions"], [])


def _there_and_back(client: socket.socket, server: socket.socket, address: Tuple[str, int]) -> None:
    client.settimeout(DEADLINE)
    server.settimeout(DEADLINE)
    client.connect(address)
    client.sendall(b"there")
    connection = server.accept()[0]
    with connection:
        connection.settimeout(DEADLINE)
        same(connection.recv(64), b"there", "what arrived")
        connection.sendall(b"back")
        same(client.recv(64), b"back", "what came back")


def vlan_filtering(lab: Lab, steps: Steps) -> None:
    """Somebody's bridge with VLAN 10 as that of untagged frames, the wire on it, adopted with ``external``."""
    script = """
        ip link add lan0 type bridge forward_delay 0 vlan_filtering 1 vlan_default_pvid 10
        ip link set lan0 up; ip link set eth0 master lan0
        ip address flush dev eth0; ip address add {0}/24 dev lan0
        ip route replace default via 198.51.100.1""".format(lab.host.ipv4)
    lan = {"subnet": "198.51.100.0/24", "gateway": "198.51.100.1", "ip_range": "198.51.100.128/25"}
    declared: Dict[str, Any] = {
        "networks": {"lan": {"external": True, "bridge": "lan0", "ipam": {"config": [lan]}}},
        "containers": {"guest": {"networks": ["lan"]}},
    }
    with steps("VLAN filtering: a guest on somebody's bridge is on its VLAN", vital=True):
        lab.host.run(["sh", "-ec", script])
        before = _vlans(lab)
        guest = module(lab.host, "topology", declared)["containers"]["guest"]["interfaces"]["eth0"]
        talk = Talk(lab)
        with talk.serve("guest", 80) as server:
            holds(talk.reach("client", guest["ipv4"], 80, server), "the client does not reach the guest")
        talk.close()
        same(_vlans(lab).get(guest["host_interface"]), [10], "the VLANs of the guest's port")
    with steps("VLAN filtering: a second run changes nothing"):
        same(module(lab.host, "topology", declared)["actions"], [])
    with steps("VLAN filtering: the bridge stays as it was"):
        module(lab.host, "topology", {"state": "absent"})
        same(_vlans(lab), before, "the VLANs of the bridge and its ports")


def _vlans(lab: Lab) -> Dict[str, Any]:
    listed = json.loads(lab.host.run(["bridge", "-j", "vlan", "show"]).stdout)
    return {each["ifname"]: [vlan["vlan"] for vlan in each["vlans"]] for each in listed}


def fallback_tunnels(lab: Lab, steps: Steps) -> None:
    """Namespaces that are born with tunl0 and sit0, which the kernel's modules ipip and sit bring to each."""
    declared = {"containers": {"web": {"ports": ["8080:80"]}, "batch": {"network_mode": "none"}}}
    with steps("fallback tunnels: apply where namespaces are born with tunl0 and sit0", vital=True):
        with open(_ONLY_AT_FIRST, "w") as file:
            file.write("0")
        born = lab.host.run(["unshare", "--net", "ip", "-br", "link"]).stdout
        holds("tunl0" in born and "sit0" in born, "namespaces are born with lo only: " + born)
        module(lab.host, "topology", declared)
        talk = Talk(lab)
        with talk.serve("web", 80) as server:
            holds(talk.reach("client", HOST_IPV4, 8080, server), "the published port does not answer")
        talk.close()
    with steps("fallback tunnels: a second run changes nothing"):
        same(module(lab.host, "topology", declared)["actions"], [])


#: Each with the hosts of its lab.
FEATURES: Tuple[Tuple[Callable[[Lab, Steps], None], Tuple[str, ...]], ...] = (
    (sctp, ("node1",)),
    (vlan_filtering, ("node1",)),
    (fallback_tunnels, ("node1",)),
    (encrypted_network, encrypted.HOSTS),
)
