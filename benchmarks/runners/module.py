# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Our module alone, started as Ansible starts it on a host that is its own controller: by a script on Python's standard
input, which has the arguments in it and imports the collection from where it is installed.

Where others than root may write there, as the user does whose checkout it is, Ansible would send it instead. Then it is
the module's file that is started, its arguments on standard input.
"""

from __future__ import annotations

import json
import stat
import sys
from pathlib import Path
from typing import Any, Callable, Dict, Optional

import ansible.module_utils

from .. import declaration, fleet
from ..places import CHECKOUT, environment, program
from ..sample import BenchmarkError, Sample, run
from ..trials import GROWTH, Trial
from . import Runner, Steps

_PORTS_ON = 10
#: Of what is a fraction of a second, and compared with another such step: each scatters by as much as they differ.
_TURNS = 5
_COLLECTION = "ansible_collections.linuxnet.fabric.plugins."
_DECLARED: Dict[str, Callable[[int], Dict[str, Any]]] = {
    "networks": lambda size: declaration.topology(size, per_bridge=1),
    "peers": fleet.topology,
    "links": declaration.linked,
}


class Module(Runner):
    name = "module"
    scenarios = tuple(GROWTH)

    def missing(self) -> Optional[str]:
        if not _file(CHECKOUT).exists():
            return str(_file(CHECKOUT))
        return None if program("nft") else "nft"

    def steps(self, trial: Trial, folder: Path) -> Steps:
        tree = Path(trial.tree or CHECKOUT)
        if trial.scenario == "ports":
            return self._ports(tree, trial.size)
        if trial.scenario == "endpoints":
            return self._endpoints(tree, trial.size)
        return self._growing(tree, _DECLARED[trial.scenario](trial.size))

    def _endpoints(self, tree: Path, size: int) -> Steps:
        words = declaration.topology(size)
        yield "build", topology(tree, words, changed=True)
        for _turn in range(_TURNS):
            yield "again", topology(tree, words, changed=False)
            yield "check", topology(tree, words, changed=False, check=True)
            if size < declaration.PER_BRIDGE * 2:
                yield "add one", topology(tree, one_more(size), changed=True)
                yield "remove one", topology(tree, words, changed=True)
        yield "teardown", topology(tree, declaration.absent(), changed=True)

    def _growing(self, tree: Path, words: Dict[str, Any]) -> Steps:
        yield "build", topology(tree, words, changed=True)
        yield "again", topology(tree, words, changed=False)
        yield "teardown", topology(tree, declaration.absent(), changed=True)

    def _ports(self, tree: Path, size: int) -> Steps:
        """One port more on top of ``size``; and how long the transaction took that lets it in."""
        words = declaration.many_ports(min(_PORTS_ON, size), size)
        yield "build", topology(tree, words, changed=True)
        yield "again", topology(tree, words, changed=False)
        words["containers"]["c0000"]["ports"].append("9999:9999")
        added = topology(tree, words, changed=True, verbosity=2)
        yield "add a port", added
        yield "nft transaction", Sample(_lap(added, "apply nft"), 0.0, "")


def _file(tree: Path) -> Path:
    return tree / "plugins" / "modules" / "topology.py"


def topology(tree: Path, words: Dict[str, Any], changed: bool, check: bool = False, verbosity: int = 0) -> Sample:
    """Run the module; a run that did not do what the step is about is an error, not a measurement."""
    arguments = dict(words, _ansible_check_mode=check, _ansible_verbosity=verbosity)
    script = _script(tree, arguments)
    if script is not None:
        sample = run([sys.executable], script, environment(tree))
    else:
        text = json.dumps({"ANSIBLE_MODULE_ARGS": arguments})
        sample = run([sys.executable, str(_file(tree))], text, environment(tree))
    answer = _answer(sample)
    if answer.get("failed") or answer["changed"] != changed:
        raise BenchmarkError("changed={0}, {1}".format(answer.get("changed"), answer.get("actions", answer))[:1500])
    return sample


def _script(tree: Path, arguments: Dict[str, Any]) -> Optional[str]:
    """As ``plugin_utils/_hand_over/installed.py`` makes it. None where it would make none, or the tree has none yet."""
    start = tree / "plugins" / "plugin_utils" / "_hand_over" / "start.py"
    places = {
        "ansible.module_utils": Path(ansible.module_utils.__file__).resolve().parent,
        _COLLECTION + "module_utils": (tree / "plugins" / "module_utils").resolve(),
        _COLLECTION + "modules": (tree / "plugins" / "modules").resolve(),
    }
    if not start.exists() or not all(map(_is_roots_alone, places.values())):
        return None
    packages = [
        {"name": name, "place": str(place), "device": place.stat().st_dev, "inode": place.stat().st_ino}
        for name, place in places.items()
    ]
    call = "start({0!r}, {1!r}, '', {2!r})"
    return start.read_text() + "\n" + call.format(_COLLECTION + "modules.topology", packages, json.dumps(arguments))


def _is_roots_alone(place: Path) -> bool:
    status = place.stat()
    return status.st_uid == 0 and not status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def one_more(size: int) -> Dict[str, Any]:
    """One container more, on the first network."""
    words = declaration.topology(size)
    words["containers"]["more"] = {"networks": ["net0"], "ports": ["19999:80"]}
    return words


def _answer(sample: Sample) -> Dict[str, Any]:
    answer: Dict[str, Any] = json.loads(sample.output[sample.output.index("{") :])
    return answer


def _lap(sample: Sample, stage: str) -> float:
    """Seconds of a stage of a run with ``-vv``."""
    return float(_answer(sample)["timings"][stage]) / 1000
