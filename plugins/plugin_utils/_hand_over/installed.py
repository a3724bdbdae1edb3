# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Modules of a host that is its own controller: run out of the collection and the ansible-core that are installed.

Ansible packs a module with all that it imports of ``ansible.module_utils``: it reads sixty files for that, and the host
compiles them anew for each task. Here a module is a script of a page instead (``start.py``), with its arguments in it
as JSON (``<<INCLUDE_ANSIBLE_MODULE_JSON_ARGS>>``, "JSONARGS" in Ansible's developer guide), that imports all of it from
where it lies.
"""

from __future__ import annotations

import json
import stat
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import ansible.module_utils

from ansible_collections.linuxnet.fabric.plugins.module_utils._module.engine import WANTED

from .engine import CODE, once

_COLLECTION = "ansible_collections.linuxnet.fabric.plugins."
_PACKAGES = {
    "ansible.module_utils": Path(ansible.module_utils.__file__).resolve().parent,
    _COLLECTION + "module_utils": CODE,
    _COLLECTION + "modules": CODE.parent / "modules",
}
_SCRIPT = """#!/usr/bin/python
{source}

start({module!r}, {packages!r}, {wanted!r}, r\"\"\"<<INCLUDE_ANSIBLE_MODULE_JSON_ARGS>>\"\"\")
"""


def installed(place: Path) -> dict[str, Any] | None:
    """Where a directory lies, and by which numbers this machine knows it again.

    None where others than root may write: root's Python would leave compiled files in somebody else's directory. And
    where it is no directory, as in an archive that Python imports from.
    """
    try:
        status = place.stat()
    except OSError:
        return None
    if status.st_uid != 0 or status.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        return None
    return {"place": str(place), "device": status.st_dev, "inode": status.st_ino}


def script(directory: Path, module: str) -> Path | None:
    """A file that runs the module. ``directory``: Ansible's, of this run. None: not all of it is root's alone."""
    packages = [{"name": name, **(installed(place) or {})} for name, place in _PACKAGES.items()]
    if not all("place" in package for package in packages):
        return None
    path = directory / "linuxnet.fabric" / "installed" / (module + ".py")
    once(path, lambda: _text(_COLLECTION + "modules." + module, packages).encode("utf-8"))
    return path


def _text(module: str, packages: list[dict[str, Any]]) -> str:
    source = Path(__file__).with_name("start.py").read_text(encoding="utf-8")
    wanted = json.dumps({"changed": False, WANTED: True})
    return _SCRIPT.format(source=source, module=module, packages=packages, wanted=wanted)


class Finder:
    """In the place of Ansible's loaders: whatever module is looked for is that one."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.module_loader = self

    def find_plugin_with_context(self, *_arguments: Any, **_keywords: Any) -> Any:
        return SimpleNamespace(resolved=True, redirect_list=[], plugin_resolved_path=str(self._path))
