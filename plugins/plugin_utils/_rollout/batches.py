# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``topology_serial``: how many hosts of a run are made at a time. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from ansible_collections.linuxnet.fabric.plugins.module_utils._declaration.words import quote
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.errors import DeclarationError, Problem

_SIZE = re.compile(r"(\d{1,9})(%?)\Z")
_EXPECTED = '{0}: expected a number of hosts from 1, or a percentage of them from 1% to 100%, such as "10%"'


def batches(value: Any) -> list[int | str]:
    """As Ansible's keyword ``serial`` takes it: the sizes of the batches, of which the last one is that of all that
    follow. A text may have several, with commas between: on a command line, lists are written so.

    Ansible itself takes what it cannot read, and 0, for all hosts at once: here that is a DeclarationError.
    """
    several = not isinstance(value, str) or "," in value
    sizes = value.split(",") if isinstance(value, str) else value if isinstance(value, (list, tuple)) else [value]
    problems = list(_wrong(sizes, several and isinstance(value, (str, list, tuple))))
    if problems or not sizes:
        raise DeclarationError(problems or [Problem("topology_serial", _EXPECTED.format("[]"))])
    return [_size(size) or 0 for size in sizes]


def _wrong(sizes: Iterable[Any], numbered: bool) -> Iterable[Problem]:
    for number, size in enumerate(sizes):
        if _size(size) is None:
            place = f"topology_serial[{number}]" if numbered else "topology_serial"
            yield Problem(place, _EXPECTED.format(quote(size)))


def _size(value: Any) -> int | str | None:
    found = None if isinstance(value, bool) else _SIZE.match(str(value).strip())
    if found is None or int(found.group(1)) < 1 or (found.group(2) and int(found.group(1)) > 100):
        return None
    return found.group() if found.group(2) else int(found.group(1))
