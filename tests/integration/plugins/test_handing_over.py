# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Modules that are sent without the code that does their work: a host keeps it, from the first run to the last."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any, Dict, List

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


class Controller:
    """Ansible with a collection of its own, on the machine of the lab hosts."""

    def __init__(self, directory: Path, mode: int) -> None:
        """``mode``: of the collection's directories."""
        self.directory = directory
        self.collection = directory / "collections/ansible_collections/linuxnet/fabric"
        shutil.copytree(
            ansible.ROOT / "plugins", self.collection / "plugins", ignore=shutil.ignore_patterns("__pycache__")
        )
        for name in ("module_utils", "modules"):
            (self.collection / "plugins" / name).chmod(mode)

    def play(self, lab: Lab, words: Dict[str, Any] = WEB, check: bool = False, **keywords: Any) -> Any:
        return self._run(lab, {"linuxnet.fabric.topology": words, **keywords}, check, [], {})

    def topology(self, lab: Lab, words: Dict[str, Any], check: bool = False) -> Dict[str, Any]:
        return dict(self.play(lab, words, check).results[-1])

    def leaves_nothing_to_take_away(self, lab: Lab, words: Dict[str, Any]) -> bool:
        """Whether Ansible made no directory on the host: that in which it makes one for each task would stay."""
        remote = self.directory / "unused"
        self._run(lab, {"linuxnet.fabric.topology": words}, False, [], {"ANSIBLE_REMOTE_TMP": str(remote)})
        return not remote.exists()

    def sent(self, lab: Lab, words: Dict[str, Any], module: str = "topology") -> Any:
        """The run, and how large each module was that it sent."""
        remote = self.directory / "remote"
        env = {"ANSIBLE_KEEP_REMOTE_FILES": "1", "ANSIBLE_REMOTE_TMP": str(remote)}
        ran = self._run(lab, {"linuxnet.fabric." + module: words}, False, ["-vvv"], env)
        return ran, [os.path.getsize(each) for each in remote.glob("*/AnsiballZ_{0}.py".format(module))]

    def _run(self, lab: Lab, task: Dict[str, Any], check: bool, args: List[str], env: Dict[str, str]) -> Any:
        path = self.directory / "play.yml"
        path.write_text(json.dumps([{"hosts": "all", "gather_facts": False, "tasks": [task]}]))
        env = {"ANSIBLE_COLLECTIONS_PATH": str(self.directory / "collections"), **env}
        return lab.host.playbook(str(path), env=env, check=check, args=args)

    def compiled(self) -> List[Path]:
        return list(self.collection.rglob("view.*.pyc"))


@pytest.fixture
def controller(tmp_path: Path) -> Controller:
    """Root's group may write to its collection, so a host gets the code, as one over ssh does."""
    return Controller(tmp_path, 0o775)


def kept(lab: Lab) -> Dict[str, str]:
    """Digest → what tells a directory from another of the same name."""
    lines = lab.host.run(["sh", "-c", "stat -c '%n %i' " + ENGINE + "/* 2>/dev/null || true"]).stdout.splitlines()
    return {Path(name).name: inode for name, inode in map(str.split, lines)}


def test_a_host_has_the_code_from_the_first_run_to_the_last(lab: Lab, controller: Controller) -> None:
    told = controller.topology(lab, WEB, check=True)
    assert lab.host.run(["find", "/run/linuxnet-fabric", "/var/lib/linuxnet-fabric"], check=False).stdout == ""
    assert controller.topology(lab, WEB)["actions"] == told["actions"] != []
    first = kept(lab)
    assert len(first) == 1
    compiled = lab.host.run(["find", ENGINE, "-name", "view.*.pyc"]).stdout.split()
    assert len(compiled) == 1, "the next run finds it compiled"

    again, sizes = controller.sent(lab, WEB)
    assert again.changed == 0 and "_engine" not in again.results[-1]["invocation"]["module_args"]
    assert len(sizes) == 1 and sizes[0] < 300 * 1024
    assert kept(lab) == first, "it was not sent again"

    assert controller.topology(lab, ABSENT)["changed"] is True
    assert lab.host.run(["find", ENGINE], check=False).stdout == ""


def test_a_first_run_on_this_machine_sends_one_module(lab: Lab, controller: Controller) -> None:
    _ran, sizes = controller.sent(lab, WEB)
    assert len(sizes) == 1 and len(kept(lab)) == 1


def test_a_host_that_is_its_own_controller_runs_the_collection_as_installed(lab: Lab, tmp_path: Path) -> None:
    controller = Controller(tmp_path, 0o755)
    told = controller.topology(lab, WEB, check=True)
    assert controller.compiled() == [], "a check keeps nothing"
    ran, sizes = controller.sent(lab, WEB)
    assert ran.results[-1]["actions"] == told["actions"] != []
    assert len(sizes) == 1 and sizes[0] < 16 * 1024, "nothing is packed"
    assert kept(lab) == {} and len(controller.compiled()) == 1
    assert controller.leaves_nothing_to_take_away(lab, WEB)

    other = Controller(tmp_path / "other", 0o775)
    assert other.topology(lab, WEB)["changed"] is False
    assert len(kept(lab)) == 1
    controller.topology(lab, WEB)
    assert len(kept(lab)) == 1, "what another controller left may be wanted again"
    controller.topology(lab, ABSENT)
    assert kept(lab) == {}


def test_modules_of_one_object_run_out_of_what_the_first_was_sent(lab: Lab, controller: Controller) -> None:
    controller.sent(lab, {"name": "one"}, "netns")
    first = kept(lab)
    assert len(first) == 1
    made, sizes = controller.sent(lab, {"name": "br-hand"}, "bridge")
    assert made.changed == 1 and len(sizes) == 1 and sizes[0] < 300 * 1024
    controller.sent(lab, {"name": "br-hand", "state": "absent"}, "bridge")
    assert kept(lab) == first, "a namespace is left"
    controller.sent(lab, {"name": "one", "state": "absent"}, "netns")
    assert kept(lab) == {}


def test_code_that_somebody_else_could_have_written_is_not_run_and_other_code_goes_when_nobody_needs_it(
    lab: Lab, controller: Controller
) -> None:
    old, in_use = "0" * 64, "1" * 64
    lab.host.run(["sh", "-c", "umask 022; cd /run && mkdir -p {0}/{1} {0}/{2}".format(ENGINE, old, in_use)])
    holder = lab.host.popen([ansible.target_python(), "-c", HOLD, ENGINE + "/" + in_use], stdin=subprocess.PIPE)
    assert holder.stdout is not None and holder.stdout.readline().strip() == "held"
    controller.topology(lab, WEB)
    ours = set(kept(lab)) - {in_use}
    assert len(ours) == 1 and old not in ours

    trap = "cd {0}/{1}; printf 'raise SystemExit(1)' > linuxnet_fabric/_module/topology.py; chmod 0777 ."
    lab.host.run(["sh", "-c", trap.format(ENGINE, *ours)])
    assert controller.topology(lab, WEB)["changed"] is False


def test_a_task_that_nobody_waits_for_gets_all_that_it_might_ask_for(lab: Lab, controller: Controller) -> None:
    assert controller.play(lab, **{"async": 60, "poll": 1}).results[-1]["changed"] is True
    assert lab.host.run(["ls", "/run/netns"]).stdout.split() == ["web"]
