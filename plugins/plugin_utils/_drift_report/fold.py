# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What many hosts have in common, told once. Pure.

The same change on two hosts and more is one fold. From ``ALIKE`` hosts on, so are changes that differ by host but are
about the same: the same interface of the same container, say, whose address is another one on each host.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.changes import FILES, LEASE

from .changes import (
    DIFFERS,
    DRIFT,
    KINDS,
    SAID,
    TO_COME,
    Change,
    differences,
    label,
    state_of,
    weight,
)

#: So many hosts are told together though what each needs has its own text.
ALIKE = 5

Report = Mapping[str, Any]
_Shape = tuple[str, str, str, tuple[str, ...]]
#: What a reason tells of one host alone: its addresses, and numbers.
_OF_ONE_HOST = re.compile(r"\b\d+(\.\d+)*\b|\b[0-9a-fA-F]*:[0-9a-fA-F:]+")


@dataclass(frozen=True)
class Variant:
    """Changes of one text, and who needs them."""

    changes: tuple[Change, ...]
    reports: tuple[Report, ...]

    @property
    def text(self) -> str:
        return str(self.changes[0]["text"])

    def rows(self) -> list[tuple[str, Any, Any]]:
        """(word, before, after), of the words that are the same on all of its hosts."""
        first, *others = ({row[0]: row for row in differences(change)} for change in _unequal(self.changes))
        return [row for word, row in first.items() if all(other.get(word) == row for other in others)]


@dataclass(frozen=True)
class Fold:
    """What several reports tell of one thing. ``variants``: what most of them need first."""

    variants: tuple[Variant, ...]

    @property
    def change(self) -> Change:
        """One of its changes; all are of the same kind, and about the same."""
        return self.variants[0].changes[0]

    @property
    def title(self) -> str:
        """The text of the change, where that is the same for all."""
        if len(self.variants) == 1:
            return self.variants[0].text
        kind, subject, state, words = _shape(self.change)
        said = (SAID if kind == DRIFT else TO_COME)[state]
        return f"{subject}: {', '.join(words)} {said}" if words else f"{subject} {said}"

    @property
    def reports(self) -> list[Report]:
        found = {report["name"]: report for variant in self.variants for report in variant.reports}
        return [found[name] for name in sorted(found)]

    @property
    def names(self) -> list[str]:
        return [report["name"] for report in self.reports]

    @property
    def rank(self) -> tuple[int, int, list[str], int, str]:
        """By which folds are told: those of the same hosts stay together."""
        names = self.names
        return KINDS.index(self.change["kind"]), -len(names), names, weight(self.change["subject"]), self.title


def folds_of(reports: Iterable[Report]) -> list[Fold]:
    """Of reports that have a ``name``: by kind, then what most of them need, then what matters most."""
    found: dict[_Shape, dict[str, list[tuple[Change, Report]]]] = {}
    for report in reports:
        for change in report["changes"]:
            found.setdefault(_shape(change), {}).setdefault(change["text"], []).append((change, report))
    folds = [fold for texts in found.values() for fold in _folds([_variant(told) for told in texts.values()])]
    return sorted(
        folds, key=lambda fold: (KINDS.index(fold.change["kind"]), -len(fold.reports), fold.names, *fold.rank)
    )


def _folds(variants: Sequence[Variant]) -> Iterable[Fold]:
    """Of one shape. What all of its hosts need is no way in which they differ."""
    everybody = {report["name"] for variant in variants for report in variant.reports}
    ways = [variant for variant in variants if len(variant.reports) < len(everybody)]
    if len(ways) > 1 and len(everybody) >= ALIKE:
        yield Fold(tuple(sorted(ways, key=lambda each: (-len(each.reports), each.text))))
        variants = [variant for variant in variants if variant not in ways]
    for variant in variants:
        if len(variant.reports) > 1:
            yield Fold((variant,))


def _variant(told: Sequence[tuple[Change, Report]]) -> Variant:
    by_name = {report["name"]: (change, report) for change, report in told}
    return Variant(tuple(change for change, _report in told), tuple(report for _change, report in by_name.values()))


def _shape(change: Change) -> _Shape:
    """What is the same of changes that are alike. Of ``address 10.0.0.7/24``, ``address`` counts."""
    state, subject = state_of(change), change["subject"]
    words: tuple[str, ...] = ()
    if state == DIFFERS and subject.get("part") not in (FILES, LEASE):
        sides = (change["before"], change["after"])
        words = tuple(sorted({str(word).split(" ", 1)[0] for side in sides for word in side}))
    return change["kind"], label(subject), state, words


def _unequal(changes: Iterable[Change]) -> list[Change]:
    """Of changes with equal sides, one."""
    return list({json.dumps([change["before"], change["after"]], default=str): change for change in changes}.values())


class Told:
    """Which changes are told by folds, so that a host need not tell them again."""

    def __init__(self, folds: Iterable[Fold]) -> None:
        self._numbers: dict[tuple[str, str, str], int] = {}
        for number, fold in enumerate(folds):
            for variant in fold.variants:
                self._numbers[_key(variant.changes[0])] = number

    def own(self, report: Report) -> list[Change]:
        """What only this host needs."""
        return [change for change in report["changes"] if _key(change) not in self._numbers]

    def numbers(self, report: Report) -> list[int]:
        """The places of the folds that this host is in, in order."""
        return sorted({self._numbers[key] for key in map(_key, report["changes"]) if key in self._numbers})


def _key(change: Change) -> tuple[str, str, str]:
    return change["kind"], label(change["subject"]), change["text"]


def reasons(reports: Iterable[Report]) -> list[tuple[str, list[Report]]]:
    """(what the first of them said, the reports) of those that give no answer, for reasons that are alike."""
    found: dict[str, list[Report]] = {}
    for report in reports:
        message = " ".join(str(report["message"]).split())
        alike = _OF_ONE_HOST.sub("#", message.replace(report["host"], "#"))
        found.setdefault(alike, []).append(report)
    told = [(" ".join(str(alike[0]["message"]).split()), alike) for alike in found.values()]
    return sorted(told, key=lambda each: -len(each[1]))


def names(hosts: Iterable[str], many: int = 8) -> str:
    """``node1, node2 and 35 more``"""
    listed = list(hosts)
    more = f" and {len(listed) - many} more" if len(listed) > many else ""
    return ", ".join(listed[:many]) + more
