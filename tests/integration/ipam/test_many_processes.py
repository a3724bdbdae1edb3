# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many processes at once, and processes killed at any instant: no lease is lost, none is doubled."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

from ansible_collections.linuxnet.fabric.plugins.module_utils._ipam import pools
from ansible_collections.linuxnet.fabric.plugins.module_utils._ipam.allocate import allocate
from ansible_collections.linuxnet.fabric.plugins.module_utils._ipam.requests import (
    HostFacts,
    LeaseRequests,
    SubnetRequest,
)
from ansible_collections.linuxnet.fabric.plugins.module_utils._ipam.store import leases, open_store

WORKER = str(Path(__file__).with_name("lease_worker.py"))


def _network(path):
    with open_store(False, where=path) as store:
        store.begin()
        allocate(store, LeaseRequests("t", (SubnetRequest("net", 4, "10.0.0.0/16"),)), HostFacts())
        store.commit()


def _start(*arguments):
    environment = dict(os.environ, PYTHONPATH=os.pathsep.join(entry for entry in sys.path if entry))
    command = [sys.executable, WORKER] + [str(argument) for argument in arguments]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def _held(path):
    """Owner → address, read from the file as it is after the next run has opened it."""
    with open_store(False, where=path) as store:
        rows = [row for row in leases(store, "t") if row["kind"] == "address" and row["container"]]
    return {row["container"]: row["address"] for row in rows}


def _assert_sound(path):
    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    addresses = [pools.number(row[0]) for row in connection.execute("SELECT address FROM address")]
    assert len(addresses) == len(set(addresses))
    inside_runs = connection.execute("SELECT first, last FROM run").fetchall()
    assert sum(int.from_bytes(last, "big") - int.from_bytes(first, "big") + 1 for first, last in inside_runs) == len(
        addresses
    )
    connection.close()


def test_64_processes_lease_200_addresses_each_out_of_one_subnet(tmp_path):
    path = str(tmp_path / "leases.db")
    _network(path)
    workers = [_start(path, "w{0}".format(number), 200, 10) for number in range(64)]
    promised = {}
    for worker in workers:
        output, errors = worker.communicate(timeout=120)
        assert worker.returncode == 0, errors
        promised.update(line.split() for line in output.splitlines())
    assert len(promised) == 64 * 200 == len(set(promised.values()))
    assert promised == _held(path)
    _assert_sound(path)


def test_kill_9_at_200_instants_loses_and_doubles_nothing(tmp_path):
    """A lease that a worker was told of (after commit) stays its owner's, whatever was going on when it died."""
    path = str(tmp_path / "leases.db")
    _network(path)
    chance = random.Random(6)
    promised, longest = {}, 0.03
    fork_server = _start(path, "--fork", 200)
    assert fork_server.stdout is not None
    for _ in range(200):
        child, before = int(fork_server.stdout.readline().split()[1]), len(promised)
        time.sleep(chance.random() * longest)  # the instant itself, not a wait for anything
        os.kill(child, signal.SIGKILL)
        for line in fork_server.stdout:
            if line.startswith("dead"):
                break
            words = line.split()
            if len(words) == 3 and words[2] == ".":  # a whole line: it was committed before it was written
                promised[words[0]] = words[1]
        # While a disk is slow, a process lives longer: else none would come to its commit.
        longest = longest * 1.5 if len(promised) == before else max(0.03, longest / 1.5)
    output, errors = fork_server.communicate(timeout=30)
    assert fork_server.returncode == 0, errors
    held = _held(path)
    assert len(promised) > 200 and len(held) == len(set(held.values()))
    assert {owner: held.get(owner) for owner in promised} == promised
    _assert_sound(path)
    _start(path, "after", 5, 5).communicate(timeout=30)
    assert len(_held(path)) == len(held) + 5
