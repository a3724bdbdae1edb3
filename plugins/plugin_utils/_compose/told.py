# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a person is told of Compose files besides errors: a line for each kind of thing and file. Pure."""

from __future__ import annotations

#: Of more names, so many are told.
MANY = 8


class Told:
    """Gathers; ``lines`` tells."""

    def __init__(self) -> None:
        self._strange: dict[str, list[str]] = {}
        self._unset: dict[str, list[str]] = {}
        self._notes: list[tuple[str, str]] = []

    def strange(self, file: str, place: str) -> None:
        """A word that neither Compose nor we have."""
        _add(self._strange, file, place)

    def unset(self, file: str, name: str) -> None:
        """A variable without a value."""
        _add(self._unset, file, name)

    def note(self, file: str, text: str) -> None:
        if (file, text) not in self._notes:
            self._notes.append((file, text))

    def lines(self) -> list[str]:
        """File by file."""
        found = [
            (file, f"left out, for it is not in Compose's words: {_told(all_)}") for file, all_ in self._strange.items()
        ]
        found += [(file, f"not set, and therefore empty: {_told(names)}") for file, names in self._unset.items()]
        return [f"{file}: {text}" for file, text in sorted([*found, *self._notes], key=lambda each: each[0])]


def _add(found: dict[str, list[str]], file: str, word: str) -> None:
    if word not in found.setdefault(file, []):
        found[file].append(word)


def _told(words: list[str]) -> str:
    more = f" and {len(words) - MANY} more" if len(words) > MANY else ""
    return ", ".join(words[:MANY]) + more
