# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a host was told of its overlays last, kept in a file: which blocks are its own, and who its peers are.

The kernel cannot know who holds what on other hosts. A host gives it back in the next run, so that a limited run
forgets nobody. No plan of what is on the host itself depends on it.
"""

from __future__ import annotations

import json
import os
from typing import Any, Collection, Dict, List, Mapping, Optional

from .._declaration.encryption_words import ENCRYPTIONS, WIREGUARD
from .._kernel import files, gate, marks
from .._kernel.errors import FabricError
from .._kernel.names import FLEET_DIRECTORY, OPENVPN_DIRECTORY, TUNNEL_DIRECTORY

_SUFFIX = ".json"


def read(topology: str) -> Optional[Dict[str, Any]]:
    """None where there is none. FabricError where it cannot be read: who holds which block is not to be guessed."""
    text = files.read(_path(topology))
    if text is None:
        return None
    try:
        found: Dict[str, Any] = json.loads(text)
        return found if found["networks"] is not None else None
    except (ValueError, KeyError, TypeError) as error:
        message = "{0} cannot be read ({1}); move it away, and the other hosts will tell what it held"
        raise FabricError(message.format(_path(topology), error)) from error


def topologies() -> List[str]:
    """Those whose overlays this host was told of."""
    try:
        found = os.listdir(FLEET_DIRECTORY)
    except FileNotFoundError:
        return []
    return sorted(name[: -len(_SUFFIX)] for name in found if name.endswith(_SUFFIX))


def write(topology: str, told: Mapping[str, Any]) -> None:
    """On the disk when it returns."""
    put(_path(topology), told)


def put(path: str, data: Mapping[str, Any]) -> None:
    """A file of this folder as JSON, on the disk when it returns."""
    gate.writing("fleet")
    marks.prepare_state_directory()
    os.makedirs(FLEET_DIRECTORY, mode=0o700, exist_ok=True)
    temporary = path + ".new"
    with open(temporary, "w", encoding="utf-8") as file:
        json.dump(data, file)
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, path)


def forget(topology: str) -> None:
    """Of a host that is on no overlay any more: what it held is free."""
    if os.path.exists(_path(topology)):
        gate.writing("fleet")
        files.unlink(_path(topology))
    for kind in ENCRYPTIONS:
        forget_keys(topology, kind)


def forget_keys(topology: str, kind: str, but: Collection[str] = ()) -> None:
    """All of a kind that this host ever had for it. ``but``: the names of the ends of its tunnel that keep theirs."""
    if not os.path.isdir(TUNNEL_DIRECTORY if kind == WIREGUARD else OPENVPN_DIRECTORY):
        return  # it never had any
    if kind == WIREGUARD:
        from .._kernel.wireguard import forget_keys as forget
    else:
        from .._kernel.openvpn import forget_certificates as forget
    forget(topology, but=but)


def _path(topology: str) -> str:
    return "{0}/{1}{2}".format(FLEET_DIRECTORY, topology, _SUFFIX)
