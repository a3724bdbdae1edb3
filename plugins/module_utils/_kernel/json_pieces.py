# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""JSON in pieces: over a thousand containers it is megabytes, and made at once takes five times as many. Pure."""

from __future__ import annotations

import json
from itertools import islice
from typing import Any, Callable, Iterable, Iterator, Mapping, Tuple

AT_A_TIME = 64


class Row:
    """A list, of which each value may be made when its turn comes."""

    def __init__(self, values: Iterable[Any]) -> None:
        self._values = values

    def __iter__(self) -> Iterator[Any]:
        return iter(self._values)


class Written:
    """A list or a dictionary that is JSON already, and nothing else any more. ``portions``: its items, some at a time.
    Whoever writes it may have this class from elsewhere, and knows it by that word."""

    def __init__(self, portions: Iterable[str], brackets: str = "[]") -> None:
        self.portions, self.brackets = list(portions), brackets


def written(values: Iterable[Any], encode: Callable[[Any], str]) -> Written:
    """A list."""
    return Written(_encoded(values, list, encode))


def portions_of(items: Iterable[Tuple[str, Any]], encode: Callable[[Any], str]) -> Iterator[str]:
    """Of the items of a dictionary, those of a ``Written`` one, each made when its turn comes."""
    return _encoded(items, dict, encode)


def _encoded(items: Iterable[Any], made: Callable[[Iterable[Any]], Any], encode: Callable[[Any], str]) -> Iterator[str]:
    left = iter(items)
    for portion in iter(lambda: made(islice(left, AT_A_TIME)), made(())):
        yield encode(portion)[1:-1]


def plain(written: Any) -> Any:
    """What was ``Written``, as it was."""
    return json.loads(written.brackets[0] + ", ".join(written.portions) + written.brackets[1])


def pieces(words: Mapping[str, Any], encode: Callable[[Any], str]) -> Iterator[str]:
    """A dictionary, as ``encode`` writes JSON. A value that is an iterator gives the items of a dictionary, and of a
    list where it is in ``Row``; each of them may be made when its turn comes, and be a ``Row`` itself."""
    separator = "{"
    for word, value in words.items():
        yield "{0}{1}: ".format(separator, encode(word))
        separator = ", "
        if hasattr(value, "portions"):
            for number, portion in enumerate(value.portions):
                yield (", " if number else value.brackets[0]) + portion
            yield value.brackets[1] if value.portions else value.brackets
        elif isinstance(value, dict):
            yield from _portions(value.items(), dict, "{}", encode)
        elif isinstance(value, Iterator):
            yield from _portions(value, dict, "{}", encode)
        elif isinstance(value, (list, Row)):
            yield from _portions(value, list, "[]", encode)
        else:
            yield encode(value)
    yield "}" if words else "{}"


def _portions(
    items: Iterable[Any], made: Callable[[Iterable[Any]], Any], brackets: str, encode: Callable[[Any], str]
) -> Iterator[str]:
    left, separator = iter(items), ""
    yield brackets[0]
    while True:
        portion = made(islice(left, AT_A_TIME))
        if not portion:
            break
        if made is list and any(isinstance(item, Row) for item in portion):
            for item in portion:
                yield separator
                yield from _portions(item, list, "[]", encode) if isinstance(item, Row) else (encode(item),)
                separator = ", "
        else:
            yield separator + encode(portion)[1:-1]
        separator = ", "
    yield brackets[1]
