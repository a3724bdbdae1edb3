# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``linuxnet.fabric.rotate_keys`` as a user runs it, over ssh: what a check says, what a host keeps that is left out,
the run that makes up for it, and a controller that is killed in the middle."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, List, NamedTuple

import pytest

from tests.integration.encryption.hosts import SHOP, Hosts, Pings
from tests.lab import ansible
from tests.lab.booted import BootedLab, missing
from tests.lab.waiting import wait_for
from tests.paths import ROOT

HOSTS = ("node1", "node2", "node3")
#: What encrypts → what a host makes, how the names of its files end.
WAYS = {"wireguard": ("key", ".key"), "openvpn": ("certificate", ".pem")}


@pytest.fixture
def lab() -> Iterator[BootedLab]:
    lack = missing()
    if lack:
        pytest.skip("lab hosts that boot need " + lack)
    with BootedLab(list(HOSTS)) as made:
        yield made


class Fleet(NamedTuple):
    lab: BootedLab
    directory: Path
    way: str


def _inventory(fleet: Fleet) -> str:
    lab, path = fleet.lab, fleet.directory / "hosts.json"
    words = {
        "ansible_user": "root",
        "ansible_ssh_common_args": " ".join(lab.ssh_options()),
        "ansible_python_interpreter": ansible.target_python(),
        "topology_networks": {"shop": SHOP},
        "topology_encryption": fleet.way,
    }
    hosts = {
        host.name: {
            "ansible_host": host.ipv4,
            "topology_host_id": "id-of-" + host.name,
            "topology_containers": {"c" + host.name[-1]: {"networks": ["shop"]}},
        }
        for host in lab.hosts
    }
    path.write_text(json.dumps({"all": {"hosts": hosts, "vars": words}}))
    return str(path)


def _run(fleet: Fleet, name: str, *args: str, check: bool = False, fail: bool = False) -> Any:
    playbook = str(ROOT / "playbooks" / (name + ".yml"))
    return fleet.lab.client.playbook(playbook, _inventory(fleet), check=check, args=list(args), fail=fail)


def _run_and_kill(fleet: Fleet, name: str, is_time: Callable[[], bool]) -> None:
    """The controller, with all that it has started."""
    command = [ansible.program("ansible-playbook"), "-i", _inventory(fleet), str(ROOT / "playbooks" / (name + ".yml"))]
    how: Dict[str, Any] = {"env": ansible.environment(), "cwd": str(ROOT), "start_new_session": True}
    dying = fleet.lab.client.popen(command, stdout=subprocess.DEVNULL, **how)
    wait_for(is_time, 120, "the middle of the run")
    os.killpg(dying.pid, signal.SIGKILL)
    dying.wait()


def _keys(fleet: Fleet, host: str) -> List[str]:
    listed = fleet.lab.parties[host].run(["ls", "/var/lib/linuxnet-fabric/" + fleet.way]).stdout.split()
    end = WAYS[fleet.way][1]
    return [name[: -len(end)] for name in listed if name.endswith(end)]


def _tunnels(fleet: Fleet, host: str) -> int:
    """How many interfaces a host has for it."""
    listed = fleet.lab.parties[host].json(["ip", "-j", "link"])
    return sum(link["ifname"].startswith(("wg-", "ov-")) for link in listed)


@pytest.mark.parametrize("way", sorted(WAYS))
def test_the_playbook_gives_new_keys_and_names_whom_it_did_not_reach(lab: BootedLab, tmp_path: Path, way: str) -> None:
    fleet = Fleet(lab, tmp_path, way)
    _run(fleet, "site")
    talk = Hosts(lab)
    wait_for(lambda: talk.reaches("node1/c1", "node3/c3", "10.88.2.2") == "10.88.0.2", 60, "node3 to be reached")

    tunnels = _tunnels(fleet, "node1")

    foretold = _run(fleet, "rotate_keys", check=True)
    assert "make a new {0} for the encrypted networks".format(WAYS[way][0]) in json.dumps(foretold.results)
    assert _keys(fleet, "node1") == ["default"]

    with Pings(talk, "node1/c1", "10.88.2.2") as pings:
        partly = _run(fleet, "rotate_keys", "--limit", "node1,node2", fail=True)
    assert "The rotation is not finished: node3 was not reached" in partly.told
    assert (pings.lost, _keys(fleet, "node1"), _keys(fleet, "node3")) == (
        0,
        ["default", "default:1"],
        ["default"],
    )

    with Pings(talk, "node1/c1", "10.88.2.2") as pings:
        _run(fleet, "rotate_keys")
    assert (pings.lost, [_keys(fleet, host) for host in HOSTS]) == (
        0,
        [["default:2"], ["default:2"], ["default:1"]],
    )
    assert _run(fleet, "site").changed == 0

    with Pings(talk, "node1/c1", "10.88.2.2") as pings:
        _run_and_kill(fleet, "rotate_keys", lambda: _tunnels(fleet, "node1") == 2 * tunnels)
        _run(fleet, "rotate_keys")
    assert (pings.lost, {host: len(_keys(fleet, host)) for host in HOSTS}) == (0, dict.fromkeys(HOSTS, 1))
    assert _tunnels(fleet, "node1") == tunnels
    assert _run(fleet, "site").changed == 0
    talk.close()
