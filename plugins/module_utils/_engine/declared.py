# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The last declaration that was made real, kept so that a check can tell two kinds of difference apart: what the
inventory changed since, and what somebody changed on the host. No plan depends on it.
"""

from __future__ import annotations

import json
import os
from typing import Any, Dict, Iterable, Mapping, Optional, Tuple

from .._kernel import gate, names, state

_WORDS = ("networks", "containers", "default_address_pools", "port_range", "firewall")


def words(params: Mapping[str, Any]) -> Dict[str, Any]:
    """Of a module's parameters, what declares: as plain as it comes back from a record."""
    plain: Dict[str, Any] = json.loads(json.dumps({word: params.get(word) for word in _WORDS}))
    return plain


def read(topology: str) -> Optional[Dict[str, Any]]:
    """None when the topology was never applied here, or the record cannot be read."""
    try:
        found = state.read_json(_path(topology))
    except (OSError, state.Damaged):
        return None
    return found if found is not None and set(found) == set(_WORDS) else None


def write(topology: str, declared: Mapping[str, Any]) -> None:
    """No write when nothing changed, whatever the order."""
    if read(topology) == declared:
        return
    gate.writing("declared")
    os.makedirs(names.DECLARED_DIRECTORY, mode=0o700, exist_ok=True)
    state.write(_path(topology), json.dumps(declared))


def remove(topology: str) -> None:
    if os.path.lexists(_path(topology)):
        gate.writing("declared")
        state.remove(_path(topology))


def tell_apart(actions: Iterable[str], corrective: Iterable[str]) -> Tuple[Tuple[str, ...], Tuple[str, ...]]:
    """(drift, intended): ``corrective`` is what the last declaration would need on the host as it is."""
    actions, known = tuple(actions), set(corrective)
    drift = tuple(line for line in actions if line in known)
    return drift, tuple(line for line in actions if line not in known)


def _path(topology: str) -> str:
    return "{0}/{1}.json".format(names.DECLARED_DIRECTORY, topology)
