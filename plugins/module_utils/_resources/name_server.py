# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The configuration of a topology's name server, which a unit of its own keeps running (``_expansion/units.py``).

A name that comes or goes is loaded by a reload, which takes no query from anybody. Another address to listen on takes a
restart, for unbound opens its sockets once.
"""

from __future__ import annotations

from typing import Mapping, Optional, Tuple

from .._kernel import files, unbound
from .._kernel.changes import Subject
from .._kernel.names import name_server_file, name_server_unit
from .action import Action, operation


def read(topology: str, foreseen: Mapping[str, Optional[str]]) -> Optional[str]:
    """What is configured; None: nothing. ``foreseen``: path → what will be there instead."""
    path = name_server_file(topology)
    return foreseen[path] if path in foreseen else files.read(path)


def compare(topology: str, wanted: str, now: Optional[str]) -> Tuple[Action, ...]:
    """``wanted``: the whole text, or empty."""
    if wanted == (now or ""):
        return ()
    path, unit = name_server_file(topology), name_server_unit(topology)
    verb = "remove" if not wanted else "write" if now is None else "rewrite"
    again = unbound.listens_on(wanted) != unbound.listens_on(now or "")
    return (
        Action(
            "{0} {1}".format(verb, path),
            subject_of(topology),
            do=(operation("dns.write", path=path, content=wanted or None),),
            undo=(operation("dns.write", path=path, content=now),),
            finish=(operation("dns.load", unit=unit, restart=again),) if wanted and now is not None else (),
            before={} if now is None else {"text": now},
            after={"text": wanted} if wanted else {},
        ),
    )


def subject_of(topology: str) -> Subject:
    return Subject(host="file " + name_server_file(topology))
