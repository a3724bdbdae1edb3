# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The house: rooms in one order, imports only downwards, and nothing from outside at import time."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Iterator, List, Tuple

import pytest

PLUGINS = Path(__file__).resolve().parents[2] / "plugins"
UTILS = "ansible_collections.linuxnet.fabric.plugins.module_utils."
ROOMS = "_host_program _module _promises _expansion _fleet _engine _declaration _resources _ipam _kernel".split()
#: A target needs these only for what it does with them: a module must say what is missing, so it must import first.
GUARDED = {"pyroute2", "netaddr"}
FILES = sorted(PLUGINS.glob("module_utils/_*/**/*.py")) + sorted(PLUGINS.glob("modules/*.py"))


def imports(path: Path, everywhere: bool) -> Iterator[Tuple[str, int]]:
    """Absolute names of what a file imports; with everywhere inside functions too."""
    tree = ast.parse(path.read_text())
    package = (
        (UTILS + ".".join(path.relative_to(PLUGINS / "module_utils").parts[:-1])).split(".")
        if "module_utils" in path.parts
        else []
    )
    for node in ast.walk(tree) if everywhere else module_level(tree.body):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            name = ".".join(base + ([node.module] if node.module else []))
            yield from ((name + "." + alias.name, node.lineno) for alias in node.names)


def module_level(body: List[ast.stmt]) -> Iterator[ast.stmt]:
    for node in body:
        yield node
        if isinstance(node, ast.If) and "TYPE_CHECKING" not in ast.unparse(node.test):
            yield from module_level(node.body + node.orelse)


def room_of(name: str) -> str:
    return name[len(UTILS) :].split(".")[0] if name.startswith(UTILS) else ""


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PLUGINS)))
def test_imports_point_down(path: Path) -> None:
    own = path.relative_to(PLUGINS / "module_utils").parts[0] if "module_utils" in path.parts else ""
    floor = ROOMS.index(own) if own else 0
    above = [
        "line {0}: {1}".format(line, name)
        for name, line in imports(path, everywhere=True)
        if room_of(name) and ROOMS.index(room_of(name)) < floor
    ]
    assert not above, "an import points up"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PLUGINS)))
def test_nothing_foreign_is_needed_to_import(path: Path) -> None:
    foreign = [name for name, _line in imports(path, everywhere=False) if name.split(".")[0] in GUARDED]
    assert not foreign


@pytest.mark.parametrize("path", sorted(PLUGINS.glob("modules/*.py")), ids=lambda path: path.stem)
def test_a_module_is_a_door(path: Path) -> None:
    names = {room_of(name) for name, _line in imports(path, everywhere=True)} - {""}
    assert names <= {"_module"}, "a module calls no room but the one behind the door"


@pytest.mark.parametrize("path", sorted(PLUGINS.glob("module_utils/_declaration/**/*.py")), ids=lambda path: path.name)
def test_a_declaration_does_no_io(path: Path) -> None:
    rooms_that_do = {"os", "socket", "subprocess", "sqlite3", "pathlib", "shutil", "ctypes"}
    assert not [name for name, _line in imports(path, everywhere=True) if name.split(".")[0] in rooms_that_do]


OUTSIDE_SQLITE = [path for path in FILES if path.parent.name != "sqlite"]


@pytest.mark.parametrize("path", OUTSIDE_SQLITE, ids=lambda path: str(path.relative_to(PLUGINS)))
def test_one_folder_knows_that_leases_are_in_sqlite(path: Path) -> None:
    tree = ast.parse(path.read_text())
    texts = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    assert not [text for text in texts if text.startswith(("SELECT ", "INSERT ", "DELETE FROM ", "PRAGMA "))]
    assert "sqlite3" not in {name for name, _line in imports(path, everywhere=True)}
    of_the_folder = [name for name, _line in imports(path, everywhere=True) if "._ipam.sqlite" in name]
    assert not of_the_folder or path.name == "store.py", "open_store opens whatever store there is"
