# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sets of tables as bytes: what nft says of an element, beside its text, is unpacked once somebody asks. Pure."""

from __future__ import annotations

import marshal
import struct
from typing import Any, Dict, Iterable, List, Mapping, Optional, Sequence, Tuple

from .known import KnownElements, are_plain

#: The length of what is read at once.
_HEAD = struct.Struct("=I")


class Packed:
    """Of one set, and what was taken from it and put into it since."""

    def __init__(self, texts: Sequence[str], first: Any, plain: bool, values: memoryview) -> None:
        self._packed, self._first, self._plain, self._values = texts, first, plain, values
        self._texts: Dict[str, None] = dict.fromkeys(texts)
        self._come: Dict[str, Any] = {}
        self._made: Optional[Dict[str, Any]] = None

    def edit(self, gone: Iterable[str], come: Mapping[str, Any]) -> None:
        """KeyError where something is gone that was not there. What comes is plain."""
        for text in gone:
            del self._texts[text]
        self._texts.update(dict.fromkeys(come))
        self._come.update(come)

    def elements(self) -> KnownElements:
        return KnownElements(self._texts, self._json_of, plain=self._plain)

    def _json_of(self, text: str) -> Any:
        if text in self._come:
            return self._come[text]
        if self._made is None and text == self._packed[0]:
            return self._first  # which tells of others
        if self._made is None:
            self._made = dict(zip(self._packed, marshal.loads(self._values)))
        return self._made[text]


def pack(head: Any, sets: Mapping[Any, Mapping[str, Any]]) -> bytes:
    """``head``: what is read at once, as plain as marshal takes it; ``sets``: any key → text → nft's JSON."""
    pieces: List[bytes] = []
    found: Dict[Any, Tuple[Any, ...]] = {}
    end = 0
    for key, elements in sets.items():
        values = list(elements.values())
        pieces.append(marshal.dumps(values))
        found[key] = tuple(elements), values[0] if values else None, are_plain(elements), end, end + len(pieces[-1])
        end += len(pieces[-1])
    first = marshal.dumps((head, found))
    return b"".join((_HEAD.pack(len(first)), first, *pieces))


def unpack(data: memoryview) -> Tuple[Any, Dict[Any, Packed]]:
    """What ``pack`` was given. ValueError, EOFError, TypeError or struct.error of other bytes."""
    (length,) = _HEAD.unpack_from(data)
    end = _HEAD.size + length
    head, found = marshal.loads(data[_HEAD.size : end])
    values = data[end:]
    sets = {
        key: Packed(texts, first, plain, values[start:stop])
        for key, (texts, first, plain, start, stop) in found.items()
    }
    return head, sets
