# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An encrypted network between two hosts, by the kernel's own WireGuard: elsewhere a program works in its place.

The fleet is planned here as the controller plans it, but without an inventory: a target has no ansible-core.
"""

from __future__ import annotations

import socket
from typing import Any, Dict

from ansible_collections.linuxnet.fabric.plugins.module_utils._declaration.fleet_words import parse_fleet_words
from ansible_collections.linuxnet.fabric.plugins.module_utils._declaration.words import Problems
from ansible_collections.linuxnet.fabric.plugins.module_utils._expansion.drivers.registry import parse_declaration
from ansible_collections.linuxnet.fabric.plugins.module_utils._fleet.encryption import with_ports
from ansible_collections.linuxnet.fabric.plugins.module_utils._fleet.handing import Carried
from ansible_collections.linuxnet.fabric.plugins.module_utils._fleet.members import Member, identity
from ansible_collections.linuxnet.fabric.plugins.module_utils._fleet.plan import fleet_plan
from tests.lab import Lab
from tests.lab.talk import Talk, addresses

from .steps import Steps, holds, module, same

HOSTS = ("node1", "node2")
SUBNETS = [{"subnet": "10.88.0.0/16"}, {"subnet": "fd88::/64"}]
SHOP = {"driver": "overlay", "encrypted": True, "enable_ipv6": True, "ipam": {"config": SUBNETS}}
CONTAINERS = {"node1": "web", "node2": "db"}
MARKER = b"nobody-is-to-read-this-on-a-wire" * 4


class _Talk(Talk):
    """Places are ``HOST/CONTAINER``."""

    def _handle(self, container: str) -> str:
        host, _slash, name = container.partition("/")
        return "/proc/{0}/root/run/netns/{1}".format(self.lab.parties[host].pid, name)


def encrypted_network(lab: Lab, steps: Steps) -> None:
    with steps("encrypted: two hosts make one network", vital=True):
        declared = _planned(lab)
        made = {host.name: module(host, "topology", declared[host.name]) for host in lab.hosts}
    ifname = lab.host.run(["wg", "show", "interfaces"]).stdout.strip()
    with steps("encrypted: the tunnel is the kernel's"):
        (link,) = lab.host.json(["ip", "-d", "-j", "link", "show", "dev", ifname])
        same(link["linkinfo"]["info_kind"], "wireguard")
    with steps("encrypted: both families, and nothing that can be read on the wire"):
        _calls(lab, addresses(made["node2"], "db"))
    with steps("encrypted: a second run changes nothing"):
        same(module(lab.host, "topology", declared["node1"])["actions"], [])
    with steps("encrypted: nothing is left"):
        module(lab.host, "topology", {"state": "absent"})
        same(lab.host.run(["wg", "show", "interfaces"]).stdout.strip(), "")


def _planned(lab: Lab) -> Dict[str, Any]:
    """Host → what its module ``topology`` is given."""
    members, identities = [], {}
    declared = {
        host.name: {"networks": {"shop": SHOP}, "containers": {CONTAINERS[host.name]: {"networks": ["shop"]}}}
        for host in lab.hosts
    }
    for host in lab.hosts:
        words = declared[host.name]
        topology = parse_declaration("default", words["networks"], words["containers"], None, None, False)
        members.append(Member(host.name, topology, parse_fleet_words({}, topology.networks, Problems())))
        question = {"state": "introduced", "subnets": [each["subnet"] for each in SUBNETS], "tunnel_port": 51871}
        question.update(host_id="id-of-" + host.name, underlay_address=host.ipv4)
        answer = module(host, "fleet_member", question)
        identities[host.name] = identity(host.name, answer["identity"], Carried())
    plan = fleet_plan(members, with_ports({"default": identities})["default"])
    same([str(problem) for problem in plan.problems], [])
    for host in lab.hosts:
        told = plan.hosts[host.name].as_data()
        module(host, "fleet_member", {"state": "reserved", "told": told})
        declared[host.name]["fleet"] = told
    return declared


def _calls(lab: Lab, there: Dict[int, str]) -> None:
    talk = _Talk(lab)
    with talk.inside("node1"):
        wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    wire.bind(("eth0", 3))
    with wire, talk.serve("node2/db", 80) as server:
        for address in there.values():
            holds(talk.reach("node1/web", address, 80, server, size=100_000), address + " is not reached")
        with talk.serve("node2/db", 81, "udp") as deaf:
            speaker = talk.socket("node1/web", socket.AF_INET, socket.SOCK_DGRAM)
            speaker.sendto(MARKER, (there[4], 81))
            deaf.settimeout(10)
            same(deaf.recv(1000), MARKER, "what arrived")
        frames = list(_frames(wire))
    talk.close()
    holds(any(frame[36:38] == (51871).to_bytes(2, "big") for frame in frames), "nothing went by the tunnel")
    holds(not any(MARKER in frame for frame in frames), "it can be read on the wire")


def _frames(wire: socket.socket) -> Any:
    wire.setblocking(False)
    while True:
        try:
            yield wire.recv(1 << 16)
        except BlockingIOError:
            return
