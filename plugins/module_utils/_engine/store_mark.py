# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How far the store that a fleet shares had come when this host asked it last, kept in a file.

A store that was restored from a backup has forgotten leases, and does not say so: what is missing in it looks free. Its
revision tells, for it only grows. Once a host has seen an older one it goes on knowing that, however far the restored
one comes, until a run over all hosts has written everything there again.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any, Dict, Optional

from .._kernel import files, gate
from .._kernel.data import NamedTuple
from .._kernel.errors import FabricError
from .._kernel.names import FLEET_DIRECTORY
from . import fleet

if TYPE_CHECKING:
    from .._ipam.fleet_store import Mark


class Marks(NamedTuple):
    """``restored``: what was found since in place of the store that was known, and was older."""

    store_id: str
    revision: int
    restored: Optional[Mark] = None

    @property
    def known(self) -> Mark:
        from .._ipam.fleet_store import Mark  # only where hosts share one

        return Mark(self.store_id, self.revision)


def read(topology: str) -> Optional[Marks]:
    """None where there is none, as on a host that asked no store yet."""
    text = files.read(_path(topology))
    if text is None:
        return None
    from .._ipam.fleet_store import Mark

    try:
        data: Dict[str, Any] = json.loads(text)
        restored = data["restored"]
        return Marks(data["store_id"], int(data["revision"]), Mark(*restored) if restored else None)
    except (ValueError, KeyError, TypeError) as error:
        message = "{0} cannot be read ({1}); remove it, and run the playbook on all hosts"
        raise FabricError(message.format(_path(topology), error)) from error


def keep(topology: str, now: Optional[Mark]) -> None:
    """What the store said last. One that is older takes the place of none that is known."""
    if now is None:
        return
    before = read(topology)
    if before is not None and (before.restored is not None or now.is_older_than(before.known)):
        _write(topology, before, before._replace(restored=now))
    else:
        _write(topology, before, Marks(*now))


def settle(topology: str) -> None:
    """All hosts wrote what they hold to the store that was restored: it is the one that is known now."""
    before = read(topology)
    if before is not None and before.restored is not None:
        _write(topology, before, Marks(*before.restored))


def forget(topology: str) -> None:
    if os.path.exists(_path(topology)):
        gate.writing("fleet")
        files.unlink(_path(topology))


def _write(topology: str, before: Optional[Marks], after: Marks) -> None:
    """On the disk when it returns."""
    if after != before:
        fleet.put(_path(topology), after._asdict())


def _path(topology: str) -> str:
    return "{0}/{1}.store".format(FLEET_DIRECTORY, topology)
