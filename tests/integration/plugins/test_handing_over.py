# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Modules that are sent without the code that does their work: a host keeps it, from the first run to the last."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any, Dict

import pytest

from tests.lab import Lab, ansible

WEB: Dict[str, Any] = {"containers": {"web": {"ports": ["8080:80"]}}}
ABSENT = {"state": "absent"}
HOLD = """
import fcntl, os, sys
fcntl.flock(os.open(sys.argv[1], os.O_RDONLY), fcntl.LOCK_SH)
print("held", flush=True)
sys.stdin.read()
"""
ENGINE = "/run/linuxnet-fabric/engine"


@pytest.fixture(autouse=True)
def bytecode(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hosts may keep it, whatever the environment of the tests says."""
    monkeypatch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)


def topology(lab: Lab, words: Dict[str, Any], **how: Any) -> Dict[str, Any]:
    return lab.host.module("topology", words, direct=False, **how)


def play(directory: Path, **keywords: Any) -> str:
    path = directory / "play.yml"
    task = {"linuxnet.fabric.topology": WEB, **keywords}
    path.write_text(json.dumps([{"hosts": "all", "gather_facts": False, "tasks": [task]}]))
    return str(path)


def kept(lab: Lab) -> Dict[str, str]:
    """Digest → what tells a directory from another of the same name."""
    lines = lab.host.run(["sh", "-c", "stat -c '%n %i' " + ENGINE + "/* 2>/dev/null || true"]).stdout.splitlines()
    return {Path(name).name: inode for name, inode in map(str.split, lines)}


def test_a_host_has_the_code_from_the_first_run_to_the_last(lab: Lab, tmp_path: Path) -> None:
    told = topology(lab, WEB, check=True)
    assert lab.host.run(["find", "/run/linuxnet-fabric", "/var/lib/linuxnet-fabric"], check=False).stdout == ""
    assert topology(lab, WEB)["actions"] == told["actions"] != []
    first = kept(lab)
    assert len(first) == 1
    compiled = lab.host.run(["find", ENGINE, "-name", "view.*.pyc"]).stdout.split()
    assert len(compiled) == 1, "the next run finds it compiled"

    env = {"ANSIBLE_KEEP_REMOTE_FILES": "1", "ANSIBLE_REMOTE_TMP": str(tmp_path / "remote")}
    again = lab.host.playbook(play(tmp_path), env=env, args=["-vvv"])
    assert again.changed == 0 and "_engine" not in again.results[-1]["invocation"]["module_args"]
    (sent,) = (tmp_path / "remote").glob("*/AnsiballZ_topology.py")
    assert os.path.getsize(sent) < 300 * 1024
    assert kept(lab) == first, "it was not sent again"

    assert topology(lab, ABSENT)["changed"] is True
    assert lab.host.run(["find", ENGINE], check=False).stdout == ""


def test_code_that_somebody_else_could_have_written_is_not_run_and_other_code_goes_when_nobody_needs_it(
    lab: Lab,
) -> None:
    old, in_use = "0" * 64, "1" * 64
    lab.host.run(["sh", "-c", "umask 022; cd /run && mkdir -p {0}/{1} {0}/{2}".format(ENGINE, old, in_use)])
    holder = lab.host.popen([ansible.target_python(), "-c", HOLD, ENGINE + "/" + in_use], stdin=subprocess.PIPE)
    assert holder.stdout is not None and holder.stdout.readline().strip() == "held"
    topology(lab, WEB)
    ours = set(kept(lab)) - {in_use}
    assert len(ours) == 1 and old not in ours

    trap = "cd {0}/{1}; printf 'raise SystemExit(1)' > linuxnet_fabric/_module/topology.py; chmod 0777 ."
    lab.host.run(["sh", "-c", trap.format(ENGINE, *ours)])
    assert topology(lab, WEB)["changed"] is False


def test_a_task_that_nobody_waits_for_gets_all_that_it_might_ask_for(lab: Lab, tmp_path: Path) -> None:
    path = play(tmp_path, **{"async": 60, "poll": 1})
    assert lab.host.playbook(path).results[-1]["changed"] is True
    assert lab.host.run(["ls", "/run/netns"]).stdout.split() == ["web"]
