# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Variables in Compose files and in env files, form by form."""

from __future__ import annotations

import pytest

from ansible_collections.linuxnet.fabric.plugins.plugin_utils._compose.env_file import parse_env
from ansible_collections.linuxnet.fabric.plugins.plugin_utils._compose.interpolation import (
    InterpolationError,
    interpolate,
)

VARIABLES = {"SET": "value", "EMPTY": "", "NAME": "SET"}


@pytest.mark.parametrize(
    "text, expected",
    [
        ("no variable", "no variable"),
        ("$SET/$SET", "value/value"),
        ("${SET}s", "values"),
        ("${SET:-other} ${EMPTY:-other} ${UNSET:-other}", "value other other"),
        ("${SET-other} ${EMPTY-other} ${UNSET-other}", "value  other"),
        ("${SET:+other} ${EMPTY:+other} ${UNSET:+other}", "other  "),
        ("${SET+other} ${EMPTY+other} ${UNSET+other}", "other other "),
        ("${SET:?needed}${EMPTY?needed}", "value"),
        ("${UNSET:-${EMPTY:-${SET}}}", "value"),
        ("${UNSET:-a:b}", "a:b"),
        ("${UNSET:-$${SET}}", "${SET}"),
        ("$$SET costs $$5", "$SET costs $5"),
        ("${UNSET:-}", ""),
    ],
)
def test_every_form_of_a_variable(text, expected):
    assert interpolate(text, VARIABLES, lambda name: pytest.fail(name)) == expected


def test_a_variable_that_is_nowhere_is_empty_and_told():
    told = []
    assert interpolate("a${UNSET}b$UNSET_TOO", VARIABLES, told.append) == "ab"
    assert told == ["UNSET", "UNSET_TOO"]


@pytest.mark.parametrize(
    "text, message",
    [
        ("${UNSET:?say which}", "the variable UNSET is not set: say which"),
        ("${EMPTY:?}", "the variable EMPTY is not set: it has to be set"),
        ("5$", '"5$": a "$" that is no variable is written "$$"'),
        ("${SET", '"${SET": a "${" without its "}"'),
        ("${}", '"${}": "${}" names no variable'),
        ("${SET/a/b}", '"${SET/a/b}": Compose knows ${NAME} with :- - :? ? :+ + after the name, not "/a/b"'),
    ],
)
def test_what_is_no_variable_is_an_error_that_says_what_is_right(text, message):
    with pytest.raises(InterpolationError) as error:
        interpolate(text, VARIABLES, lambda name: None)
    assert str(error.value) == message


@pytest.mark.parametrize(
    "text, expected",
    [
        ("A=1\nB = 2 # not a part\nexport C=3\nD: 4\n", {"A": "1", "B": "2", "C": "3", "D": "4"}),
        ("# a comment\n\nA=a#b\r\n", {"A": "a#b"}),
        ("A='$SET \\n'\nB=\"$SET\\t\\$5\"\nC=$SET\n", {"A": "$SET \\n", "B": "value\t$5", "C": "value"}),
        ('A="two\nlines"\nB=1', {"A": "two\nlines", "B": "1"}),
        ("A=1\nB=${A}2\nC=${NOWHERE-x}", {"A": "1", "B": "12", "C": "x"}),
        ("SET\nNOWHERE\nA=\n", {"SET": "value", "A": ""}),
        ("SET=mine\nA=$SET\n", {"SET": "mine", "A": "value"}),
    ],
)
def test_lines_of_an_env_file(text, expected):
    assert parse_env(text, VARIABLES) == expected


@pytest.mark.parametrize(
    "text, message",
    [
        ("A=1\n= 2\n", 'line 2: "= 2": expected NAME=value'),
        ("A='1\nB=2\n", "line 1: a ' without the one that ends it"),
        ("\nA=${B:?no}", "line 2: the variable B is not set: no"),
    ],
)
def test_an_env_file_s_error_has_its_line(text, message):
    with pytest.raises(InterpolationError) as error:
        parse_env(text, {})
    assert str(error.value) == message
