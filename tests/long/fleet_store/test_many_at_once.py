# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many controllers on one etcd at once, and everything killed at any instant: no lease is lost, none is doubled."""

from __future__ import annotations

import json
import os
import random
import re
import subprocess
import sys
from ipaddress import ip_network
from pathlib import Path
from typing import Dict, Iterator, List, Set, Tuple

import pytest

from tests.lab import Lab, etcd, missing
from tests.lab.place import Host

WORKER = str(Path(__file__).with_name("store_worker.py"))
CLIENTS, HOSTS = 8, 50
KILLS = int(os.environ.get("KILLS", "200"))
BLOCKS = "topologies/default/networks/shop/blocks/"


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[etcd.Cluster]:
    """A member on each of three hosts, with TLS and passwords."""
    lack = etcd.missing() or missing()
    if lack:
        pytest.skip("these tests need " + lack)
    with Lab(("node1", "node2", "node3")) as lab:
        yield etcd.Cluster(lab.hosts, tmp_path)


def _start(host: Host, cluster: etcd.Cluster, mode: str, *arguments: object) -> "subprocess.Popen[str]":
    environment = dict(os.environ, PYTHONPATH=os.pathsep.join(entry for entry in sys.path if entry))
    words = [json.dumps(cluster.store()["etcd"]), *map(str, arguments)]
    return host.popen([sys.executable, WORKER, mode, *words], env=environment)


def _held(cluster: etcd.Cluster) -> List[Tuple[str, str]]:
    """(block, host), none of which overlaps another."""
    found = [(key[len(BLOCKS) :], value) for key, value in cluster.keys().items() if key.startswith(BLOCKS)]
    blocks = sorted(ip_network(block) for block, _host in found)
    assert not [pair for pair in zip(blocks, blocks[1:]) if pair[0].overlaps(pair[1])]
    return found


def _clients(cluster: etcd.Cluster, subnet: str) -> List[List[str]]:
    running = [
        _start(cluster.hosts[number % 3], cluster, "fleet", number, HOSTS, subnet, 26) for number in range(CLIENTS)
    ]
    return [client.communicate()[0].splitlines() for client in running]


def test_eight_controllers_allocate_four_hundred_blocks_at_once(cluster: etcd.Cluster) -> None:
    said = [line.split() for lines in _clients(cluster, "10.88.0.0/17") for line in lines]

    told = {words[1]: words[2] for words in said if words[0] == "held"}
    assert [words for words in said if words[0] not in ("held", "rounds")] == []
    assert len(told) == len(set(told.values())) == CLIENTS * HOSTS
    assert {block: host for block, host in _held(cluster)} == {
        block: "id-{0} {0}".format(host) for host, block in told.items()
    }
    print("rounds:", [words[1] for words in said if words[0] == "rounds"])


def test_too_few_blocks_are_an_error_that_says_what_would_do(cluster: etcd.Cluster) -> None:
    """128 blocks for 400 hosts: a smaller size while there is room for it, a larger subnet when others have all."""
    said = _clients(cluster, "10.88.0.0/19")

    problems = [line for lines in said for line in lines if line.startswith("problem")]
    assert problems, "all found one"
    for line in problems:
        assert re.search(
            r"10\.88\.0\.0/19 has no block of /26 left for this host; (block_size \d+ would|.* larger subnet)", line
        ), line
    assert len(_held(cluster)) <= 128


class Model:
    """What hosts may hold: what they were last told that they do, or what they wanted since and nobody knows."""

    def __init__(self, hosts: List[str]) -> None:
        self.done: Dict[str, Set[str]] = {host: set() for host in hosts}
        self.unknown: Dict[str, List[Set[str]]] = {host: [] for host in hosts}
        self.counts: Dict[str, int] = {}

    def hear(self, host: str, lines: List[str]) -> None:
        for words in (line.split() for line in lines):
            self.counts[words[0]] = self.counts.get(words[0], 0) + 1
            if words[0] == "want":
                self.unknown[host].append(set(words[1:]))
            elif words[0] == "done":
                self.done[host], self.unknown[host] = set(words[1:]), []
            elif words[0] == "taken":
                self.unknown[host].pop()

    def check(self, held: List[Tuple[str, str]]) -> None:
        for host, done in self.done.items():
            holds = {block for block, value in held if value.split()[0] == host}
            assert holds in [done, *self.unknown[host]], (host, done, self.unknown[host])


def test_two_hundred_kills_lose_and_double_nothing(cluster: etcd.Cluster) -> None:
    choose = random.Random(7)
    hosts = ["id{0}".format(number) for number in range(6)]
    running = {host: _start(cluster.hosts[n % 3], cluster, "random", host, n) for n, host in enumerate(hosts)}
    model, dead = Model(hosts), []
    for number in range(KILLS):
        host = choose.choice(hosts)
        # It tells of some that it did, so that each kill meets another moment.
        stream = running[host].stdout
        assert stream is not None
        model.hear(host, [stream.readline() for _line in range(choose.randrange(1, 12))])
        victim = choose.choice(("client", "client", "client", "member", "leader"))
        if victim == "client":
            running[host].kill()
            model.hear(host, running[host].communicate()[0].splitlines())
            running[host] = _start(choose.choice(cluster.hosts), cluster, "random", host, 1000 + number)
        else:
            if dead:
                cluster.start(dead.pop())
            dead.append(cluster.leader() if victim == "leader" else choose.choice(sorted(cluster.running)))
            cluster.kill(dead[-1])
    for number in dead:
        cluster.start(number)
    for host, process in running.items():
        process.kill()
        model.hear(host, process.communicate()[0].splitlines())
    model.check(_held(cluster))
    print("told:", model.counts)
