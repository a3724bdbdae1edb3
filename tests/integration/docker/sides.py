# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The same inventory on two hosts: one declares it to linuxnet.fabric, one spells it out for Docker."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Callable, Dict, List

from tests.lab import Lab
from tests.lab.place import Place

from .daemon import Daemon

FRONT = {"subnet": "172.20.0.0/24", "gateway": "172.20.0.1", "ip_range": "172.20.0.128/25"}
BACK6 = "fd00:b:a:c::/64"
PORTS = ["80:80", "127.0.0.1:8443:443/tcp", "5353:53/udp", "9000-9010:9000-9010", "7000"]
#: neighbour, other and bare are there to ask from: one on web's network, one on the network that nobody declares, one
#: on a network without masquerade.
BRIDGED = ("web", "db", "neighbour", "other", "bare")
NETWORKS = {
    "front": {"ipam": {"config": [dict(FRONT, aux_addresses={"printer": "172.20.0.9"})]}},
    "back": {"internal": True, "enable_ipv6": True, "icc": False},
    "plain": {"masquerade": False, "ipam": {"config": [{"subnet": "172.20.9.0/24"}]}},
}
CONTAINERS = {
    "web": {"networks": {"front": {"ipv4_address": "172.20.0.10", "aliases": ["www"]}, "back": {}}, "ports": PORTS},
    "sidecar": {"network_mode": "container:web"},
    "batch": {"network_mode": "none"},
    "agent": {"network_mode": "host"},
    "db": {"networks": ["back"], "hostname": "db"},
    "neighbour": {"networks": ["front"]},
    "other": {},
    "bare": {"networks": ["plain"]},
}


@dataclass
class Side:
    """What a probe needs to know: where to ask from, and what the addresses there are called."""

    lab: Lab
    places: Dict[str, Place] = field(default_factory=dict)
    addresses: Dict[str, str] = field(default_factory=dict)
    ports: Dict[str, int] = field(default_factory=dict)
    #: How to read a file as a program in the container sees it.
    file: Callable[[str, str], str] = lambda _container, _path: ""

    def close(self) -> None:
        for place in self.places.values():
            place.stop()

    def word(self, address: str) -> str:
        """The name of an address, for instance of the one that a server saw."""
        return next((name for name, known in self.addresses.items() if known == address), address)

    def _outside(self) -> None:
        lab = self.lab
        self.places.update(client=lab.client, attacker=lab.attacker, host=lab.host)
        self.addresses.update({"127.0.0.1": "127.0.0.1", "[::1]": "::1"})
        for name, party in (("client", lab.client), ("attacker", lab.attacker), ("host", lab.host)):
            self.addresses.update({name: party.ipv4, "[{0}]".format(name): party.ipv6})


def fabric(lab: Lab) -> Side:
    side = Side(lab)
    side._outside()
    side.file = lambda name, path: lab.host.container(name).run(["cat", path]).stdout
    made = lab.host.module("topology", {"networks": NETWORKS, "containers": CONTAINERS})
    for name in CONTAINERS:
        side.places[name] = lab.host.container(name)
    for network in ("front", "back", "plain", "bridge"):
        gateways = [address.split("/")[0] for address in made["networks"][network]["gateways"]]
        _name_gateways(side, network, gateways)
    for name in BRIDGED:
        for interface in made["containers"][name]["interfaces"].values():
            families = [interface.get("ipv4"), interface.get("ipv6")]
            _name_addresses(side, name, interface["network"], families)
    for port in made["containers"]["web"]["ports"]:
        if port["target"] == 7000:
            side.ports["allocated"] = port["published"]
    return side


def docker(lab: Lab, daemon: Daemon) -> Side:
    side = Side(lab)
    side._outside()
    _declare(daemon)
    side.file = lambda name, path: daemon.told("exec", name, "/bin/busybox", "cat", path)
    for name in CONTAINERS:
        side.places[name] = daemon.container("web" if name == "sidecar" else name)
    for network in ("front", "back", "plain", "bridge"):
        # Not every gateway is in what "network inspect" tells of 20.10: the interface knows.
        number = daemon.told("network", "inspect", "--format", "{{.Id}}", network)[:12]
        interface = "docker0" if network == "bridge" else "br-" + number
        listed = lab.host.json(["ip", "-j", "address", "show", "dev", interface, "scope", "global"])
        _name_gateways(side, network, [item["local"] for item in listed[0]["addr_info"] if item])
    for name in BRIDGED:
        form = "{{range $n, $e := .NetworkSettings.Networks}}{{$n}} {{$e.IPAddress}} {{$e.GlobalIPv6Address}}\n{{end}}"
        for line in daemon.told("inspect", "--format", form, name).splitlines():
            network, *addresses = line.split()
            if addresses:
                _name_addresses(side, name, network, addresses)
    side.ports["allocated"] = int(daemon.told("port", "web", "7000/tcp").splitlines()[0].rsplit(":", 1)[1])
    return side


def _declare(daemon: Daemon) -> None:
    daemon.ask(
        "network", "create", "--subnet", FRONT["subnet"], "--gateway", FRONT["gateway"], "--ip-range",
        FRONT["ip_range"], "--aux-address", "printer=172.20.0.9", "front",
    )  # fmt: skip
    # 20.10 chooses no IPv6 subnet by itself.
    daemon.ask(
        "network", "create", "--internal", "--ipv6", "--subnet", BACK6,
        "-o", "com.docker.network.bridge.enable_icc=false", "back",
    )  # fmt: skip
    daemon.ask(
        "network", "create", "--subnet", "172.20.9.0/24",
        "-o", "com.docker.network.bridge.enable_ip_masquerade=false", "plain",
    )  # fmt: skip
    ports = [word for port in PORTS for word in ("-p", port)]
    _create(daemon, "web", "--network", "front", "--ip", "172.20.0.10", "--network-alias", "www", *ports)
    daemon.ask("network", "connect", "back", "web")
    _create(daemon, "db", "--network", "back", "--hostname", "db")
    _create(daemon, "neighbour", "--network", "front")
    _create(daemon, "other")
    _create(daemon, "bare", "--network", "plain")
    _create(daemon, "batch", "--network", "none")
    _create(daemon, "agent", "--network", "host")
    daemon.ask("start", "web", "db", "neighbour", "other", "bare", "batch", "agent")
    _create(daemon, "sidecar", "--network", "container:web")
    daemon.ask("start", "sidecar")


def _create(daemon: Daemon, name: str, *how: str) -> None:
    daemon.ask("create", "--name", name, *how, "probe", "/bin/busybox", "sleep", "3600")


def _name_gateways(side: Side, network: str, addresses: List[str]) -> None:
    for address in addresses:
        form = "[{0}'s gateway]" if ":" in address else "{0}'s gateway"
        side.addresses[form.format(network)] = address.split("/")[0]


def _name_addresses(side: Side, container: str, network: str, addresses: List[Any]) -> None:
    name = container if (container, network) != ("web", "back") else "web on back"
    for value in addresses:
        for address in [value] if isinstance(value, str) else value or []:
            side.addresses["[{0}]".format(name) if ":" in address else name] = address.split("/")[0]
