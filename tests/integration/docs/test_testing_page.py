# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""docs/testing.md as it stands: its files are copied out and its commands run, in an empty directory."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.lab import ansible, missing

PAGE = (ansible.ROOT / "docs" / "testing.md").read_text(encoding="utf-8")
FILE = re.compile(r"^```yaml\n# (\S+\.yml)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
COMMANDS = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)

pytestmark = pytest.mark.skipif(bool(missing()), reason="a lab needs " + missing())


@pytest.fixture
def project(tmp_path):
    for name, text in FILE.findall(PAGE):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    yield tmp_path
    for lab in tmp_path.rglob("lab.json"):
        run(tmp_path, "ansible-playbook linuxnet.fabric.lab_destroy -e lab_state={0}".format(lab))


def run(project, command):
    programs = Path(ansible.program("ansible-playbook")).parent
    env = {key: value for key, value in os.environ.items() if not key.startswith(("ANSIBLE_", "MOLECULE", "PYTEST"))}
    env.update(
        ANSIBLE_COLLECTIONS_PATH=str(ansible.ROOT / ".collections"),
        PATH="{0}:{1}:/usr/sbin:/sbin".format(programs, env["PATH"]),
        MOLECULE_EPHEMERAL_DIRECTORY=str(project / "molecule-state"),
        HOME=str(project),
    )
    if not command.startswith("molecule"):
        del env["MOLECULE_EPHEMERAL_DIRECTORY"]
    done = subprocess.run(
        ["sh", "-c", command], cwd=str(project), env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    assert done.returncode == 0, command + "\n" + done.stdout
    return done.stdout


def commands(containing):
    blocks = [block for block in COMMANDS.findall(PAGE) if containing in block]
    return [line[2:] for block in blocks for line in block.splitlines()]


@pytest.mark.skipif(
    not Path(ansible.program("molecule")).exists(), reason="there is no molecule beside this ansible-core"
)
def test_the_scenario_of_the_page_passes_and_leaves_nothing(project):
    for command in commands("molecule"):
        run(project, command)
    assert list(project.rglob("lab.json")) == []


def test_the_lab_without_molecule_shows_the_containers_address(project):
    said = [run(project, command) for command in commands("lab_create")]
    assert "172.17.0.2/16" in said[2]
    assert not (project / "lab.json").exists()
