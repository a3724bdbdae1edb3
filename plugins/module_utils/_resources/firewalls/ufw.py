# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The same accepts in the files that ufw loads its chains from, between two lines that say whose they are.

Every other byte of the file stays as it is, and without our lines it is what it was.
"""

from __future__ import annotations

from typing import Iterator, List, Mapping, Optional, Sequence, Tuple

from ..._kernel import files
from ..._kernel.changes import Subject
from ..._kernel.names import firewall_mark
from ..action import Action, operation
from . import iptables as firewall_iptables
from .iptables import Place

_FILES = {"ip": "/etc/ufw/before.rules", "ip6": "/etc/ufw/before6.rules"}
_BEGIN = "# begin of {0}: written by the tool, which takes it away again\n"
_END = "# end of {0}\n"


def compare(
    place: Place, topology: str, bridges: Sequence[str], drops: bool, foreseen: Mapping[str, Optional[str]]
) -> Iterator[Action]:
    """``drops``: ufw is active now, and does. Lines of ours that are there are kept as wanted while it is not.

    ``foreseen``: path → the file that will be there instead of the one that is now.
    """
    path = _FILES[place.family]
    now = foreseen[path] if path in foreseen else files.read_exactly(path)
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
        Subject(host="file " + path),
        (operation("file.replace", path=path, content=then),),
        (operation("file.replace", path=path, content=now),),
        before={"accepts": "".join(present)} if present else {},
        after={"accepts": "".join(wanted)} if wanted else {},
    )


def block(place: Place, topology: str, bridges: Sequence[str]) -> List[str]:
    rules = firewall_iptables.rules(place, topology, bridges)
    lines = ["-A {0} {1}\n".format(place.chain, rule) for rule in rules]
    mark = firewall_mark(topology)
    return [_BEGIN.format(mark), *lines, _END.format(mark)]


def block_in(text: str, topology: str) -> List[str]:
    """The lines of ours, wherever they are."""
    lines = text.splitlines(keepends=True)
    return [lines[number] for number in _ours(lines, topology)]


def with_block(text: str, topology: str, wanted: Sequence[str]) -> Optional[str]:
    """The file with these lines as ours, at the end of table filter; None when there is no such place in it."""
    lines = text.splitlines(keepends=True)
    present = _ours(lines, topology)
    rest = [line for number, line in enumerate(lines) if number not in present]
    if wanted:
        first, commit = _filter_table(rest)
        if commit is None:
            return None
        place = present[0] if present and first <= present[0] <= commit else commit
        rest[place:place] = wanted
    return "".join(rest)


def _ours(lines: Sequence[str], topology: str) -> List[int]:
    mark = firewall_mark(topology)
    around = (_BEGIN.format(mark), _END.format(mark))
    comment = '--comment "{0}"'.format(mark)
    return [number for number, line in enumerate(lines) if line in around or comment in line]


def _filter_table(lines: Sequence[str]) -> Tuple[int, Optional[int]]:
    """Where table filter begins, and the line that ends it; None when there is no such table."""
    first = None
    for number, line in enumerate(lines):
        if line.startswith("*"):
            first = number + 1 if line.strip() == "*filter" else None
        elif first is not None and line.strip() == "COMMIT":
            return first, number
    return 0, None
