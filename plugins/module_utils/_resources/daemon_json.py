# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The runtime ``fabric`` in Docker's ``daemon.json``, as text: put in, found and taken out again. Pure.

Docker's file is somebody else's: every other byte stays as it is, and without our key it is what it was. What we write
says by its form what was there before: a whole file of ours has lines, ``runtimes`` of ours has blanks, and our key
among the runtimes of others has none.
"""

from __future__ import annotations

import json
import re
from typing import Any, Iterator, List, Optional

from .._kernel.data import NamedTuple
from .._kernel.errors import FabricError
from .._kernel.names import DOCKER_CONFIGURATION, DOCKER_RUNTIME, DOCKER_RUNTIME_PROGRAM

_RUNTIMES = "runtimes"
#: What Docker is told of it.
WANTED = {"path": DOCKER_RUNTIME_PROGRAM}
_ALONE = json.dumps({DOCKER_RUNTIME: WANTED})
_AMONG = json.dumps({DOCKER_RUNTIME: WANTED}, separators=(",", ":"))[1:-1]
_WHOLE = json.dumps({_RUNTIMES: {DOCKER_RUNTIME: WANTED}}, indent=2) + "\n"
_BLANK = re.compile(r"[ \t\r\n]*")


class _Member(NamedTuple):
    """Of an object in a text: its name, where that begins, where its value begins and ends, and the value."""

    name: str
    start: int
    begin: int
    end: int
    value: Any


def runtime_in(text: Optional[str]) -> Any:
    """What Docker is told of a runtime of this name; None: nothing. FabricError for what is no JSON object."""
    member = _find(text or "{}", _RUNTIMES)
    ours = _find(text or "{}", DOCKER_RUNTIME, member.begin) if member is not None else None
    return None if ours is None else ours.value


def with_runtime(text: Optional[str]) -> str:
    """The file with the runtime as it is wanted. ``text``: None where there is none."""
    if text is None:
        return _WHOLE
    member = _find(text, _RUNTIMES)
    if member is None:
        return _insert(text, _after_blank(text, 0), "{0}: {1}".format(json.dumps(_RUNTIMES), _ALONE))
    ours = _find(text, DOCKER_RUNTIME, member.begin)
    if ours is not None:
        return text if ours.value == WANTED else text[: ours.begin] + json.dumps(WANTED) + text[ours.end :]
    return _insert(text, member.begin, _AMONG)


def without_runtime(text: str) -> Optional[str]:
    """The file without it; None where there was none before us."""
    if text == _WHOLE:
        return None
    member = _find(text, _RUNTIMES)
    ours = _find(text, DOCKER_RUNTIME, member.begin) if member is not None else None
    if member is None or ours is None:
        return text
    beside_others = len(member.value) > 1 or _AMONG in text
    return _cut(text, ours if beside_others else member)


def _find(text: str, name: str, begin: int = 0) -> Optional[_Member]:
    """Of the object that begins there; the last of that name, as Docker reads it."""
    found = [member for member in _members(text, begin) if member.name == name]
    return found[-1] if found else None


def _members(text: str, begin: int) -> List[_Member]:
    try:
        json.loads(text)
        return list(_walk(text, _after_blank(text, begin)))
    except (ValueError, RecursionError) as error:
        raise FabricError(
            "{0} is not the JSON that Docker reads ({1}), so runtimes.{2} cannot be put there; nothing was "
            "changed".format(DOCKER_CONFIGURATION, error, DOCKER_RUNTIME)
        ) from error


def _walk(text: str, begin: int) -> Iterator[_Member]:
    """Of a text that is known to be JSON."""
    if text[begin] != "{":
        raise ValueError("expected an object")
    decoder = json.JSONDecoder()
    place = _after_blank(text, begin + 1)
    while text[place] != "}":
        name, after = decoder.raw_decode(text, place)
        value_begins = _after_blank(text, _after_blank(text, after) + 1)  # behind the colon
        value, end = decoder.raw_decode(text, value_begins)
        yield _Member(name, place, value_begins, end, value)
        place = _after_blank(text, end)
        if text[place] == ",":
            place = _after_blank(text, place + 1)


def _after_blank(text: str, place: int) -> int:
    found = _BLANK.match(text, place)
    return found.end() if found is not None else place


def _insert(text: str, begin: int, member: str) -> str:
    """As the first member of the object that begins there, on a line of its own where the next one has one."""
    place = _after_blank(text, begin + 1)
    if text[place] == "}":
        return text[: begin + 1] + member + text[begin + 1 :]
    return text[:place] + member + "," + text[begin + 1 : place] + text[place:]


def _cut(text: str, member: _Member) -> str:
    """With the comma that it needs, and the blank behind that; the last one with the comma before it."""
    after = _after_blank(text, member.end)
    if text[after] == ",":
        return text[: member.start] + text[_after_blank(text, after + 1) :]
    before = text[: member.start].rstrip(" \t\r\n")
    kept = before[:-1] if before.endswith(",") else text[: member.start]
    return kept + text[member.end :]
