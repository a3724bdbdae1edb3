# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The topologies that the pages declare, in words that the filter ``diagram`` takes. For pictures, and to test them."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path
from typing import Any, Dict, Iterator, List, Tuple

import yaml

from tests.paths import ROOT, importable

importable()

from ansible_collections.linuxnet.fabric.plugins.plugin_utils._compose.project import project_of  # noqa: E402

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
_BLOCK = re.compile(r"^```yaml\n(.*?)^```$", re.MULTILINE | re.DOTALL)
#: Of a block that shows several files: how each begins.
_FILE = re.compile(r"^# (\S+)\.ya?ml\b.*\n", re.MULTILINE)
_VARIABLE = re.compile(r"topology_(networks|containers|projects)(_.+)?\Z")

Project = Dict[str, Any]


def declarations() -> Iterator[Tuple[str, List[Project]]]:
    """(``PAGE 1`` for the first declaration of a page, and so on; its projects)."""
    for page in PAGES:
        number = 0
        for text in _BLOCK.findall(page.read_text(encoding="utf-8")):
            projects = list(_projects(text))
            if projects:
                number += 1
                yield "{0} {1}".format(page.name, number), projects


def _projects(text: str) -> Iterator[Project]:
    hosts, common = _hosts(text)
    for host, own in hosts.items():
        words: Dict[str, Any] = {"networks": {}, "containers": {}, "projects": {}}
        for name, value in [*common.items(), *own.items()]:
            found = _VARIABLE.match(str(name))
            if found:
                words[found.group(1)].update(value)
        first = {"name": own.get("topology_name"), "networks": words["networks"], "containers": words["containers"]}
        for project in [first, *({"name": name, **each} for name, each in words["projects"].items())]:
            if project.get("networks") or project.get("containers"):
                yield {"host": host, **_complete(project)}


def _hosts(text: str) -> Tuple[Dict[str, Dict[str, Any]], Dict[str, Any]]:
    """Host → its variables, and those of all hosts."""
    files = _FILE.split(text)[1:]
    if len(files) > 2:
        parts = {name: yaml.safe_load(part) for name, part in zip(files[::2], files[1::2])}
        own = {name.split("/")[1]: part for name, part in parts.items() if name.startswith("host_vars/")}
        return own, parts.get("group_vars/all", {})
    content = yaml.safe_load(text)
    if not isinstance(content, dict):
        return {}, {}
    if "services" in content:
        return {"node1": _of_compose(text)}, {}
    if "all" in content:
        return content["all"].get("hosts") or {}, content["all"].get("vars") or {}
    return {"node1": content}, {}


def _of_compose(text: str) -> Dict[str, Any]:
    with tempfile.TemporaryDirectory() as directory:
        (Path(directory) / "compose.yml").write_text(text, encoding="utf-8")
        found = project_of(["compose.yml"], directory=directory, environment={})
    return {"topology_networks": found.networks, "topology_containers": found.containers}


def _complete(project: Project) -> Project:
    """With the networks that containers of a fragment are on, which another block of the page declares."""
    networks = dict(project.get("networks") or {})
    for container in (project.get("containers") or {}).values():
        for name in (container or {}).get("networks") or ():
            networks.setdefault(name, {})
    return {**project, "networks": networks}
