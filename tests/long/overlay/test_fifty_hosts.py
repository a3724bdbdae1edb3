# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fifty hosts with twenty containers each: made, made again, probed; and one more host."""

from __future__ import annotations

import os
import random
from pathlib import Path
from typing import Any, Dict, List

import pytest

from tests.integration.overlay.fleet import FleetTalk
from tests.lab import Lab, missing
from tests.lab.place import Host
from tests.long.overlay.direct import DirectFleet, addresses, changed, processor_seconds

HOSTS, CONTAINERS, PROBES = int(os.environ.get("FABRIC_HOSTS", "50")), 20, 100
NETWORK = {"driver": "overlay", "ipam": {"config": [{"subnet": "10.88.0.0/16"}]}}


def test_fifty_hosts_are_made_once_and_one_more_costs_each_of_them_one_peer() -> None:
    lack = missing()
    if lack:
        pytest.skip("a lab needs " + lack)
    names = ["h%d" % number for number in range(1, HOSTS + 2)]
    with Lab(names) as lab:
        fleet = DirectFleet(lab)
        for host in lab.hosts[:HOSTS]:
            fleet.declared[host.name] = _declared(host)
        before, used = _available(), processor_seconds()
        made = fleet.run(names[:HOSTS])
        seconds, memory = (processor_seconds() - used) / HOSTS, (before - _available()) / HOSTS
        assert changed(fleet.run(names[:HOSTS])) == []
        _probe(lab, addresses(made))

        links = {name: lab.parties[name].json(["ip", "-j", "link"]) for name in names[:HOSTS]}
        fleet.declared[names[HOSTS]] = _declared(lab.hosts[HOSTS])
        again = fleet.run(names)
        for name in names[:HOSTS]:
            lines = again[name]["actions"]
            assert sum("reach {0} at".format(names[HOSTS]) in line for line in lines) == 1, lines
            assert not [line for line in lines if "take " in line or "repair" in line or "no longer" in line], lines
            assert lab.parties[name].json(["ip", "-j", "link"]) == links[name], "no interface is made anew"
        _probe(lab, addresses(again))
    by_script, its_memory = _by_script(names[:HOSTS])
    told = "{0} hosts x {1} containers: {2:.2f} s of the processor and {3:.1f} MB a host; ip -batch and bridge -batch "
    told += "alone: {4:.2f} s and {5:.1f} MB"
    print(told.format(HOSTS, CONTAINERS, seconds, memory / 1024, by_script, its_memory / 1024))


def _declared(host: Host) -> Dict[str, Any]:
    return {
        "topology_networks": {"shop": NETWORK},
        "topology_containers": {"c%d" % number: {"networks": ["shop"]} for number in range(CONTAINERS)},
        "topology_host_id": "id-of-" + host.name,
        "topology_underlay_address": host.ipv4,
    }


def _probe(lab: Lab, places: Dict[str, str]) -> None:
    """Containers of different hosts, drawn by lot, see each other as themselves."""
    draw, talk = random.Random(19), FleetTalk(lab)
    for number in range(PROBES):
        source, target = draw.sample(sorted(places), 2)
        server = talk.serve(target, 8000 + number)
        assert talk.reach(source, places[target], 8000 + number, server) == places[source], (source, target)
        server.close()
    talk.close()


def _available() -> int:
    """Memory of the machine that is free to be had, in KiB (proc(5), /proc/meminfo)."""
    (line,) = [each for each in Path("/proc/meminfo").read_text().splitlines() if each.startswith("MemAvailable:")]
    return int(line.split()[1])


def _by_script(names: List[str]) -> Any:
    """What a host costs that a script makes: the same links, addresses, routes, forwarding and neighbour entries."""
    with Lab(names) as lab:
        before, used = _available(), processor_seconds()
        for number, host in enumerate(lab.hosts):
            host.run(["ip", "-batch", "-"], input=_links(number, host, lab.hosts))
            host.run(["bridge", "-batch", "-"], input=_entries(number, lab.hosts))
        return (processor_seconds() - used) / len(names), (before - _available()) / len(names)


def _links(number: int, host: Host, hosts: List[Host]) -> str:
    lines = ["link add br0 type bridge", "link set br0 up", "address add 10.88.{0}.1/24 dev br0".format(number)]
    lines.append(
        "link add vx0 address {0} type vxlan id 7 dstport 4789 local {1} nolearning".format(_mac(number), host.ipv4)
    )
    lines.append("link set vx0 up")
    for container in range(CONTAINERS):
        name = "c%d" % container
        lines.append("netns add " + name)
        lines.append("link add v{0} type veth peer name eth0 netns {1}".format(container, name))
        lines.append("link set v{0} master br0 up".format(container))
    for other in range(len(hosts)):
        if other != number:
            lines.append("neighbour add 10.88.{0}.1 lladdr {1} dev vx0 nud permanent".format(other, _mac(other)))
            lines.append("route add 10.88.{0}.0/24 via 10.88.{0}.1 dev vx0 onlink".format(other))
    return "\n".join(lines) + "\n"


def _entries(number: int, hosts: List[Host]) -> str:
    others = [(each, host) for each, host in enumerate(hosts) if each != number]
    lines = ["fdb add {0} dev vx0 dst {1} self permanent".format(_mac(each), host.ipv4) for each, host in others]
    return "\n".join(lines) + "\n"


def _mac(number: int) -> str:
    return "02:99:00:00:00:%02x" % number
