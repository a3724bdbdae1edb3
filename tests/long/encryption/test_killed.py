# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A run that is killed at any time, while it makes or takes away, alone or with its whole host; one that fails; and a
program that is killed: what comes next goes on, and nothing was said aloud."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from typing import Any, Callable, Dict, Iterator

import pytest

from tests.integration.encryption.hosts import SHOP, Hosts, Speaker, Wire
from tests.lab import ansible
from tests.lab.waiting import wait_for

MARKER = b"nobody-is-to-read-this-on-a-wire"
WEB, DB = "10.88.0.2", "10.88.1.2"
#: When a run is killed, of the time that it takes.
PARTS = (0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95)
#: What is there of encryption on a host: interfaces, units, secrets.
LEFT = """
ip -br link | grep -E '^(wg|ov)-'
systemctl list-units --no-legend --plain 'linuxnet-fabric-wireguard@*' 'linuxnet-fabric-openvpn@*'
find /var/lib/linuxnet-fabric/wireguard /var/lib/linuxnet-fabric/openvpn -type f
true
"""


@pytest.fixture(params=["wireguard", "openvpn"])
def pair(request: pytest.FixtureRequest, hosts: Hosts) -> Iterator[Hosts]:
    """db stands on node2; web and its tunnel are to come on node1."""
    hosts.networks = {"shop": SHOP}
    hosts.own = {"node1": {"web": {"networks": ["shop"]}}, "node2": {"db": {"networks": ["shop"]}}}
    hosts.words = {host: {"topology_encryption": request.param} for host in hosts.own}
    hosts.introduce()
    hosts.make("node2")
    yield hosts
    for host in hosts.own:
        hosts.absent(host)
    hosts.words = {}


def _begin(hosts: Hosts, state: str) -> "subprocess.Popen[str]":
    """The module ``topology`` on node1, as its playbook starts it."""
    words: Dict[str, Any] = {"state": state}
    if state == "present":
        words.update(networks=hosts.networks, containers=hosts.own["node1"], fleet=hosts.told["node1"])
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


def _whole(hosts: Hosts, state: str) -> float:
    """Seconds that such a run takes, on this machine as it is now."""
    began = time.monotonic()
    _begin(hosts, state).wait()
    return time.monotonic() - began


def _ended_by(kill: Callable[[], None], process: "subprocess.Popen[str]", after: float) -> bool:
    """False where it had ended by itself."""
    try:
        process.wait(after)
        return False
    except subprocess.TimeoutExpired:
        kill()
        process.wait()
        return True


def _killed(process: "subprocess.Popen[str]", after: float) -> bool:
    return _ended_by(lambda: os.killpg(process.pid, signal.SIGKILL), process, after)


def _ready(hosts: Hosts) -> None:
    """node1 as it is before it is made."""
    hosts.absent("node1")
    hosts.introduce()


def _holds(hosts: Hosts) -> None:
    """node2 is made too: what was taken away comes back with another key."""
    hosts.make_all()
    assert hosts.make("node1", check=True)["actions"] == []
    wait_for(lambda: hosts.reaches("node1/web", "node2/db", DB) == WEB, 60, "the other host to be reached")


def _is_there(hosts: Hosts) -> bool:
    return hosts.host("node1").run(["test", "-e", "/run/netns/web"], check=False).returncode == 0


def test_a_run_is_killed_while_it_makes_and_the_next_one_goes_on(pair: Hosts) -> None:
    _ready(pair)
    whole, killed = _whole(pair, "present"), 0
    with Wire(pair, "node1") as wire, Speaker(pair, "node2/db", [WEB], MARKER):
        for part in PARTS:
            _ready(pair)
            killed += _killed(_begin(pair, "present"), part * whole)
            if _is_there(pair):
                with Speaker(pair, "node1/web", [DB], MARKER):
                    pair.introduce()
                    pair.make("node1")
            _holds(pair)
    assert killed > 0
    assert not wire.has(MARKER)


def test_a_run_is_killed_while_it_takes_away_and_the_next_one_takes_the_rest_or_makes_it_again(pair: Hosts) -> None:
    pair.make_all()
    whole, killed = _whole(pair, "absent"), 0
    with Wire(pair, "node1") as wire, Speaker(pair, "node2/db", [WEB], MARKER):
        for number, part in enumerate(PARTS[::2]):
            _holds(pair)
            with Speaker(pair, "node1/web", [DB], MARKER):
                killed += _killed(_begin(pair, "absent"), part * whole)
                if number % 2:
                    _holds(pair)
            pair.absent("node1")
            assert pair.host("node1").run(["sh", "-c", LEFT]).stdout == "", part
    assert killed > 0
    assert not wire.has(MARKER)


def test_the_power_fails_in_the_middle_of_a_run(pair: Hosts) -> None:
    _ready(pair)
    whole, killed = _whole(pair, "present"), 0
    for part in PARTS[1::2]:
        _ready(pair)
        with Wire(pair, "node2") as wire, Speaker(pair, "node2/db", [WEB], MARKER):
            killed += _ended_by(pair.host("node1").cut, _begin(pair, "present"), part * whole)
            if pair.host("node1").run(["true"], check=False).returncode:
                pair.host("node1").power_on()
            _holds(pair)
        assert not wire.has(MARKER)
    assert killed > 0


def test_a_run_that_fails_takes_its_tunnel_back(pair: Hosts) -> None:
    _ready(pair)
    before = pair.host("node1").run(["sh", "-c", LEFT]).stdout
    good = pair.own["node1"]
    pair.own["node1"] = {**good, "bad": {"network_mode": "none", "sysctls": {"net.ipv4.tcp_congestion_control": "no"}}}

    failed = pair.make("node1", fail=True, quarantine=False)

    assert "tcp_congestion_control" in failed["msg"]
    assert pair.host("node1").run(["sh", "-c", LEFT]).stdout == before
    pair.own["node1"] = good
    _holds(pair)


def test_a_program_that_is_killed_is_back_by_itself(pair: Hosts) -> None:
    _holds(pair)
    unit = pair.host("node1").run(["sh", "-c", LEFT]).stdout.split("\n")[1].split()[0]
    with Wire(pair, "node1") as wire, Speaker(pair, "node1/web", [DB], MARKER):
        for _time in range(3):
            pid = pair.host("node1").run(["systemctl", "show", "-P", "MainPID", unit]).stdout.strip()
            pair.host("node1").run(["kill", "-9", pid])
            wait_for(lambda: pair.reaches("node1/web", "node2/db", DB) == WEB, 60, "it to be back")
    assert not wire.has(MARKER)
    assert pair.make("node1", check=True)["actions"] == []
