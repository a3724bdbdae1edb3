# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``check`` and ``restore``: the run of the module, on what is kept on the host."""

from __future__ import annotations

from typing import Any, Callable, Dict, List, Optional

from .._engine.report import Result
from .._kernel.errors import FabricError
from .._module import restore as kept
from . import healing, keeping
from .answer import CLEAN, DRIFTED, FAILED, Answer, worst

Perform = Callable[[str], Result]


def check(words: Any) -> Answer:
    if words.keep:
        return _of_each(words.topology, _check_and_keep, "drifted", DRIFTED)
    return _of_each(words.topology, kept.check, "drifted", DRIFTED)


def _check_and_keep(topology: str) -> Result:
    try:
        result = kept.check(topology)
    except FabricError as error:
        if topology in kept.topologies():
            keeping.keep_failure(topology, error)
        raise
    keeping.keep(topology, result)
    return result


def restore(words: Any) -> Answer:
    if words.heal:
        return _of_each(words.topology, healing.heal, "repaired", CLEAN)

    def perform(topology: str) -> Result:
        return kept.restore(topology, early=words.early, rules_only=words.rules)

    return _of_each(words.topology, perform, "restored", CLEAN)


def _of_each(topology: Optional[str], perform: Perform, verb: str, changed: int) -> Answer:
    """``changed``: what to exit with where there were changes, or what is left is for others."""
    names = kept.topologies() if topology is None else [topology]
    data: Dict[str, Any] = {}
    lines: List[str] = [] if names else ["nothing was applied on this host"]
    warnings: List[str] = []
    statuses = []
    for name in names:
        try:
            result = perform(name)
        except FabricError as error:
            data[name] = {"error": str(error)}
            warnings.append("{0}: {1}".format(name, error))
            statuses.append(FAILED)
            continue
        data[name] = {verb: list(result.actions), "changes": result.as_data(), "warnings": list(result.warnings)}
        lines.append("{0}: {1}".format(name, _told(result, verb)))
        lines.extend("  " + line for line in result.actions)
        warnings.extend("{0}: {1}".format(name, warning) for warning in result.warnings)
        statuses.append(changed if result.changed or result.unmended else CLEAN)
    return Answer({"topologies": data}, lines, worst(statuses), tuple(warnings))


def _told(result: Result, verb: str) -> str:
    if result.changed:
        return "{0} ({1})".format(verb, len(result.changes))
    return "not as it was applied, and not ours to mend" if result.unmended else "as it was applied"
