# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Declarations that nobody would write: one of the cases, with some of its values, keys or branches exchanged.

The number of a declaration is its seed: ``declaration(4711)`` is the same one on every machine.
"""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any, Dict, List, Tuple

import yaml

Declared = Dict[str, Any]
#: A place in a declaration: what holds it, and the key or the position there.
Place = Tuple[Any, Any]

_DEEP: Any = []
for _depth in range(2000):
    _DEEP = [_DEEP]

#: What a YAML file, a template or JSON can give a module, and what Python itself refuses in one place or another.
ODD: List[Any] = [
    None,
    True,
    False,
    0,
    -1,
    1,
    65536,
    2**31,
    2**64,
    -(2**200),
    10**5000,
    0.5,
    -0.0,
    float("nan"),
    float("inf"),
    1e308,
    "",
    " ",
    "\n",
    "\x00",
    "\x1b[31mred",
    "\ud800",
    "web\udcff",
    "é",
    "\u202egnp",
    "𝟘",
    "²",
    "-",
    "..",
    "../../etc",
    "/",
    "a" * 16,
    "a" * 300,
    "x" * 1_000_000,
    "9" * 5000,
    "-" + "9" * 5000,
    "1e5",
    "0x10",
    "0.0.0.0",
    "255.255.255.255/32",
    "0.0.0.0/0",
    "::/0",
    "::1",
    "fe80::1%eth0",
    "::ffff:1.2.3.4",
    "224.0.0.1",
    "10.0.0.0/33",
    "10.0.0.0/-1",
    "10.0.0.0/" + "1" * 5000,
    "1.2.3.4.5",
    "80:80",
    "80-90:80-91",
    "1-65535:1-65535",
    "[::1]:80:80/udp",
    "80:80/" + "t" * 100,
    ":" * 2000,
    "-" * 2000,
    "{{ lookup('pipe', 'id') }}",
    "container:web",
    "service:",
    "host",
    "none",
    "bridge",
    "default",
    "web",
    "front",
    [],
    {},
    [None],
    [[]],
    [{}],
    {"": None},
    {None: None},
    {1: 2},
    {True: False},
    {("a",): 1},
    {"a": {"b": {"c": []}}},
    {"\ud800": "\ud800"},
    {"x" * 100_000: 1},
    ["x"] * 3000,
    list(range(3000)),
    _DEEP,
    b"bytes",
    {1, 2},
    object(),
]


def bases() -> List[Declared]:
    """Every declaration of the cases beside this file."""
    found = []
    for path in sorted((Path(__file__).parent / "cases").glob("*.yml")):
        found.extend(case["declared"] for case in yaml.safe_load(path.read_text(encoding="utf-8")))
    return found


_BASES = bases()


def declaration(number: int) -> Declared:
    chance = random.Random(number)
    declared = _copy(chance.choice(_BASES))
    for _change in range(chance.choice((1, 1, 2, 3, 8))):
        _change_something(declared, chance)
    return declared


def _change_something(declared: Declared, chance: random.Random) -> None:
    places = _places(declared)
    holder, at = chance.choice(places)
    what = chance.random()
    if what < 0.6:
        holder[at] = _copy(chance.choice(ODD))
    elif what < 0.75:  # a branch of this declaration, or of another one, at the wrong place
        other, there = chance.choice(chance.choice((places, _places(chance.choice(_BASES)))))
        holder[at] = _copy(other[there])
    elif what < 0.85 and isinstance(holder, dict):
        holder[_key(chance)] = holder.pop(at)
    elif isinstance(holder, list):
        holder.extend(_copy(holder[at]) for _again in range(chance.choice((1, 2, 300))))
    else:
        holder[_key(chance)] = _copy(holder[at])


def _copy(value: Any) -> Any:
    """Of what is changed later; the deep one never is."""
    if isinstance(value, dict):
        return {key: _copy(each) for key, each in value.items()}
    return [_copy(each) for each in value] if isinstance(value, list) and value is not _DEEP else value


def _key(chance: random.Random) -> Any:
    return chance.choice([each for each in ODD if isinstance(each, (str, int, float, type(None)))])


def _places(value: Any) -> List[Place]:
    found: List[Place] = []
    left = [value]
    while left and len(found) < 5000:
        holder = left.pop()
        pairs = holder.items() if isinstance(holder, dict) else enumerate(holder)
        for at, each in list(pairs):
            found.append((holder, at))
            if isinstance(each, (dict, list)) and each is not _DEEP:
                left.append(each)
    return found or [({"": None}, "")]
