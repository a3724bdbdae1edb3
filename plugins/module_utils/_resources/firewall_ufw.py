# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The same accepts in the files that ufw loads its chains from, between two lines that say whose they are.

Every other byte of the file stays as it is, and without our lines it is what it was.
"""

from __future__ import annotations

from typing import Iterator, List, Optional, Sequence

from .._kernel import files
from .._kernel.names import firewall_mark
from . import firewall_iptables
from .action import Action, operation
from .firewall_iptables import Place

_FILES = {"ip": "/etc/ufw/before.rules", "ip6": "/etc/ufw/before6.rules"}
_BEGIN = "# begin of {0}: written by the tool, which takes it away again\n"
_END = "# end of {0}\n"


def compare(place: Place, topology: str, bridges: Sequence[str], drops: bool) -> Iterator[Action]:
    """``drops``: ufw is active now, and does. Lines of ours that are there are kept as wanted while it is not."""
    path = _FILES[place.family]
    now = files.read_exactly(path)
    if now is None:
        return
    present = block_in(now, topology)
    wanted = block(place, topology, bridges) if bridges and (drops or present) else []
    then = with_block(now, topology, wanted)
    if then is None or then == now:
        return
    text = "write the accepts of {0} into {1}" if wanted else "remove the accepts of topology {0} in file {1}"
    yield Action(
        text.format(", ".join(bridges) if wanted else topology, path),
        "packet rules",
        (operation("file.replace", path=path, content=then),),
        (operation("file.replace", path=path, content=now),),
        before={path: "".join(present)} if present else {},
        after={path: "".join(wanted)} if wanted else {},
    )


def block(place: Place, topology: str, bridges: Sequence[str]) -> List[str]:
    rules = firewall_iptables.rules(place, topology, bridges)
    lines = ["-A {0} {1}\n".format(place.chain, rule) for rule in rules]
    mark = firewall_mark(topology)
    return [_BEGIN.format(mark), *lines, _END.format(mark)]


def block_in(text: str, topology: str) -> List[str]:
    """The lines of ours, the two around them included."""
    lines = text.splitlines(keepends=True)
    first, last = _span(lines, topology)
    return lines[first:last]


def with_block(text: str, topology: str, wanted: Sequence[str]) -> Optional[str]:
    """The file with these lines as ours, at the end of table filter; None when there is no such place in it."""
    lines = text.splitlines(keepends=True)
    first, last = _span(lines, topology)
    del lines[first:last]
    if wanted:
        place = first if last > first else _commit(lines)
        if place is None:
            return None
        lines[place:place] = wanted
    return "".join(lines)


def _span(lines: Sequence[str], topology: str) -> "tuple[int, int]":
    mark = firewall_mark(topology)
    begin, end = _BEGIN.format(mark), _END.format(mark)
    if begin not in lines:
        return 0, 0
    first = lines.index(begin)
    return first, lines.index(end, first) + 1 if end in lines[first:] else first + 1


def _commit(lines: Sequence[str]) -> Optional[int]:
    """Where table filter ends."""
    inside = False
    for number, line in enumerate(lines):
        if line.startswith("*"):
            inside = line.strip() == "*filter"
        elif inside and line.strip() == "COMMIT":
            return number
    return None
