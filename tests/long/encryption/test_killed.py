# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A run that is killed at any time: the next one goes on, and nothing was said aloud."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from typing import Any, Dict, Iterator

import pytest

from tests.integration.encryption.hosts import SHOP, Hosts, Speaker, Wire
from tests.lab import ansible

MARKER = b"nobody-is-to-read-this-on-a-wire"
WEB, DB = "10.88.0.2", "10.88.1.2"
#: When a run is killed, of the time that it takes.
PARTS = (0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95)


@pytest.fixture
def pair(hosts: Hosts) -> Iterator[Hosts]:
    """db stands on node2; web and its tunnel are to come on node1."""
    hosts.networks = {"shop": SHOP}
    hosts.own = {"node1": {"web": {"networks": ["shop"]}}, "node2": {"db": {"networks": ["shop"]}}}
    hosts.introduce()
    hosts.make("node2")
    yield hosts
    for host in hosts.own:
        hosts.absent(host)


def _begin(hosts: Hosts) -> "subprocess.Popen[str]":
    """The module ``topology`` on node1, as its playbook starts it."""
    words = {"networks": hosts.networks, "containers": hosts.own["node1"], "fleet": hosts.told["node1"]}
    given = json.dumps({"ANSIBLE_MODULE_ARGS": dict(words, _ansible_remote_tmp="/tmp")})
    environment = dict(ansible.environment(), PYTHONPATH=os.pathsep.join(ansible.module_path()))
    path = str(ansible.ROOT / "plugins" / "modules" / "topology.py")
    how: Dict[str, Any] = {"stdin": subprocess.PIPE, "env": environment, "start_new_session": True}
    process = hosts.host("node1").popen([sys.executable, path], **how)
    assert process.stdin is not None
    process.stdin.write(given)
    process.stdin.close()
    process.stdin = None
    return process


def _whole(hosts: Hosts) -> float:
    """Seconds that such a run takes, on this machine as it is now."""
    began = time.monotonic()
    _begin(hosts).wait()
    return time.monotonic() - began


def _killed(process: "subprocess.Popen[str]", after: float) -> bool:
    """False where it had ended by itself."""
    try:
        process.wait(after)
        return False
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        return True


def _ready(hosts: Hosts) -> None:
    """node1 as it is before such a run."""
    hosts.absent("node1")
    hosts.introduce()


def test_a_run_is_killed_and_the_next_one_goes_on(pair: Hosts) -> None:
    _ready(pair)
    whole, killed = _whole(pair), 0
    with Wire(pair, "node1") as wire, Speaker(pair, "node2/db", [WEB], MARKER):
        for part in PARTS:
            _ready(pair)
            killed += _killed(_begin(pair), part * whole)
            if pair.host("node1").run(["test", "-e", "/run/netns/web"], check=False).returncode == 0:
                with Speaker(pair, "node1/web", [DB], MARKER):
                    pair.introduce()
                    pair.make("node1")
            pair.make_all()  # node2 too: what was taken away comes back with another key
            assert pair.make("node1", check=True)["actions"] == [], part
            assert pair.reaches("node1/web", "node2/db", DB) == WEB, part
    assert killed > 0
    assert not wire.has(MARKER)
