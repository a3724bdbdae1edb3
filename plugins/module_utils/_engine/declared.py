# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The last declaration that was made real, kept so that a run can tell apart what a difference comes from: from the
inventory, from somebody on the host, or from another release of this collection. No plan depends on it.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any, Callable, Dict, List, Mapping, Optional

from .._kernel import files, gate, names, nft_record, state
from .._kernel.data import NamedTuple

if TYPE_CHECKING:
    from .asked import Digests

#: Those that earlier releases did not have.
_LATER = ("fleet", "restore", "heal", "host_program", "dns", "docker_runtime", "metrics_directory")
_FIRST = ("networks", "containers", "default_address_pools", "port_range", "firewall", "forwarding", "transit")
_WORDS = (*_FIRST, *_LATER)


class Kept(NamedTuple):
    """``release``, ``asked`` and ``around`` are empty where a release wrote it that kept none.

    ``around``: what the declaration took from the host around it (``_module/around.py``), for a restore.
    """

    words: Mapping[str, Any]
    release: str = ""
    asked: Digests = {}
    around: Mapping[str, Any] = {}


class Plain(Dict[str, Any]):
    """What declares, as plain as it comes back from a record; ``text``: the same as JSON."""

    text: str


def words(params: Mapping[str, Any]) -> Plain:
    """Of a module's parameters, what declares."""
    text = json.dumps({word: params.get(word) for word in _WORDS})
    plain = Plain(json.loads(text))
    plain.text = text
    return plain


def topologies() -> List[str]:
    """The names of all that were applied here and not removed since."""
    try:
        found = os.listdir(names.DECLARED_DIRECTORY)
    except FileNotFoundError:
        return []
    return sorted(name[: -len(".json")] for name in found if name.endswith(".json"))


def read(topology: str) -> Optional[Kept]:
    """None when the topology was never applied here, or the record cannot be read."""
    return _read(_path(topology))


def prepared() -> Optional[Kept]:
    """What ``prepare`` wrote, where it is not kept yet."""
    return _read(names.PREPARED_FILE)


def _read(path: str) -> Optional[Kept]:
    try:
        found = state.read_json(path)
        if found is None:
            return None
        if "declared" not in found:
            return _of_this_release(Kept(found))
        around = dict(found.get("around") or {})
        return _of_this_release(Kept(found["declared"], str(found["release"]), dict(found["asked"]), around))
    except (OSError, state.Damaged, ValueError, KeyError, TypeError):
        return None


def _of_this_release(record: Kept) -> Optional[Kept]:
    """With the word that releases before this one did not have, which says nothing."""
    known = {**dict.fromkeys(_LATER), **record.words}
    return record._replace(words=known) if set(known) == set(_WORDS) else None


def write(topology: str, record: Kept) -> None:
    """No write when nothing changed, whatever the order."""
    prepare(topology, text_of(record), lambda: record)
    keep(topology)


def as_words(record: Kept) -> Dict[str, Any]:
    """What stands in the file of a record."""
    return {"declared": record.words, "release": record.release, "asked": record.asked, "around": record.around}


def text_of(record: Kept) -> str:
    found = as_words(record)
    if isinstance(record.words, Plain):  # thousands of containers need not be put into words once more
        rest = json.dumps({word: each for word, each in found.items() if word != "declared"})
        return '{{"declared": {0}, {1}'.format(record.words.text, rest[1:])
    return json.dumps(found)


def prepare(topology: str, text: str, record: Callable[[], Kept]) -> None:
    """Have the text of a record on the disk, beside the journal, for ``keep``: a file to rename needs no room in the
    journal. No write when it is what is kept, whatever the order: only to find that out the record is asked for."""
    if _is_kept(topology, text, record):
        files.unlink(names.PREPARED_FILE)  # of a run that was killed
        return
    gate.writing("prepared")
    os.makedirs(os.path.dirname(names.PREPARED_FILE), mode=0o700, exist_ok=True)
    # A boot restores what it says. Its name is on the disk with that of what says that the run is verified, or once it
    # is moved: each sync of a disk is some milliseconds.
    state.write(names.PREPARED_FILE, text, durable=True, name_later=True)


def keep(topology: str) -> None:
    """What was prepared is the last declaration now. Nothing where there is nothing prepared: then it is already."""
    if not os.path.lexists(names.PREPARED_FILE):
        return
    gate.writing("declared")
    os.makedirs(names.DECLARED_DIRECTORY, mode=0o700, exist_ok=True)
    state.move(names.PREPARED_FILE, _path(topology))


def _is_kept(topology: str, text: str, record: Callable[[], Kept]) -> bool:
    """Not where that is nothing, or damaged. What is longer or shorter is not read: there may be thousands in it."""
    try:
        if os.stat(_path(topology)).st_size != len(text.encode("utf-8")):
            return False
        return state.read(_path(topology)) == text or read(topology) == record()
    except (OSError, state.Damaged):
        return False


def remove(topology: str) -> None:
    if os.path.lexists(_path(topology)):
        gate.writing("declared")
        state.remove(_path(topology))
        files.unlink("{0}/{1}.json".format(names.HEAL_DIRECTORY, topology))
        files.unlink("{0}/{1}.json".format(names.CHECKED_DIRECTORY, topology))
        nft_record.forget(topology)


def _path(topology: str) -> str:
    return "{0}/{1}.json".format(names.DECLARED_DIRECTORY, topology)
