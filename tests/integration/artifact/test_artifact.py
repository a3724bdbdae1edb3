# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The artifact, installed as a user installs it: documented, and able to do its work without the checkout."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any, Dict

import pytest

from tests.lab import ansible

PLUGINS = {
    "module": ["bridge", "fleet_member", "ipam_lease", "nat_rule", "netns", "topology", "topology_info", "veth"],
    "become": ["netns"],
    "connection": ["lab", "netns"],
    "inventory": ["containers"],
}


@pytest.fixture(scope="module")
def user(tmp_path_factory: pytest.TempPathFactory) -> Dict[str, str]:
    """The environment of someone who has nothing but the installed collection."""
    home = tmp_path_factory.mktemp("user")
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("ANSIBLE_", "PYTHON"))}
    env = dict(kept, HOME=str(home), ANSIBLE_COLLECTIONS_PATH=str(home / "collections"), ANSIBLE_NOCOLOR="1")
    galaxy = [ansible.program("ansible-galaxy"), "collection"]
    subprocess.run([*galaxy, "build", "--output-path", str(home), str(ansible.ROOT)], cwd=home, env=env, check=True)
    (artifact,) = home.glob("*.tar.gz")
    subprocess.run(
        [*galaxy, "install", "--offline", "-p", str(home / "collections"), str(artifact)], cwd=home, env=env, check=True
    )
    return env


@pytest.mark.parametrize("kind", sorted(PLUGINS))
def test_its_plugins_are_documented(user: Dict[str, str], kind: str) -> None:
    names = ["linuxnet.fabric." + name for name in PLUGINS[kind]]
    said = subprocess.run(
        [ansible.program("ansible-doc"), "--json", "-t", kind, *names],
        cwd=user["HOME"],
        env=user,
        check=True,
        stdout=subprocess.PIPE,
    )
    documented = json.loads(said.stdout)
    assert sorted(documented) == sorted(names)
    assert all(each["examples"] for each in documented.values())


def test_it_makes_a_topology_as_its_check_announced(user: Dict[str, str], lab: Any) -> None:
    inventory = Path(user["HOME"], "inventory.json")
    containers = {"web": {"ports": ["80:80"]}, "batch": {"network_mode": "none"}}
    host = {
        "ansible_connection": "local",
        "ansible_python_interpreter": ansible.target_python(),
        "topology_containers": containers,
    }
    inventory.write_text(json.dumps({"all": {"hosts": {"node1": host}}}))
    play = [ansible.program("ansible-playbook"), "-i", str(inventory), "linuxnet.fabric.site"]
    assert "changed=1" in lab.host.run([*play, "--check"], cwd=user["HOME"], env=user).stdout
    assert "changed=1" in lab.host.run(play, cwd=user["HOME"], env=user).stdout
    assert "changed=0" in lab.host.run([*play, "--check"], cwd=user["HOME"], env=user).stdout
