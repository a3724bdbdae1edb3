# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is written in pieces is what JSON at once would be."""

from __future__ import annotations

import json

import pytest

from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.json_pieces import (
    Row,
    Written,
    pieces,
    plain,
    portions_of,
    written,
)

MANY = {"c{0}".format(number): {"ports": [number]} for number in range(600)}


@pytest.mark.parametrize(
    "words",
    [
        {},
        {"empty": {}, "none": [], "nothing": None, "text": "a ü", "number": 1},
        {"few": [1, [2]], "exactly": list(range(64)), "many": list(range(1000)), "by name": MANY},
    ],
    ids=["empty", "small", "large"],
)
def test_the_pieces_are_the_whole(words):
    assert "".join(pieces(words, json.dumps)) == json.dumps(words)


def test_what_is_made_as_it_is_written_is_not_there_as_a_whole_before():
    made = []

    def items():
        for name, value in MANY.items():
            made.append(name)
            yield name, value

    words = {"before": items(), "names": Row(name for name, _value in items())}
    made_then = [(piece, len(made)) for piece in pieces(words, json.dumps)]
    assert "".join(piece for piece, _number in made_then) == json.dumps({"before": MANY, "names": list(MANY)})
    assert next(number for piece, number in made_then if '"c0"' in piece) < len(MANY)


@pytest.mark.parametrize("count", [0, 1, 64, 1000])
def test_what_was_written_before_is_the_same_list(count):
    rows = [{"number": number, "text": "ü"} for number in range(count)]
    made = written(rows, json.dumps)
    assert "".join(pieces({"a": 1, "rows": made, "z": []}, json.dumps)) == json.dumps({"a": 1, "rows": rows, "z": []})
    assert plain(made) == rows


@pytest.mark.parametrize("count", [0, 1, 64, 1000])
def test_what_was_written_before_is_the_same_dictionary(count):
    rows = {"c{0}".format(number): {"number": number, "text": "ü"} for number in range(count)}
    made = Written(portions_of(rows.items(), json.dumps), "{}")
    assert "".join(pieces({"a": 1, "rows": made}, json.dumps)) == json.dumps({"a": 1, "rows": rows})
    assert plain(made) == rows


def test_a_row_in_a_row_is_a_list_in_a_list():
    rows = Row(Row(range(number)) if number % 3 == 0 else list(range(number)) for number in range(200))
    assert "".join(pieces({"undo": rows}, json.dumps)) == json.dumps({"undo": [list(range(n)) for n in range(200)]})


def test_no_piece_is_as_long_as_the_whole():
    told = list(pieces({"by name": MANY}, json.dumps))
    assert max(map(len, told)) < sum(map(len, told)) / 2
