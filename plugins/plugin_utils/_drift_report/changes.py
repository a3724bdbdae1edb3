# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The changes of an answer, read and put in order: what they are about, and what is the matter with it. Pure.

A change is a dictionary as the module ``topology`` returns it: ``subject``, ``kind``, ``text``, ``before``, ``after``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel import printable
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.changes import FILES, LEASE, RULES, RUN, Subject

DRIFT, INTENDED, RELEASE = "drift", "intended", "release"
KINDS = (DRIFT, INTENDED, RELEASE)
#: What is the matter with the subject of a change: all of it is missing on the host; it is there and should not be; it
#: is there and something about it is otherwise.
MISSING, SURPLUS, DIFFERS = "missing", "surplus", "differs"
#: How each is said of what somebody changed, and of what is still to be made so.
SAID = {MISSING: "is missing", SURPLUS: "is not declared", DIFFERS: "differs"}
TO_COME = {MISSING: "is new", SURPLUS: "goes", DIFFERS: "becomes otherwise"}
#: What an apply does.
DONE = {MISSING: "+", SURPLUS: "-", DIFFERS: "~"}

Change = Mapping[str, Any]
_WORDS = frozenset(Subject._fields)


def read(answer: Any) -> list[dict[str, Any]]:
    """The changes of an answer, safe to show. TypeError or ValueError where they are none."""
    if not isinstance(answer, (list, tuple)):
        raise TypeError("changes are a list")
    return [_read(change) for change in answer]


def _read(change: Any) -> dict[str, Any]:
    subject, text = change["subject"], change["text"]
    sides = {side: dict(change.get(side) or {}) for side in ("before", "after")}
    if not isinstance(text, str) or not _WORDS.issuperset(subject):
        raise ValueError("a change has a text, and a subject whose words are known")
    kind = change.get("kind")
    return {
        "subject": {str(word): printable.line(str(value)) for word, value in subject.items()},
        "kind": kind if kind in KINDS else DRIFT,
        "text": printable.line(text),
        **printable.data(sides),
    }


def label(subject: Mapping[str, str]) -> str:
    """``container web:eth0``: as the module's diff calls it."""
    return str(Subject(**subject))


def state_of(change: Change) -> str:
    if change["after"] and not change["before"]:
        return MISSING
    return SURPLUS if change["before"] and not change["after"] else DIFFERS


def by_weight(changes: Iterable[Change]) -> list[Change]:
    """What matters first: what a container cannot do without before what it is only told."""
    return sorted(changes, key=lambda change: weight(change["subject"]))


def weight(subject: Mapping[str, str]) -> int:
    """Less is told before."""
    part = subject.get("part")
    if part is None:
        order = ("host", "link", "port", "interface", "container", "network")
        found = next((word for word in order if word in subject), "")
        return {"host": 1, "network": 3, "container": 4, "interface": 5, "port": 6, "link": 7}.get(found, 2)
    if part == RULES:
        return 2 if "topology" in subject else 8
    return {RUN: 0, FILES: 9, LEASE: 10}.get(part, 11)


def differences(change: Change) -> list[tuple[str, Any, Any]]:
    """Rows of (word, before, after). None stands for what is not there."""
    old, new = _flat(change["before"]), _flat(change["after"])
    words = [*new, *(word for word in old if word not in new)]
    rows = [(word, *_only_the_difference(old.get(word), new.get(word))) for word in words]
    return [row for row in rows if row[1] != row[2]]


def is_prose(value: Any) -> bool:
    return isinstance(value, str) and "\n" in value


def _flat(words: Any, prefix: str = "") -> dict[str, Any]:
    """A dictionary in a dictionary becomes words with its name in front."""
    flat: dict[str, Any] = {}
    for word, value in words.items() if isinstance(words, Mapping) else [("", words)]:
        if isinstance(value, Mapping):
            flat.update(_flat(value, f"{prefix}{word} "))
        else:
            flat[(prefix + str(word)).strip()] = value
    return flat


def _only_the_difference(old: Any, new: Any) -> tuple[Any, Any]:
    """Of two long values, what only one of them has."""
    if is_prose(old) and is_prose(new):
        olds, news = old.splitlines(), new.splitlines()
    elif isinstance(old, list) and isinstance(new, list):
        olds, news = old, new
    else:
        return old, new
    gone, come = [item for item in olds if item not in news], [item for item in news if item not in olds]
    if not (gone or come):  # the same ones in another order
        return olds, news
    return gone or None, come or None
