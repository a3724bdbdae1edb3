# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The program of the host as one file."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel import archive


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sbin") / "linuxnet-fabric"
    archive.install(str(path))
    return path


def test_it_runs_without_the_collection_and_without_ansible(program: Path) -> None:
    script = "import sys, runpy; sys.modules['ansible'] = None; sys.argv = ['linuxnet-fabric', '--help']; "
    script += "runpy.run_path({0!r}, run_name='__main__')".format(str(program))
    done = subprocess.run(
        [sys.executable, "-I", "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "networks and containers" in done.stdout


def test_the_same_code_makes_the_same_file(program: Path) -> None:
    assert archive.archive() == program.read_bytes()
    assert archive.is_current(str(program))


def test_it_starts_from_its_bytecode_alone(program: Path, tmp_path: Path) -> None:
    path = tmp_path / "linuxnet-fabric"
    with zipfile.ZipFile(program) as found, zipfile.ZipFile(path, "w") as made:
        for name in found.namelist():
            if name.endswith(".pyc") or name == "__main__.py":
                made.writestr(name, found.read(name))
    done = subprocess.run([sys.executable, "-I", str(path), "--help"], stdout=subprocess.PIPE, text=True)
    assert done.returncode == 0


@pytest.mark.parametrize("damage", ["gone", "cut", "another", "not executable", "of another Python"])
def test_a_file_that_is_another_one_is_told(program: Path, tmp_path: Path, damage: str) -> None:
    path = tmp_path / "linuxnet-fabric"
    content = program.read_bytes()
    if damage == "cut":
        path.write_bytes(content[: len(content) // 2])
    elif damage == "of another Python":
        path.write_bytes(content.replace(sys.executable.encode(), b"/usr/bin/false", 1))
    elif damage == "another":
        with zipfile.ZipFile(path, "w") as made:
            made.writestr("__main__.py", "print()")
    elif damage == "not executable":
        path.write_bytes(content)
    if damage not in ("gone", "not executable"):
        path.chmod(0o755)
    assert not archive.is_current(str(path))
