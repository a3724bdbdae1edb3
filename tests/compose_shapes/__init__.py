# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compose files in the shapes that people write them in, each in a YAML file beside this one, with what it gives."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict, List

import yaml

from ansible_collections.linuxnet.fabric.plugins.plugin_utils._compose.project import Project, project_of

DIRECTORY = Path(__file__).resolve().parent
NAMES: List[str] = sorted(path.stem for path in DIRECTORY.glob("*.yml"))


def shape(name: str) -> Dict[str, Any]:
    """``about``, ``files`` and ``run``; and what is expected: ``networks``, ``containers``, ``answers``, ``notes``."""
    read: Dict[str, Any] = yaml.safe_load((DIRECTORY / (name + ".yml")).read_text(encoding="utf-8"))
    return {"run": {}, "notes": [], **read}


def converted(shape: Dict[str, Any], directory: Path) -> Project:
    """The shape's files, written into a directory and read."""
    for path, text in shape["files"].items():
        (directory / path).parent.mkdir(parents=True, exist_ok=True)
        (directory / path).write_text(text, encoding="utf-8")
    run = shape["run"]
    files, profiles = run.get("files", ["compose.yml"]), run.get("profiles", ())
    return project_of(files, run.get("prefix", False), profiles, str(directory), run.get("environment", {}))
