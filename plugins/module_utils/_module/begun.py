# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the module ``topology`` performs: what takes long is begun before what takes long to import is imported."""

from __future__ import annotations

import contextlib
import os
from typing import Any, ContextManager, Iterator, List, Mapping, Optional, Tuple

from .._engine import early
from .._engine.early import Early
from .._engine.report import Result
from .declaration import DECLARATION

#: What was begun before the arguments were looked at, and what ends it.
_BEFORE: List[Tuple[ContextManager[Any], Early]] = []


def begin(arguments: Mapping[str, Any]) -> None:
    """By what the arguments say as they are: a wrong one is told by who looks at them."""
    name = arguments.get("name", DECLARATION["name"]["default"])
    if not isinstance(name, str) or arguments.get("state") == "confirmed" or os.geteuid() != 0:
        return
    with contextlib.ExitStack() as stack:
        found = stack.enter_context(early.begun(name, bool(arguments.get("_ansible_check_mode"))))
        if found is not None:
            _BEFORE.append((stack.pop_all(), found))


def perform_topology(params: Mapping[str, Any], check_mode: bool) -> Result:
    """As ``topology.perform_topology``."""
    if params["state"] == "confirmed":
        return _perform(params, check_mode)
    with _begun(params["name"], check_mode) as found:
        return _perform(params, check_mode, early=found)


@contextlib.contextmanager
def _begun(topology: str, check_mode: bool) -> Iterator[Optional[Early]]:
    if _BEFORE:
        held, found = _BEFORE.pop()
        with held:
            yield found
    else:
        with early.begun(topology, check_mode) as begun:
            yield begun


def _perform(*arguments: Any, **more: Any) -> Result:
    from .topology import perform_topology as perform

    return perform(*arguments, **more)
