# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a host does by itself: ``topology_restore``, ``topology_heal``, ``topology_host_program``, ``topology_dns`` and
``topology_metrics_directory``."""

from __future__ import annotations

import re
from typing import Any, Iterator, Mapping, Optional

from .._kernel.data import NamedTuple, dataclass
from .._kernel.errors import DeclarationError, Problem

AUTO, YES, NO = "auto", "true", "false"
FILES, UNBOUND = "files", "unbound"
#: The collector of node exporter reads every *.prom of its directory.
METRICS_FILE = "linuxnet-fabric.prom"
_DIRECTORY = re.compile(r"/[A-Za-z0-9/._-]+\Z")
#: A week, in minutes.
_LONGEST = 7 * 24 * 60


class Wanted(NamedTuple):
    """What a host is to have. ``units``: whether anybody looks at its units; then those of ``restore``, of ``heal``
    (minutes, 0 for none) and of ``dns`` are to be there, and no others. ``program``: is to be there, or gone; None:
    nobody looks."""

    units: bool = False
    restore: bool = False
    heal: int = 0
    program: Optional[bool] = None
    dns: bool = False
    metrics: str = ""  # the file that each repair writes; empty for none


@dataclass(frozen=True)
class Words:
    """``restore``: auto, true or false; None where nobody says anything, and what is there stays. ``heal``: minutes.
    ``dns``: whether a name server is wanted."""

    restore: Optional[str] = None
    heal: int = 0
    program: bool = False
    dns: bool = False
    metrics: str = ""

    def on(self, why_not: str, at_home: bool) -> Wanted:
        """Of a host. ``why_not``: what keeps its systemd from being asked, in words. ``at_home``: its files are its
        own, and not those of a machine on which it is a lab host.

        Raises DeclarationError for what is wanted by name and cannot be.
        """
        problems = list(self._refused(why_not)) if why_not else []
        if problems:
            raise DeclarationError(problems)
        if self.restore is None:
            return Wanted(program=True if self.program else None)
        restore, heal = (False, 0) if why_not else (self.restore != NO, self.heal)
        needed = restore or bool(heal) or self.program
        return Wanted(not why_not, restore, heal, needed if needed or at_home else None, self.dns, self.metrics)

    def _refused(self, why_not: str) -> Iterator[Problem]:
        if self.restore == YES:
            text = "true: {0}, so nothing would bring the networks back at boot; auto does so where it can"
            yield Problem("topology_restore", text.format(why_not))
        if self.heal:
            text = "{0}: {1}, so no timer would repair anything; 0 asks for none"
            yield Problem("topology_heal", text.format(self.heal, why_not))
        if self.dns:
            text = "unbound: {0}, so nothing would keep the name server running; files gives names without one"
            yield Problem("topology_dns", text.format(why_not))


def parse_restore(words: Mapping[str, Any]) -> Words:
    """Of a module's words ``restore``, ``heal``, ``host_program``, ``dns`` and ``metrics_directory``."""
    restore, heal = words.get("restore"), words.get("heal") or 0
    if not 0 <= heal <= _LONGEST:
        text = "{0}: expected minutes between two repairs, from 1 to {1} (a week), or 0 for none"
        raise DeclarationError([Problem("topology_heal", text.format(heal, _LONGEST))])
    dns = words.get("dns") == UNBOUND
    if (heal or dns) and restore is None:
        restore = NO  # a unit is asked for, so they are looked at
    metrics = _metrics_file(words.get("metrics_directory") or "")
    return Words(restore, heal, bool(words.get("host_program") or metrics), dns, metrics)


def _metrics_file(directory: str) -> str:
    """It is named in a unit, where systemd.service(5) has a meaning for many a character."""
    if not directory:
        return ""
    if not _DIRECTORY.match(directory) or ".." in directory.split("/"):
        text = '"{0}": expected the absolute path of a directory, of letters, digits and any of "/._-" alone'
        raise DeclarationError([Problem("topology_metrics_directory", text.format(directory))])
    return directory.rstrip("/") + "/" + METRICS_FILE
