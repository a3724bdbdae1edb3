# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What may be written next, for the completion of bash (``complete -C``, bash(1), "Programmable Completion")."""

from __future__ import annotations

from typing import Iterator, List, Sequence

from .._kernel.errors import FabricError
from .._module import restore as kept
from .commands import COMMANDS, CONTAINERS, NAMES, TOPOLOGIES, Command


def complete(line: str) -> List[str]:
    """``line``: what was written, up to the cursor. The words that the last one of it may become."""
    words = line.split()
    current = "" if line.endswith((" ", "\t")) or not words else words.pop()
    return sorted(word for word in _offered(words[1:], current) if word.startswith(current))


def _offered(before: Sequence[str], current: str) -> Iterator[str]:
    if not before:
        yield from (command.name for command in COMMANDS)
        return
    command = next((each for each in COMMANDS if each.name == before[0]), None)
    if command is None or "--" in before:
        return
    if current.startswith("-"):
        yield from (name for name, _meaning in command.flags)
        yield from ["--json"] if command.as_json else []
    elif not [word for word in before[1:] if not word.startswith("-")]:
        yield from _names(command)


def _names(command: Command) -> Iterator[str]:
    for argument in command.arguments[:1]:
        if argument.offers == TOPOLOGIES:
            yield from kept.topologies()
        words = {CONTAINERS: ["containers"], NAMES: ["containers", "networks"]}.get(argument.offers, [])
        for topology in kept.topologies() if words else ():
            try:
                record = kept.kept(topology).words
            except FabricError:
                continue
            for each in words:
                yield from record.get(each) or ()
