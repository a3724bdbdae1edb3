# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Running our modules and playbooks on a lab host.

FABRIC_TARGET_PYTHON is the interpreter that modules run with (default: this one), FABRIC_ANSIBLE_PLAYBOOK the
ansible-playbook program (default: beside this interpreter): the same tests serve every supported version. Where there
is no such program, FABRIC_CORE is a directory that holds the package ansible as far as modules import it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Dict, List, Mapping, Optional, Sequence

if TYPE_CHECKING:
    from .place import Host

ROOT = Path(__file__).resolve().parents[2]
COLLECTION = "linuxnet.fabric"


def target_python() -> str:
    return os.environ.get("FABRIC_TARGET_PYTHON") or sys.executable


def program(name: str) -> str:
    """ansible-playbook or one of its siblings."""
    playbook = os.environ.get("FABRIC_ANSIBLE_PLAYBOOK") or str(Path(sys.executable).with_name("ansible-playbook"))
    return str(Path(playbook).with_name(name))


def _core_only() -> str:
    """A directory that holds nothing but ansible, for a target whose Python has its own libraries and no ansible."""
    if os.environ.get("FABRIC_CORE"):
        return os.environ["FABRIC_CORE"]
    venv = Path(program("ansible-playbook")).parent.parent
    found = sorted(venv.glob("lib/python3*/site-packages/ansible"))
    if not found:
        raise RuntimeError("no ansible under " + str(venv))
    directory = ROOT / "build" / "core-only" / venv.name
    directory.mkdir(parents=True, exist_ok=True)
    link = directory / "ansible"
    if not link.is_symlink():
        try:
            link.symlink_to(found[0])
        except FileExistsError:
            pass
    return str(directory)


def environment() -> Dict[str, str]:
    keep = {key: value for key, value in os.environ.items() if not key.startswith(("ANSIBLE_", "PYTEST_", "MOLECULE"))}
    return dict(
        keep,
        ANSIBLE_CONFIG=str(ROOT / "ansible.cfg"),
        ANSIBLE_STDOUT_CALLBACK="fabric_json",
        ANSIBLE_CALLBACK_PLUGINS=str(Path(__file__).with_name("callback_plugins")),
        ANSIBLE_NOCOLOR="1",
        ANSIBLE_RETRY_FILES_ENABLED="0",
    )


def module_path() -> List[str]:
    """Where a module run by its file finds this checkout and ansible."""
    return [str(ROOT / ".collections"), _core_only()]


def run_direct(host: "Host", name: str, args: Mapping[str, Any], check: bool, diff: bool) -> Dict[str, Any]:
    """The module's own file, with its arguments on standard input: what Ansible does, without Ansible."""
    given = dict(args, _ansible_check_mode=check, _ansible_diff=diff, _ansible_remote_tmp="/tmp")
    env = dict(environment(), PYTHONPATH=os.pathsep.join(module_path()))
    done = host.run(
        [target_python(), str(ROOT / "plugins" / "modules" / (name + ".py"))],
        check=False,
        input=json.dumps({"ANSIBLE_MODULE_ARGS": given}),
        env=env,
    )
    try:
        return json.loads(done.stdout)
    except ValueError:
        return {"failed": True, "msg": done.stdout + done.stderr, "rc": done.returncode}


def run_adhoc(host: "Host", name: str, args: Mapping[str, Any], check: bool, diff: bool) -> Dict[str, Any]:
    """One task through ansible-playbook."""
    task = {COLLECTION + "." + name: dict(args)}
    play = [{"hosts": "all", "gather_facts": False, "tasks": [task]}]
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "task.json"
        path.write_text(json.dumps(play))
        return run_playbook(host, str(path), None, {}, check, diff, ()).results[-1]


@dataclass(frozen=True)
class PlaybookRun:
    """What a playbook did: its return code, recap per host, and each task's result in order."""

    returncode: int
    stats: Dict[str, Dict[str, int]]
    results: List[Dict[str, Any]]
    told: str

    @property
    def failed(self) -> bool:
        return self.returncode != 0

    @property
    def changed(self) -> int:
        return sum(stats["changed"] for stats in self.stats.values())


def run_playbook(
    host: "Host",
    path: str,
    inventory: Optional[str],
    extra_vars: Mapping[str, Any],
    check: bool,
    diff: bool,
    args: Sequence[str],
    env: Optional[Mapping[str, str]] = None,
) -> PlaybookRun:
    """ansible-playbook as a process of the lab host. Without an inventory: one host, named as the lab host."""
    command = [program("ansible-playbook"), "-i", inventory or host.name + ",", path]
    given = dict(extra_vars)
    if inventory is None:
        given.update(ansible_connection="local", ansible_python_interpreter=target_python())
    command += ["-e", json.dumps(given)] if given else []
    command += ["--check"] * check + ["--diff"] * diff + list(args)
    done: "subprocess.CompletedProcess[str]" = host.run(
        command, check=False, timeout=600, env={**environment(), **(env or {})}, cwd=str(ROOT)
    )
    stats: Dict[str, Dict[str, int]] = {}
    results: List[Dict[str, Any]] = []
    for line in done.stdout.splitlines():
        if line.startswith("{") and '"fabric_' in line:
            told = json.loads(line)
            stats = told.get("fabric_stats", stats)
            results += [told["fabric_result"]] if "fabric_result" in told else []
    return PlaybookRun(done.returncode, stats, results, done.stdout + done.stderr)
