# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter that puts together what several variables declare."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ansible.errors import AnsibleFilterError


def merged(variables: Any) -> dict[str, Any]:
    """One dictionary out of the values of several variables, ``{variable: {name: words}}``, in order of the variables.

    Raises AnsibleFilterError where two of them say different things under one name, or one is no dictionary.
    """
    found: dict[str, Any] = {}
    origin: dict[str, str] = {}
    for variable in sorted(variables):
        declared = variables[variable] or {}
        if not isinstance(declared, Mapping):
            raise AnsibleFilterError(f"{variable}: expected a dictionary, name to words")
        for name, words in declared.items():
            if name in found and found[name] != words:
                raise AnsibleFilterError(
                    f"{variable}.{name}: {origin[name]} declares {name} too, and otherwise. Variables are merged by "
                    "name: declare it in one of the two"
                )
            found.setdefault(name, words)
            origin.setdefault(name, variable)
    return found


class FilterModule:
    """One filter."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"merged": merged}
