# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A running firewalld, asked and told by firewall-cmd. What it keeps for good are files, which others write."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from typing import Dict, Iterator, List, Mapping, Optional, Sequence, Tuple

from . import gate, program
from .errors import FabricError
from .names import FIREWALLD_PREFIX

#: Exit codes of firewall-cmd (firewall/errors.py).
DBUS_ERROR, INVALID_ZONE, NOT_RUNNING = 36, 112, 252
#: Behind the name of a zone or policy, what it is at the moment: "(active)", since 2.0 "(default, active)", since 2.5
#: "(disabled)". A name has neither a space nor a parenthesis.
_STATE = re.compile(r" \(.*\)\Z")
_PLACES = os.pathsep.join(("/usr/local/bin", "/usr/bin"))


class NotRunning(Exception):
    """firewalld is not there, or does not run: then it drops nothing, and only its files can be written."""


def interfaces(zone: str) -> Optional[List[str]]:
    """The interfaces that a zone has at run time; None when firewalld does not know the zone. Raises NotRunning."""
    if _program() is None:
        raise NotRunning
    process = _run("--zone=" + zone, "--list-interfaces")
    if process.returncode in (NOT_RUNNING, DBUS_ERROR):
        raise NotRunning
    return None if process.returncode == INVALID_ZONE else sorted(_checked(process).split())


def policies() -> List[str]:
    """The policies that firewalld knows at run time."""
    return _checked(_run("--get-policies")).split()


def forgotten_by_reload() -> List[str]:
    """What others have put in at run time only: a reload, which makes the files valid, would lose it.

    Without interfaces, which ``apply`` puts back.
    """
    lists = (["--list-all-zones"], ["--list-all-policies"], ["--direct", "--get-all-rules"])
    entries = (["--ipset=" + ipset, "--get-entries"] for ipset in _checked(_run("--get-ipsets")).split())
    asked = [*lists, *entries]
    with ThreadPoolExecutor() as pool:  # most of the time goes into starting firewall-cmd
        now = list(pool.map(lambda words: _run(*words), asked))
        kept = list(pool.map(lambda words: _run("--permanent", *words), asked))
    found = []
    for words, one, other in zip(asked, now, kept):
        live, lasting = _sections(_checked(one)), _sections(_checked(other))
        lost = [name for name in live if live[name] != lasting.get(name) and not _left_behind(name, lasting)]
        if words[0].startswith("--list"):
            found += lost
        elif lost:
            found.append("direct rules" if words[0] == "--direct" else words[0].strip("-").replace("=", " "))
    return found


def _left_behind(name: str, lasting: Mapping[str, Sequence[str]]) -> bool:
    """A zone or policy of ours that went, and that no reload has made firewalld forget yet."""
    return name.startswith(FIREWALLD_PREFIX) and name not in lasting


def apply(zone: str, wanted: Sequence[str], reload: bool) -> None:
    """Make firewalld, if it runs, use our zone as it is in the files, with these interfaces.

    A zone that nobody needs any more (``wanted`` empty) is forgotten by a reload where that harms nobody; else it is
    emptied, and the next reload, whoever makes it, forgets it.
    """
    try:
        present = interfaces(zone)
    except NotRunning:
        return
    if wanted and (reload or present is None):
        _reload()
        present = interfaces(zone)
    elif not wanted and reload and not forgotten_by_reload():
        _reload(without=present or ())
        return
    _set_interfaces(zone, present, wanted)


def _set_interfaces(zone: str, present: Optional[Sequence[str]], wanted: Sequence[str]) -> None:
    for name in wanted:
        if name not in (present or ()):
            gate.writing("firewalld " + zone)
            _checked(_run("--zone=" + zone, "--add-interface=" + name))
    for name in present or ():
        if name not in wanted:
            gate.writing("firewalld " + zone)
            _checked(_run("--zone=" + zone, "--remove-interface=" + name))


def _reload(without: Sequence[str] = ()) -> None:
    """With the interfaces of all other zones as they were: firewalld forgets those bound at run time only."""
    before = dict(_active_zones())
    gate.writing("firewalld reload")
    _checked(_run("--reload"))
    after = dict(_active_zones())
    bound = {name for names in after.values() for name in names}
    for zone, names in before.items():
        for name in names:
            if name not in bound and name not in without and interfaces(zone) is not None:
                _checked(_run("--zone=" + zone, "--add-interface=" + name))


def _active_zones() -> Iterator[Tuple[str, List[str]]]:
    for name, lines in _sections(_checked(_run("--get-active-zones")), keep=("interfaces:",)).items():
        yield name, [word for line in lines for word in line.split()[1:]]


def _sections(text: str, keep: Sequence[str] = ()) -> Dict[str, List[str]]:
    """Name → its indented lines, without what is only of the moment; with ``keep``, only the lines that begin so."""
    found: Dict[str, List[str]] = {}
    lines: List[str] = []
    for line in text.splitlines():
        if line and not line[0].isspace():
            lines = found.setdefault(_STATE.sub("", line).strip(), [])
            continue
        words = line.strip()
        if (words.startswith(tuple(keep)) if keep else not words.startswith("interfaces:")) and words:
            lines.append(" ".join(words.split()))
    return found


def _program() -> Optional[str]:
    return shutil.which("firewall-cmd") or shutil.which("firewall-cmd", path=_PLACES)


def _run(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return program.run([_program() or "firewall-cmd", *arguments])


def _checked(process: "subprocess.CompletedProcess[str]") -> str:
    if process.returncode != 0:
        said = (process.stderr or process.stdout).strip()
        raise FabricError("firewall-cmd {0}: {1}".format(" ".join(process.args[1:]), said))
    return process.stdout
