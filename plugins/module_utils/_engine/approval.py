# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A run that may do what somebody approved, and nothing else: its changes are compared with those of the plan.

By digests, of each change with all of its values: a line alone does not say which packet rules are loaded. The
controller, which writes the plan, calls this too.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any, Callable, List, Mapping, Optional, Sequence

from .._kernel import printable
from .._kernel.changes import Change
from .._kernel.errors import FabricError

#: Called with changes before the first of them is made; raises where they may not be.
Approve = Callable[[Sequence[Change]], None]


def whatever(changes: Sequence[Change]) -> None:
    """Of a run for which nothing was approved by name."""


def approve_only(approved: Optional[Mapping[str, str]]) -> Approve:
    """``approved``: the digest of a change → its line. None: all are."""
    if approved is None:
        return whatever

    def ask(changes: Sequence[Change]) -> None:
        strange = [change.text for change in changes if digest_of(words_of(change)) not in approved]
        if strange:
            raise _not_approved(strange, set(approved.values()))

    return ask


def words_of(change: Change) -> Mapping[str, Any]:
    """As a result has them: what another program reads of it is what is compared."""
    words = {"text": printable.line(change.text), "subject": change.subject.as_data()}
    words.update(before=change.before, after=change.after)
    return dict(json.loads(printable.as_json(words)))


def digest_of(change: Mapping[str, Any]) -> str:
    """SHA-256 in hexadecimal of ``text``, ``subject``, ``before`` and ``after``, the same in whatever order they came.

    Why the change is made (``kind``) is left out: a host is the same afterwards.
    """
    words = {word: change.get(word) or {} for word in ("text", "subject", "before", "after")}
    return digest(words)


def digest(value: Any) -> str:
    """SHA-256 in hexadecimal of data in which no order counts."""
    return hashlib.sha256(_written(_sorted(value)).encode()).hexdigest()


def _sorted(value: Any) -> Any:
    """Lists too, and the lines of a text: a list of links says which there are, and so does a file of addresses."""
    if isinstance(value, Mapping):
        return {str(key): _sorted(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return sorted((_sorted(item) for item in value), key=_written)
    if isinstance(value, str) and "\n" in value:
        return sorted(value.split("\n"))
    return value


def _written(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def _not_approved(strange: Sequence[str], known: "set[str]") -> FabricError:
    told: List[str] = [
        "{0}{1}".format(printable.line(text), " (approved with other values)" if text in known else "")
        for text in strange
    ]
    return FabricError(
        "not in the approved plan, and so nothing was changed here: {0}".format("; ".join(told)),
        not_approved=[printable.line(text) for text in strange],
    )
