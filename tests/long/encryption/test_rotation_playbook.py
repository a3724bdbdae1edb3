# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``linuxnet.fabric.rotate_keys`` as a user runs it, over ssh: what a check says, what a host keeps that is left out,
and the run that makes up for it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Iterator, List

import pytest

from tests.integration.encryption.hosts import DIRECTORY, SHOP, Hosts, Pings
from tests.lab import ansible
from tests.lab.booted import BootedLab, missing
from tests.paths import ROOT

HOSTS = ("node1", "node2", "node3")


@pytest.fixture
def lab() -> Iterator[BootedLab]:
    lack = missing()
    if lack:
        pytest.skip("lab hosts that boot need " + lack)
    with BootedLab(list(HOSTS)) as made:
        yield made


def _run(lab: BootedLab, directory: Path, name: str, *args: str, check: bool = False, fail: bool = False) -> Any:
    path = directory / "hosts.json"
    words = {
        "ansible_user": "root",
        "ansible_ssh_common_args": " ".join(lab.ssh_options()),
        "ansible_python_interpreter": ansible.target_python(),
        "topology_networks": {"shop": SHOP},
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
    playbook = str(ROOT / "playbooks" / (name + ".yml"))
    return lab.client.playbook(playbook, str(path), check=check, args=list(args), fail=fail)


def _keys(lab: BootedLab, host: str) -> List[str]:
    listed = lab.parties[host].run(["ls", DIRECTORY]).stdout.split()
    return [name for name in listed if name.endswith(".key")]


def test_the_playbook_gives_new_keys_and_names_whom_it_did_not_reach(lab: BootedLab, tmp_path: Path) -> None:
    _run(lab, tmp_path, "site")
    talk = Hosts(lab)
    assert talk.reaches("node1/c1", "node3/c3", "10.88.2.2") == "10.88.0.2"

    foretold = _run(lab, tmp_path, "rotate_keys", check=True)
    assert "make a new key for the encrypted networks" in json.dumps(foretold.results)
    assert _keys(lab, "node1") == ["default.key"]

    with Pings(talk, "node1/c1", "10.88.2.2") as pings:
        partly = _run(lab, tmp_path, "rotate_keys", "--limit", "node1,node2", fail=True)
    assert "The rotation is not finished: node3 was not reached" in partly.told
    assert (pings.lost, _keys(lab, "node1"), _keys(lab, "node3")) == (
        0,
        ["default.key", "default:1.key"],
        ["default.key"],
    )

    with Pings(talk, "node1/c1", "10.88.2.2") as pings:
        _run(lab, tmp_path, "rotate_keys")
    assert (pings.lost, [_keys(lab, host) for host in HOSTS]) == (
        0,
        [["default:2.key"], ["default:2.key"], ["default:1.key"]],
    )
    assert _run(lab, tmp_path, "site").changed == 0
    talk.close()
