# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Text that may be shown. An interface can be called almost anything, and a container chooses the names inside it:
an escape sequence in one would reach the terminal of whoever reads a result. Pure.
"""

from __future__ import annotations

import functools
import json
import re
from typing import Any, Iterator, Mapping

from . import json_pieces

#: The controls of ISO 646 and ISO 6429, DEL, those that turn the direction of a text (Unicode TR 9) or begin a line,
#: and halves of surrogate pairs, which stand for bytes that are no UTF-8.
_CONTROLS = "\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff"
#: What of those is in an ASCII JSON text, and some that are harmless: most answers have none, and that is soon seen.
_IN_A_JSON = re.compile(r"\x7f|\\[bfr]|\\u(?:00|061c|20|feff|fff|d[89a-f])")


def line(text: str) -> str:
    """In one line, with every control written as its escape: ``eth0\\x1b[2J``."""
    return _in_a(_CONTROLS + "\t\n").sub(_escaped, text)


def text(value: str) -> str:
    """The same, but for tabs and ends of lines, which the contents of a file have."""
    return _in_a(_CONTROLS).sub(_escaped, value)


@functools.lru_cache(maxsize=None)
def _in_a(controls: str) -> "re.Pattern[str]":
    return re.compile("[{0}]".format(controls))


def data(value: Any) -> Any:
    """Every text in dictionaries and lists, their keys too."""
    if isinstance(value, str):
        return text(value)
    if isinstance(value, Mapping):
        return {data(key): data(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [data(item) for item in value]
    if hasattr(value, "portions"):
        return json_pieces.plain(value)
    return value


def pieces(value: Mapping[str, Any]) -> Iterator[str]:
    """``as_json`` of a dictionary, in pieces."""
    return json_pieces.pieces(value, as_json)


def as_json(value: Any) -> str:
    """``data`` of it as JSON, in ASCII."""
    written = json.dumps(value, default=_plain)
    return json.dumps(data(value)) if _IN_A_JSON.search(written) else written


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError("{0} is no JSON".format(type(value).__name__))


def _escaped(found: "re.Match[str]") -> str:
    code = ord(found.group())
    if code in (9, 10, 13):
        return {9: "\\t", 10: "\\n", 13: "\\r"}[code]
    return "\\x{0:02x}".format(code) if code < 256 else "\\u{0:04x}".format(code)
