# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter that reads the further projects of a host out of the variables that declare them."""

from __future__ import annotations

# For one filter Ansible imports all of a collection, in the process of each task: so what they do is imported when they
# are called.
import difflib
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ansible.errors import AnsibleFilterError

from .merged import merged

#: What a project has by name; what several variables say of it is put together.
_NAMED = ("networks", "containers")


def projects(variables: Any, words: Iterable[str], own: str = "default") -> list[dict[str, Any]]:
    """A dictionary for each project, with ``name``, ``networks``, ``containers`` and what else is said of it.

    ``variables``: ``{variable: {project: words}}``. ``words``: those that a project may have. ``own``: the name of the
    project that is declared without this. Raises AnsibleFilterError with the place of what is wrong.
    """
    found: dict[str, dict[str, Any]] = {}
    for variable in sorted(variables):
        for name, said in _mapping(variables[variable], variable).items():
            found.setdefault(str(name), {})[variable] = _known(said, f"{variable}.{name}", sorted(words))
    if own in found:
        raise AnsibleFilterError(
            f"{next(iter(found[own]))}.{own}: {own} is the topology_name of this host, whose networks and containers "
            "are in topology_networks and topology_containers; declare them there, or call one of the two otherwise"
        )
    return [_project(name, said) for name, said in found.items()]


def _project(name: str, said: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """One project. ``said``: variable → what it says of it."""
    named = {
        word: {f"{variable}.{name}.{word}": words.get(word) for variable, words in said.items()} for word in _NAMED
    }
    others = {
        f"{variable}.{name}": {word: value for word, value in words.items() if word not in _NAMED}
        for variable, words in said.items()
    }
    words = merged(others)
    declared = _compose(name, words, merged(named["networks"]))
    place = f"{next(iter(said))}.{name}.compose_files"
    return {"name": name, **words, **{word: merged({**named[word], place: declared[word]}) for word in _NAMED}}


def _compose(name: str, words: Mapping[str, Any], networks: Mapping[str, Any]) -> dict[str, Any]:
    """The networks and containers that the project's Compose files declare."""
    if not words.get("compose_files"):
        return {"networks": {}, "containers": {}}
    from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.errors import DeclarationError
    from ansible_collections.linuxnet.fabric.plugins.plugin_utils._compose.project import project_of

    prefix, profiles = bool(words.get("compose_prefix")), words.get("compose_profiles") or ()
    try:
        files = project_of(words["compose_files"], prefix, profiles, declared=networks)
    except DeclarationError as error:
        raise AnsibleFilterError(f"topology_projects.{name}.compose_files: {error}") from error
    return {"networks": files.networks, "containers": files.containers}


def _mapping(value: Any, path: str) -> Mapping[str, Any]:
    if not isinstance(value or {}, Mapping):
        raise AnsibleFilterError(f"{path}: expected a dictionary, name to words")
    return value or {}


def _known(value: Any, path: str, words: list[str]) -> Mapping[str, Any]:
    given = _mapping(value, path)
    for word in given:
        if word not in words:
            close = difflib.get_close_matches(str(word).replace("topology_", ""), words, n=1)
            hint = f'did you mean "{close[0]}"?' if close else "known are " + ", ".join(words)
            raise AnsibleFilterError(f"{path}.{word}: a project has no such word; {hint}")
    return given


class FilterModule:
    """One filter."""

    def filters(self) -> dict[str, Callable[..., list[dict[str, Any]]]]:
        return {"projects": projects}
