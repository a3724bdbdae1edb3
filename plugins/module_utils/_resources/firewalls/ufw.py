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
from .openings import Opening

_FILES = {"ip": "/etc/ufw/before.rules", "ip6": "/etc/ufw/before6.rules"}
_BEGIN = "# begin of {0}: written by the tool, which takes it away again\n"
_END = "# end of {0}\n"


def compare(
    family: str, topology: str, lines: Sequence[str], whose: Sequence[str], foreseen: Mapping[str, Optional[str]]
) -> Iterator[Action]:
    """``lines``: of ours, as ``forwarding`` and ``incoming`` make them. ``whose``: what is let pass, for a person.

    ``foreseen``: path → the file that will be there instead of the one that is now.
    """
    path, now = _FILES[family], _file(family, foreseen)
    if now is None:
        return
    present, wanted = block_in(now, topology), block(topology, lines)
    then = with_block(now, topology, wanted)
    if then is None or then == now:
        return
    text = "write the accepts of {0} into {1}" if wanted else "remove the accepts of topology {0} in file {1}"
    yield Action(
        text.format(", ".join(whose) if wanted else topology, path),
        Subject(host="file " + path),
        (operation("file.replace", path=path, content=then),),
        (operation("file.replace", path=path, content=now),),
        before={"accepts": "".join(present)} if present else {},
        after={"accepts": "".join(wanted)} if wanted else {},
    )


def is_in_use(family: str, topology: str, chain: str, foreseen: Mapping[str, Optional[str]]) -> bool:
    """Whether there are lines of ours for a chain. They are kept as wanted while ufw is not active."""
    return any(" {0} ".format(chain) in line for line in block_in(_file(family, foreseen) or "", topology))


def _file(family: str, foreseen: Mapping[str, Optional[str]]) -> Optional[str]:
    path = _FILES[family]
    return foreseen[path] if path in foreseen else files.read_exactly(path)


def forwarding(place: Place, topology: str, bridges: Sequence[str]) -> List[str]:
    return ["-A {0} {1}\n".format(place.chain, rule) for rule in firewall_iptables.rules(place, topology, bridges)]


def incoming(place: Place, topology: str, openings: Sequence[Opening]) -> List[str]:
    """First in the chain, whatever stands before us in the file: it has a rule that takes all packets."""
    rules = [rule for opening in openings for rule in firewall_iptables.opening_rules(topology, opening)]
    return ["-I {0} {1} {2}\n".format(place.chain, number, rule) for number, rule in enumerate(rules, 1)]


def block(topology: str, lines: Sequence[str]) -> List[str]:
    mark = firewall_mark(topology)
    return [_BEGIN.format(mark), *lines, _END.format(mark)] if lines else []


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
