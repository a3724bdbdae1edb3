# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a page tells of changes: of one, and of those that many hosts need. Markup, out of data that is escaped here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

from .changes import DRIFT, INTENDED, MISSING, RELEASE, SAID, TO_COME, Change, differences, state_of
from .fold import Fold, Variant, names
from .report import how_many
from .room import Room
from .search import Facets
from .shapes import HOLLOW, SIGNS

#: Longer values, and longer lists of ways, are cut; the JSON beside the page has all of them.
MANY = 15
#: Of more folds, those that most hosts need.
FOLDS = 100
#: Kind → how it looks: what follows the collection looks like what follows the inventory.
LOOKS = {DRIFT: DRIFT, INTENDED: INTENDED, RELEASE: INTENDED}


def changes_list(changes: Iterable[Change]) -> str:
    return f"<ul>{''.join(map(_change, changes))}</ul>"


def _change(change: Change) -> str:
    """What to do, and right under it what it does: before and after."""
    classes = f"{LOOKS[change['kind']]} {state_of(change)}"
    return f'<li class="{classes}">{_title(change, change["text"])}{_sides(differences(change))}</li>\n'


def _title(change: Change, text: str) -> str:
    looks, state = LOOKS[change["kind"]], state_of(change)
    signs = HOLLOW if state == MISSING else SIGNS
    words = SAID if change["kind"] == DRIFT else TO_COME
    said = f'<span class="state">{words[state]}</span>' if change["before"] or change["after"] else ""
    return f'<div class="mono">{signs[looks]}{escape(text)} {said}</div>'


def _sides(rows: Sequence[tuple[str, Any, Any]]) -> str:
    return f'<div class="sides">{"".join(map(_row, rows))}</div>' if rows else ""


def _row(row: tuple[str, Any, Any]) -> str:
    word, before, after = escape(row[0]), escape(_shown(row[1])), escape(_shown(row[2]))
    return (
        f'<div class="row"><span class="word">{word}</span><span class="cell before">{before}</span>'
        f'<span class="to">→</span><span class="cell after">{after}</span></div>'
    )


def _shown(value: Any) -> str:
    if value is None or value == []:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    lines = [str(item) for item in value] if isinstance(value, list) else str(value).splitlines()
    more = [f"and {len(lines) - MANY} more"] if len(lines) > MANY else []
    return "\n".join(lines[:MANY] + more)


def folds_cards(folds: Sequence[Fold], facets: Facets, title: str, room: Room) -> Iterable[str]:
    """A card for each set of hosts, with all that just these need."""
    together: dict[tuple[str, ...], list[int]] = {}
    for number, fold in enumerate(folds[:FOLDS]):
        together.setdefault((fold.change["kind"], *fold.names), []).append(number)
    if together:
        yield f"<h2>{title}</h2>"
    for numbers in together.values():
        first = folds[numbers[0]]
        items = "".join(_fold(number, folds[number], facets) for number in numbers)
        yield f'<div class="card folds">{_hosts(first, room)}\n<ul>{items}</ul></div>'
    if len(folds) > FOLDS:
        yield f'<p class="soft">and {len(folds) - FOLDS} more, which fewer hosts need</p>'


def _hosts(fold: Fold, room: Room) -> str:
    """How many, and which: inside, where there are many."""
    count = how_many(fold.reports)
    if len(fold.reports) <= MANY:
        return f'<p><b>{count}</b> <span class="soft">{escape(", ".join(fold.names))}</span></p>'
    listed = room.take(escape(", ".join(fold.names))) or escape(names(fold.names, 3 * MANY))
    few = f'<span class="soft">{escape(names(fold.names, 3))}</span>'
    return f'<details><summary><b>{count}</b> {few}</summary><p class="soft">{listed}</p></details>'


def _fold(number: int, fold: Fold, facets: Facets) -> str:
    told = [each for variant in fold.variants for each in zip(variant.changes, variant.reports)]
    classes = f"{LOOKS[fold.change['kind']]} {state_of(fold.change)}"
    one = len(fold.variants) == 1
    inside = _title(fold.change, fold.title) if one else f'<div class="mono">{_sign(fold)}{escape(fold.title)}</div>'
    inside += _sides(fold.variants[0].rows()) if one else _ways(fold)
    return f'<li class="{classes}" id="fold-{number}" data-fold="{number}" data-of="{facets.of(told)}">{inside}</li>\n'


def _sign(fold: Fold) -> str:
    return (HOLLOW if state_of(fold.change) == MISSING else SIGNS)[LOOKS[fold.change["kind"]]]


def _ways(fold: Fold) -> str:
    """What it is on which host."""
    shown = "".join(map(_way, fold.variants[:MANY]))
    more = len(fold.variants) - MANY
    shown += f"<p>and {more} more, as the hosts below tell</p>" if more > 0 else ""
    return f"<details><summary>in {len(fold.variants)} ways</summary>{shown}</details>"


def _way(variant: Variant) -> str:
    who = escape(names([report["name"] for report in variant.reports]))
    return f'<div class="mono">{escape(variant.text)}</div><div class="soft">{who}</div>{_sides(variant.rows())}'
