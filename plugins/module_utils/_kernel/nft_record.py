# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is known of a topology's tables, kept for as long as they are what they were when it was kept: the kernel lists
in them what it listed then, or has counted no change of any rules since.

A file is a row of records, the newest at the end. It holds nothing that could not be found out again, so one with which
anything is wrong counts as none; and it dies with the boot, as the tables do.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import struct
import sys
import zlib
from typing import Iterator, List, Optional

from . import gate, marks, names, nf_tables, nft_dump, nft_generation, state
from .data import NamedTuple

#: How many may be added to a first record: whoever reads a file goes through all of them.
_MOST = 64

#: The end of each record: what wrote it, the generation that it is of, the digest of what the kernel lists, that of
#: what is declared, the length of what is kept before it, and its CRC-32, and how many records come before this one.
_END = struct.Struct("=8sQ16s32sIII")
#: Of a record that is of a change: to list the tables once more would keep that run waiting. The next one does.
_UNLISTED = bytes(16)


class Record(NamedTuple):
    """The last one. ``declared``: digest of what was declared then, 32 bytes; ``earlier``: how many come before it;
    ``is_listed``: whether it says what the kernel lists; ``now``: what that is."""

    declared: bytes
    earlier: int
    is_listed: bool
    now: nft_dump.Listed
    data: bytes  # of all of them

    def kept(self) -> Iterator[memoryview]:
        """Of each record, beginning with the last. ValueError where they are not in a row, or not as they were kept."""
        data, end = memoryview(self.data), len(self.data)
        while end:
            end -= _END.size
            length, check = _END.unpack_from(self.data, end)[4:6] if end >= 0 else (0, 0)
            what = data[max(end - length, 0) : max(end, 0)]
            if length > end or zlib.crc32(what) != check:
                raise ValueError(end)
            yield what
            end -= length


def tables_of(topology: str) -> List[nft_dump.TableName]:
    """The topology's own, and the one of all."""
    return [*((family, names.table(topology)) for family in ("inet", "bridge")), ("inet", names.TRANSIT_TABLE)]


def recall(topology: str) -> Optional[Record]:
    """None where nothing was kept, or the tables may be others by now."""
    data = _read(_path(topology))
    if data is None or len(data) < _END.size:
        return None
    writer, generation, listed, declared, _length, _check, earlier = _END.unpack_from(data, len(data) - _END.size)
    now = _listed(topology) if writer == _writer() else None
    is_listed = listed != _UNLISTED
    if now is None or (listed != now.digest if is_listed else generation != now.generation):
        return None
    return Record(declared, earlier, is_listed, now, data)


def keep(
    topology: str, generation: int, declared: bytes, what: bytes, last: Optional[Record], let_go: nf_tables.LetGo
) -> None:
    """Of tables as they are after so many changes: nothing is kept if there were others. ``last``: what this is added
    to. ``let_go``: as of ``nf_tables.connected``. No failure is an error."""
    path = _path(topology)
    with contextlib.suppress(OSError):
        gate.writing("what is known of rules")
        if last is None:
            now = _listed(topology)
            if now is not None and now.generation == generation:
                os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
                state.write(path, _record(now, declared, what, 0))
        elif last.earlier >= _MOST:
            forget(topology)
        elif nft_generation.read(let_go) == generation:
            now = last.now if last.now.generation == generation else nft_dump.Listed(generation, _UNLISTED)
            with open(path, "ab") as file:
                file.write(_record(now, declared, what, last.earlier + 1))


def forget(topology: str) -> None:
    state.remove(_path(topology))


def _record(now: nft_dump.Listed, declared: bytes, what: bytes, earlier: int) -> bytes:
    return what + _END.pack(_writer(), now.generation, now.digest, declared, len(what), zlib.crc32(what), earlier)


def _writer() -> bytes:
    """What was written by another release, or a Python that marshals in another way, says nothing; nor does a number of
    changes of another boot or network namespace."""
    netns = os.stat("/proc/thread-self/ns/net").st_ino
    words = "2 {0} {1} {2} {3}".format(names.RELEASE, sys.implementation.cache_tag, marks.boot_id(), netns)
    return hashlib.blake2b(words.encode("utf-8"), digest_size=8).digest()


def _listed(topology: str) -> Optional[nft_dump.Listed]:
    return nft_dump.read(tables_of(topology), names.USER_CHAIN)


def _path(topology: str) -> str:
    return "{0}/{1}".format(names.RULES_DIRECTORY, topology)


def _read(path: str) -> Optional[bytes]:
    try:
        return state.read_bytes(path)
    except (OSError, state.Damaged):
        return None
