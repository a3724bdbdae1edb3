# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One fault after the other on a host, and what a verification says of each."""

from __future__ import annotations

from typing import Any, Dict, List, Sequence

from broken_networks import DECLARED, SURROUNDINGS, Fault
from mutations import shell
from scenarios import run

from ansible_collections.linuxnet.fabric.plugins.module_utils._module.topology_verify import perform_topology_verify

PARAMS = {"name": "default", "probes": 0, "lock_timeout": 5, **DECLARED}


#: Nobody knows a neighbour from before.
FORGET = "for each in web near app db; do ip -n $each neigh flush all; done; ip neigh flush all; "


def prepare() -> None:
    shell(SURROUNDINGS)
    run(DECLARED)


def broken_by(fault: Fault) -> List[Dict[str, Any]]:
    """The cells that are broken. The host is afterwards as it was."""
    return broken_by_all([fault])


def broken_by_all(faults: Sequence[Fault]) -> List[Dict[str, Any]]:
    try:
        shell(FORGET)
        for fault in faults:
            shell(fault.script)
        facts = perform_topology_verify(dict(PARAMS), False).facts
    finally:
        for fault in faults:
            shell(fault.undo)
        run(DECLARED)
    return [cell for cell in facts["cells"] if cell["result"] == "broken"]


def wrong_about(fault: Fault, broken: List[Dict[str, Any]]) -> str:
    """Empty where the promise is named with its place."""
    cells = [cell for cell in broken if cell["text"].startswith(fault.promise)]
    if not cells:
        return "no promise is broken that begins with {0!r}, but {1}".format(
            fault.promise, [cell["text"] for cell in broken][:5]
        )
    place = cells[0]["place"] or {}
    found = place.get("kind") == fault.kind and all(words in place["text"] for words in fault.place)
    return "" if found else "the place of {0!r} is {1}".format(cells[0]["text"], place)
