# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an encrypted network costs its traffic, beside a bare WireGuard tunnel between the same hosts.

Measured is the time of the processor for each byte of a connection, of sender, receiver and both programs together:
what else runs on the machine takes time, and hardly any of this. Both tunnels are worked on by units of the same hosts,
and take turns: a program that a test starts beside the host's systemd is in no control group and under no filter of
system calls, and is faster by a fifth for that alone.
"""

from __future__ import annotations

import os
import statistics
import time
from pathlib import Path
from typing import Dict, Iterator, List, NamedTuple

import pytest

from tests.integration.encryption.hosts import Hosts
from tests.lab.booted_host import BootedHost
from tests.lab.waiting import wait_for
from tests.long.transfer import transfer

TURNS, MEGABYTES = 15, 50
#: What a run must not fall below; docs/performance.md tells what was measured.
LEAST = 0.75
NETWORK = {"driver": "overlay", "encrypted": True, "ipam": {"config": [{"subnet": "10.88.0.0/16"}]}}
#: As somebody makes a tunnel by hand, with the same program, mtu and kind of unit.
_BARE = """
(umask 077; wg genkey > /run/bare.key)
wg set bare listen-port 51999 private-key /run/bare.key
ip address add 10.77.0.{here}/24 dev bare
ip link set bare mtu 1440 up
wg show bare public-key
"""
#: Where this machine has br_netfilter loaded, what a bridge passes is not to meet the rules for what is routed.
_BRIDGES = "for key in /proc/sys/net/bridge/bridge-nf-call-*; do echo 0 > $key; done"
_PEER = "wg set bare peer {key} endpoint {address}:51999 allowed-ips 10.77.0.{there}/32"


class Transfer(NamedTuple):
    """Seconds of the processor, and of the clock."""

    used: float
    took: float


@pytest.fixture
def beside(hosts: Hosts) -> Iterator[Hosts]:
    """An encrypted network of two containers, and beside it a bare tunnel."""
    hosts.networks = {"shop": NETWORK}
    hosts.own = {"node1": {"web": {"networks": ["shop"]}}, "node2": {"db": {"networks": ["shop"]}}}
    hosts.make_all()
    _make_bare(hosts)
    yield hosts
    for host in hosts.own:
        hosts.host(host).run(["systemctl", "stop", "bare"])
        hosts.absent(host)


def _make_bare(hosts: Hosts) -> None:
    keys: Dict[str, str] = {}
    for here, name in enumerate(hosts.own, 1):
        host = hosts.host(name)
        host.run(["sh", "-c", _BRIDGES], check=False)
        host.start("bare", ["wireguard-go", "--foreground", "bare"])
        _await_tunnel(host)
        keys[name] = host.run(["sh", "-ec", _BARE.format(here=here)]).stdout.split()[-1]
    for there, (name, other) in enumerate((("node2", "node1"), ("node1", "node2")), 1):
        peer = _PEER.format(key=keys[other], address=hosts.host(other).ipv4, there=there)
        hosts.host(name).run(["sh", "-ec", peer])


def _await_tunnel(host: BootedHost) -> None:
    wait_for(lambda: host.run(["wg", "show", "bare"], check=False).returncode == 0, 20, "the tunnel")


def test_an_encrypted_network_costs_little_more_than_a_bare_tunnel(beside: Hosts) -> None:
    (address, *_others) = beside.told["node2"]["networks"]["shop"]["own"]["containers"]["db"]["addresses"]
    bare: List[Transfer] = []
    ours: List[Transfer] = []
    for turn in range(TURNS):
        bare.append(_transfer(beside, "node1", "node2", "10.77.0.2", 9000 + turn))
        ours.append(_transfer(beside, "node1/web", "node2/db", address, 9000 + turn))
    ratio = statistics.median(other.used / own.used for other, own in zip(bare, ours))
    by_clock = statistics.median(other.took / own.took for other, own in zip(bare, ours))
    text = "{0:.2f} of the bytes of a bare tunnel for each second of the processor, {1:.2f} for each of the clock"
    print(text.format(ratio, by_clock))
    print(
        [round(o.used / w.used, 2) for o, w in zip(bare, ours)],
        statistics.median(t.used for t in bare) / MEGABYTES * 1e3,
    )
    assert ratio > LEAST


def _transfer(hosts: Hosts, source: str, target: str, address: str, port: int) -> Transfer:
    """Of MEGABYTES over one connection."""
    programs = _programs(hosts)
    before, began = _used_by(programs), time.monotonic()
    used = transfer(hosts.talk, source, target, address, port, MEGABYTES)
    return Transfer(used + _used_by(programs) - before, time.monotonic() - began)


def _programs(hosts: Hosts) -> List[Path]:
    """Of each wireguard-go on these hosts, as this machine sees it, where ``schedstat`` has nanoseconds."""
    places = {os.stat("/proc/{0}/ns/net".format(hosts.host(name).pid)).st_ino for name in hosts.own}
    found: List[Path] = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            name, place = (process / "comm").read_text().strip(), os.stat(str(process / "ns/net")).st_ino
        except OSError:
            continue  # it has ended
        if name == "wireguard-go" and place in places:
            found.append(process)
    return found


def _used_by(programs: List[Path]) -> float:
    """proc(5), ``/proc/pid/task/tid/schedstat``: the first number is the time on a processor."""
    tasks = [task for program in programs for task in program.glob("task/*/schedstat")]
    return sum(int(task.read_text().split()[0]) for task in tasks) / 1e9
