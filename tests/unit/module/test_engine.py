# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The code that a host is sent: the same for the same sources, and what was announced."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, Dict

import pytest

from ansible_collections.linuxnet.fabric.plugins.plugin_utils._hand_over.engine import Engine

ROOT = Path(__file__).resolve().parents[3]
#: On a host that has nothing of ours: what is sent is imported, and nothing is written.
CHECK = """
import json, sys
from ansible_collections.linuxnet.fabric.plugins.module_utils._module.engine import code
with code(json.load(sys.stdin), keep=False) as package:
    import importlib
    names = importlib.import_module(package + "._kernel.names")
    main = importlib.import_module(package + "._host_program.main")
    archive = importlib.import_module(package + "._kernel.archive")
    print(json.dumps([names.__name__, names.RELEASE, sorted(archive._sources())]))
"""


def checked(sent: Dict[str, Any]) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-c", CHECK],
        input=json.dumps(sent),
        capture_output=True,
        text=True,
        env={"PYTHONPATH": str(ROOT / ".collections")},
    )


@pytest.fixture(scope="module")
def sent(tmp_path_factory: pytest.TempPathFactory) -> Dict[str, str]:
    engine = Engine(tmp_path_factory.mktemp("controller"))
    return {"digest": engine.digest, "content": engine.content}


def test_what_is_sent_is_the_whole_engine(sent: Dict[str, str]) -> None:
    from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel import archive, names

    name, release, sources = json.loads(checked(sent).stdout)
    assert (name, release) == ("linuxnet_fabric._kernel.names", names.RELEASE)
    assert sources == sorted(archive._sources()), "the program of a host is the same, whoever makes it"


def test_what_is_not_what_was_announced_is_not_run(sent: Dict[str, str]) -> None:
    done = checked({**sent, "digest": "0" * 64})
    assert done.returncode != 0 and "is not what was announced" in done.stderr


def test_it_is_made_once_for_a_run_of_ansible(tmp_path: Path) -> None:
    code = tmp_path / "code"
    (code / "_kernel").mkdir(parents=True)
    (code / "_kernel/names.py").write_text("RELEASE = 1\n")
    run, later = tmp_path / "run", tmp_path / "later"
    run.mkdir(), later.mkdir()
    first = Engine(run, code).digest
    assert Engine(later, code).digest == first
    (code / "_kernel/names.py").write_text("RELEASE = 2\n")
    assert Engine(run, code).digest == first
    third = tmp_path / "third"
    third.mkdir()
    assert Engine(third, code).digest != first
