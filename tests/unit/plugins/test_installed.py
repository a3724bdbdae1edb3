# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A module that is run where it is installed: what it is started by finds what was named, and nothing else."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Dict, List

import ansible.module_utils
import pytest

from ansible_collections.linuxnet.fabric.plugins.plugin_utils._hand_over import start
from ansible_collections.linuxnet.fabric.plugins.plugin_utils._hand_over.installed import installed, script

#: What it was given, and what it finds of ansible-core beside what modules may import.
MODULE = """
import importlib.util
from ansible.module_utils.basic import AnsibleModule
def main():
    module = AnsibleModule(argument_spec={"word": {}})
    module.exit_json(said=module.params["word"], controller=importlib.util.find_spec("ansible.playbook") is not None)
"""
root = pytest.mark.skipif(os.geteuid() != 0, reason="what is not root's alone is not run")


@pytest.fixture
def packages(tmp_path: Path) -> List[Dict[str, Any]]:
    place = tmp_path / "modules"
    place.mkdir(mode=0o755)
    (place / "hello.py").write_text(MODULE)
    utils = Path(ansible.module_utils.__file__).resolve().parent
    return [
        {"name": "ansible.module_utils", **(installed(utils) or {})},
        {"name": "some.modules", **(installed(place) or {})},
    ]


def started(directory: Path, packages: List[Dict[str, Any]], word: str) -> "subprocess.CompletedProcess[str]":
    """As Ansible does it: Python, in some directory, that reads the script from its standard input."""
    call = "start({0!r}, {1!r}, {2!r}, {3!r})"
    arguments = ("some.modules.hello", packages, "wanted", json.dumps({"word": word}))
    text = Path(start.__file__).read_text(encoding="utf-8") + "\n" + call.format(*arguments)
    return subprocess.run([sys.executable], input=text, cwd=directory, capture_output=True, text=True)


@root
def test_it_finds_what_modules_may_import_and_nothing_of_the_controller(
    tmp_path: Path, packages: List[Dict[str, Any]]
) -> None:
    word = 'it\'s "\u00fcber" \\ {{ }}'
    told = json.loads(started(tmp_path, packages, word).stdout)
    assert (told["said"], told["controller"]) == (word, False)


@root
def test_what_a_module_has_to_begin_comes_before_ansibles_own_code(
    tmp_path: Path, packages: List[Dict[str, Any]]
) -> None:
    text = "import sys\ndef begin(arguments):\n    print(arguments, 'ansible.module_utils.basic' in sys.modules)\n"
    (tmp_path / "modules" / "hello.py").write_text(text + "def main():\n    print('main')\n")
    assert started(tmp_path, packages, "x").stdout == "{'word': 'x'} False\nmain\n"


@root
def test_what_lies_in_the_working_directory_is_not_imported(tmp_path: Path, packages: List[Dict[str, Any]]) -> None:
    for name in ("json", "importlib", "ansible"):
        (tmp_path / (name + ".py")).write_text("raise SystemExit('trapped')\n")
    assert json.loads(started(tmp_path, packages, "free").stdout)["said"] == "free"


@root
def test_it_asks_to_be_sent_where_the_directory_is_another_or_not_roots_alone(
    tmp_path: Path, packages: List[Dict[str, Any]]
) -> None:
    other = [packages[0], {**packages[1], "inode": packages[1]["inode"] + 1}]
    assert started(tmp_path, other, "").stdout == "wanted\n"
    gone = [packages[0], {**packages[1], "place": str(tmp_path / "gone")}]
    assert started(tmp_path, gone, "").stdout == "wanted\n"
    (tmp_path / "modules").chmod(0o775)
    assert installed(tmp_path / "modules") is None
    assert started(tmp_path, packages, "").stdout == "wanted\n"


@root
def test_the_script_is_one_that_ansible_puts_arguments_into_and_packs_nothing_for(tmp_path: Path) -> None:
    from ansible.executor import module_common

    path = script(tmp_path, "netns")
    assert path is not None and path.name == "netns.py"
    text = path.read_bytes()
    assert text.startswith(b"#!/usr/bin/python\n") and text.count(module_common.REPLACER_JSONARGS) == 1
    assert module_common.REPLACER not in text and not module_common.NEW_STYLE_PYTHON_MODULE_RE.search(text)
