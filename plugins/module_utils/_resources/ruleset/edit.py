# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a comparison changes in one table, as data: ``compare.py`` finds it out, ``told.py`` puts it into words."""

from __future__ import annotations

from dataclasses import field
from typing import AbstractSet, Any, Dict, List, Mapping, Tuple

from ..._kernel.data import dataclass

EDITED, CREATED, REPLACED, DELETED = "edited", "created", "replaced", "deleted"


@dataclass
class TableEdit:
    """``what`` happens to the table; for one that is edited, the parts of it.

    ``kept``: of every set, the elements that stay as they are; only where elements change.
    """

    family: str
    name: str
    what: str = EDITED
    woken: bool = False  # it was dormant: there, but without any effect
    new_chains: List[str] = field(default_factory=list)
    gone_chains: List[str] = field(default_factory=list)
    policies: Dict[str, Tuple[Any, Any]] = field(default_factory=dict)  # chain → before, after
    rules: Dict[str, Tuple[List[str], List[str]]] = field(default_factory=dict)  # chain → before, after
    added: Dict[str, Mapping[str, Any]] = field(default_factory=dict)  # set → text → nft's JSON
    removed: Dict[str, Mapping[str, Any]] = field(default_factory=dict)
    kept: Mapping[str, AbstractSet[str]] = field(default_factory=dict)
