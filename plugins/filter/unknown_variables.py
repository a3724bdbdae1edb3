# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter that finds misspelt variables of the role, before they pass for variables that were left out."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable

#: What is merged into the three dictionaries, under names that the user chooses.
_FREE = ("topology_networks_", "topology_containers_", "topology_projects_")


def unknown_variables(names: Iterable[str], known: Iterable[str]) -> list[str]:
    """A line for each of the names that is not known."""
    known = sorted(known)
    strange = sorted(str(name) for name in set(names).difference(known) if not str(name).startswith(_FREE))
    return [_line(name, known) for name in strange]


def _line(name: str, known: list[str]) -> str:
    close = difflib.get_close_matches(name, known, n=1)
    hint = f'did you mean "{close[0]}"?' if close else "known are " + ", ".join(known)
    return f"{name}: linuxnet.fabric has no such variable, and every name that begins with topology_ is its own; {hint}"


class FilterModule:
    """One filter."""

    def filters(self) -> dict[str, Callable[..., list[str]]]:
        return {"unknown_variables": unknown_variables}
