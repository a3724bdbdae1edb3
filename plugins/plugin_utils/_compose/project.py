# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compose files, as they are, to what they declare of networks: the one way in for the filter, the role and a fleet."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Optional

from ansible_collections.linuxnet.fabric.plugins.module_utils._declaration.containers import parse_container
from ansible_collections.linuxnet.fabric.plugins.module_utils._declaration.names_rules import check_name
from ansible_collections.linuxnet.fabric.plugins.module_utils._declaration.networks import parse_network
from ansible_collections.linuxnet.fabric.plugins.module_utils._declaration.words import Problems
from ansible_collections.linuxnet.fabric.plugins.module_utils._expansion.drivers.registry import DRIVERS
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.errors import DeclarationError

from .converter import Converter, Names
from .loader import Loader, project_directory


@dataclass(frozen=True)
class Project:
    """``name``: Compose's. ``notes``: a line for what was left out, and the like."""

    name: str
    networks: dict[str, Any]
    containers: dict[str, Any]
    notes: tuple[str, ...]


def project_of(
    files: Sequence[str],
    prefix: bool = False,
    profiles: Sequence[str] = (),
    directory: Optional[str] = None,
    environment: Optional[Mapping[str, str]] = None,
    declared: Collection[str] = (),
) -> Project:
    """``files``: merged in this order. ``prefix``: Docker's names, with the project's before them. ``profiles``: those
    that are on; without any, those of COMPOSE_PROFILES. ``directory``: what paths are relative to, where the run was
    started by default. ``declared``: networks that an external one may be, for the inventory declares them.

    Raises DeclarationError with file and place of all that is wrong.
    """
    if not files:
        return Project("", {}, {}, ())
    base = project_directory(directory)
    loader = Loader(base, os.environ if environment is None else environment)
    name, model, known = loader.load([base / os.path.expanduser(file) for file in files])
    on = [str(each) for each in profiles] or [each for each in known.get("COMPOSE_PROFILES", "").split(",") if each]
    converter = Converter(model, Names(name if prefix else ""), on, loader.origin, loader.told)
    containers, networks = converter.containers(), converter.networks(declared)
    _check(networks, containers, declared, converter.places())
    return Project(name, networks, containers, tuple(loader.told.lines()))


def _check(
    networks: Mapping[str, Any],
    containers: Mapping[str, Any],
    declared: Collection[str],
    places: Mapping[tuple[str, str], str],
) -> None:
    """All values are read once by those who will read them on the host, to tell file and place of what is wrong."""
    problems = Problems()
    known: dict[str, Any] = dict.fromkeys(declared)
    for name, words in networks.items():
        path = places.get(("networks", name), f"networks.{name}")
        check_name(name, path, problems)
        known[name] = parse_network(name, words, path, DRIVERS, problems)
    for name, words in containers.items():
        path = places.get(("services", name), f"services.{name}")
        check_name(name, path, problems)
        parse_container(name, words, known, path, problems)
    if problems:
        raise DeclarationError(dict.fromkeys(problems))
