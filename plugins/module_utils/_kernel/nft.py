# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The nft program: text in, JSON out.

Written as text, because nft 1.0.6 cannot read back its own JSON of a concatenated map; read as JSON,
because that needs no parser of ours. ``Normalising`` lets the same nft write down what it makes of a text,
in a namespace that nobody else sees, so that desired and live rules can be compared as they are.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from contextlib import contextmanager
from typing import Any, Dict, Iterator, List, Optional, Sequence, Tuple

from . import gate, namespaces, nf_tables, nft_elements, program
from .data import NamedTuple
from .errors import FabricError, MissingProgramError, cut

TableName = Tuple[str, str]  # (family, name)
Object = Dict[str, Any]  # {"chain": {...}}, {"rule": {...}}, {"set": {...}}, {"map": {...}}

_PLACES = os.pathsep.join(("/usr/local/sbin", "/usr/sbin", "/sbin"))


class RefusedError(FabricError):
    """nft, or the kernel behind it, refuses a script. ``lacks``: (what it says, the line that it says it of)."""

    def __init__(self, said: str) -> None:
        super().__init__("nft: " + said)
        self.lacks = tuple(dict.fromkeys(_complaints(said)))


def _complaints(said: str) -> Iterator[Tuple[str, str]]:
    """Of nft's errors, each of which is ``place: Error: text`` above the line of the script and marks below that."""
    lines = said.splitlines()
    for number, line in enumerate(lines):
        _place, error, text = line.partition("Error: ")
        if error:
            about = lines[number + 1].strip() if number + 1 < len(lines) else ""
            yield text, about
    if "Error: " not in said:
        yield said, ""


def list_tables(names: Sequence[TableName]) -> Dict[TableName, List[Object]]:
    """The objects of each of these tables; a table that does not exist is not in the answer."""
    return dict(Listing(names))


class _Running(NamedTuple):
    """An nft that lists a table."""

    name: TableName
    program: program.Aside


_AS_DATA = ("-j", "--numeric-protocol")


class Listing:
    """As ``list_tables``, begun when this is made: nft lists the tables while others work, and the next one while
    there is something done with this one.

    Protocols are numbers: for its name nft opens and reads /etc/protocols once for every element.
    """

    def __init__(self, names: Sequence[TableName]) -> None:
        self._running = _begin_list(names, _AS_DATA)

    def close(self) -> None:
        """End what still runs: nobody is to read it. Nothing where all was read."""
        for each in self._running:
            each.program.give_up()

    def __iter__(self) -> Iterator[Tuple[TableName, List[Object]]]:
        for name, listing in _end_list(self._running):
            yield name, [item for item in _objects(listing) if "metainfo" not in item and "table" not in item]


def list_text(names: Sequence[TableName], numeric: bool = False) -> Dict[TableName, str]:
    """The same tables as text that ``load`` takes back. ``numeric``: for no person to read, and so in half the time."""
    return dict(_end_list(_begin_list(names, ["--numeric-protocol"] if numeric else [])))


def _begin_list(names: Sequence[TableName], options: Sequence[str]) -> List[_Running]:
    """One process a table, all at once: nft 1.0.6 lists one table a call."""
    return [_Running(name, program.Aside([_program(), *options, "list", "table", *name])) for name in names]


def _end_list(running: Sequence[_Running]) -> Iterator[Tuple[TableName, str]]:
    """What nft printed of each table there is."""
    failures = []
    for each in running:
        process = _finished(each.program, running)
        if process.returncode == 0:
            yield each.name, process.stdout
        elif "No such file or directory" not in process.stderr:
            failures.append(_error(process))
    if failures:
        raise failures[0]


def _finished(started: program.Aside, running: Sequence[_Running]) -> "subprocess.CompletedProcess[str]":
    """Where one hangs, the others are not waited for."""
    try:
        return started.finish()
    except FabricError:
        for each in running:
            each.program.give_up()
        raise


def list_chains() -> List[Object]:
    """Every chain of every table, without its rules: cheap however many of those there are."""
    process = _run(["-j", "list", "chains"])
    if process.returncode != 0:
        return []
    return [item["chain"] for item in _objects(process.stdout) if "chain" in item]


def list_rules(family: str, table: str, chain: str) -> List[Object]:
    """The rules of one chain; none when there is no such chain."""
    process = _run(["-j", "list", "chain", family, table, chain])
    if process.returncode != 0:
        return []
    return [item["rule"] for item in _objects(process.stdout) if "rule" in item]


def list_chain_text(family: str, table: str, chain: str) -> str:
    """The rules of one chain as a person reads them, each with ``# handle NUMBER`` at its end; empty when there is no
    such chain."""
    return _run(["-a", "list", "chain", family, table, chain]).stdout


def list_family_text(family: str) -> str:
    """All tables of a family as a person reads them."""
    return _run(["list", "ruleset", family]).stdout


def _objects(listing: str) -> List[Object]:
    """What a listing consists of: dictionaries with one entry, of which the values are dictionaries, too."""
    try:
        found = json.loads(listing)["nftables"]
        if all(isinstance(body, dict) for item in found for body in item.values()):
            return list(found)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        pass
    raise FabricError(
        "nft: {0} printed something that is no listing of rules: {1!r}; see that it works (nft -j list ruleset)".format(
            _program(), cut(listing, 200)
        )
    )


def load(script: str, let_go: nf_tables.LetGo = nf_tables.nobody) -> None:
    """One transaction: all of it or nothing. Without nft where only a few elements come and go; ``let_go`` is for that:
    as of ``nf_tables.connected``."""
    gate.writing("nft")
    if not nft_elements.load(script, let_go):
        _accepted(program.write([_program(), "-f", "-"], script))


#: Of a shell that is given nft and how it is to list, and is fed a script. No table but those of it is there then.
_LOAD_AND_LIST, _IS_REFUSED = '"$0" -f - || exit 3; exec "$0" "$@" list ruleset', 3


class Normalising:
    """What this nft and this kernel make of ``text``, as ``list_tables`` would show it. Begun when this is made."""

    def __init__(self, text: str, names: Sequence[TableName]) -> None:
        self._names = names
        command = ["sh", "-c", _LOAD_AND_LIST, _program(), *_AS_DATA]
        with namespaces.scratch():
            self._program = program.Aside(command, text)

    def tables(self) -> Dict[TableName, List[Object]]:
        """To be asked for once. RefusedError where the text is refused."""
        process = self._program.finish()
        if process.returncode == _IS_REFUSED:
            raise RefusedError(_said(process))
        if process.returncode != 0:
            raise _error(process)
        found: Dict[TableName, List[Object]] = {name: [] for name in self._names}
        for item in _objects(process.stdout):
            for kind, body in item.items():
                if kind not in ("metainfo", "table"):
                    found[body["family"], body["table"]].append(item)
        return found

    def close(self) -> None:
        """End what still runs: nobody is to read it. Nothing where that is known."""
        self._program.give_up()


@contextmanager
def pretending(scripts: Sequence[str]) -> Iterator[None]:
    """For this thread, in the body, the rules are what these scripts make of none."""
    with namespaces.scratch():
        for script in scripts:
            _accepted(_run(["-f", "-"], script))
        yield


def prompt() -> "subprocess.Popen[str]":
    """An nft that reads commands, each a line, until its input ends: what it owns (``flags owner``) ends with it."""
    return program.start([_program(), "-i"], output=subprocess.DEVNULL)


def at_our_end(commands: str) -> "subprocess.Popen[str]":
    """A process that waits until its input ends, which it does at the latest with this process, and runs these then."""
    return program.start(["sh", "-c", 'cat >/dev/null; exec "$0" "$1"', _program(), commands])


def _accepted(process: "subprocess.CompletedProcess[str]") -> None:
    if process.returncode != 0:
        raise RefusedError(_said(process))


def _run(arguments: Sequence[str], script: str = "") -> "subprocess.CompletedProcess[str]":
    return program.run([_program(), *arguments], script)


def require() -> None:
    """Raise MissingProgramError when there is no nft; called before anything is touched."""
    _program()


def version() -> str:
    """Such as 1.0.6."""
    words = _run(["--version"]).stdout.split()
    return words[1].lstrip("v") if len(words) > 1 else "unknown"


def is_there() -> bool:
    return _found() is not None


def _found() -> Optional[str]:
    return shutil.which("nft") or shutil.which("nft", path=_PLACES)


def _program() -> str:
    found = _found()
    if found is None:
        raise MissingProgramError("nft", "for packet rules", "https://netfilter.org/projects/nftables/")
    return found


def _error(process: "subprocess.CompletedProcess[str]") -> FabricError:
    return FabricError("nft: {0}".format(_said(process)))


def _said(process: "subprocess.CompletedProcess[str]") -> str:
    return process.stderr.strip() or "exit status {0}".format(process.returncode)
