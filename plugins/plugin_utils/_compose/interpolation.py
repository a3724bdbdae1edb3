# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Variables in a text: every form of the Compose Specification (12-interpolation.md). Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Optional

_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
_OPERATOR = re.compile(r":?[-?+]")


class InterpolationError(ValueError):
    """What is wrong with a text, or that a variable which it demands is not there. Says no place."""


@dataclass(frozen=True)
class _Expression:
    """``${name}``, or ``${name OPERATOR word}``, where operator is one of ``:- - :? ? :+ +``."""

    name: str
    operator: str
    word: str


def interpolate(text: str, variables: Mapping[str, str], unset: Callable[[str], None]) -> str:
    """The text with the variables' values in it; ``$$`` is one ``$``.

    ``unset`` is told the name of each variable that is nowhere and has no default: it is then empty, as in Compose.
    Raises InterpolationError.
    """
    found: list[str] = []
    at = 0
    while at < len(text):
        dollar = text.find("$", at)
        if dollar < 0:
            break
        found.append(text[at:dollar])
        value, at = _at_dollar(text, dollar, variables, unset)
        found.append(value)
    return "".join(found) + text[at:]


def _at_dollar(text: str, at: int, variables: Mapping[str, str], unset: Callable[[str], None]) -> tuple[str, int]:
    """What the ``$`` at this place stands for, and where the text goes on."""
    if text.startswith("$$", at):
        return "$", at + 2
    if text.startswith("${", at):
        end = _closing_brace(text, at + 2)
        return _value(_expression(text[at + 2 : end], text), variables, unset), end + 1
    named = _NAME.match(text, at + 1)
    if named is None:
        raise InterpolationError(f'"{text}": a "$" that is no variable is written "$$"')
    return _value(_Expression(named.group(), "", ""), variables, unset), named.end()


def _closing_brace(text: str, at: int) -> int:
    """The brace that ends an expression; those of expressions in it do not."""
    depth = 1
    while at < len(text):
        if text.startswith("$$", at):
            at += 2
            continue
        if text.startswith("${", at):
            depth += 1
            at += 2
            continue
        if text[at] == "}":
            depth -= 1
            if depth == 0:
                return at
        at += 1
    raise InterpolationError(f'"{text}": a "${{" without its "}}"')


def _expression(inside: str, text: str) -> _Expression:
    named = _NAME.match(inside)
    if named is None:
        raise InterpolationError(f'"{text}": "${{{inside}}}" names no variable')
    rest = inside[named.end() :]
    operator = _OPERATOR.match(rest)
    if rest and operator is None:
        raise InterpolationError(f'"{text}": Compose knows ${{NAME}} with :- - :? ? :+ + after the name, not "{rest}"')
    return _Expression(named.group(), operator.group() if operator else "", rest[operator.end() :] if operator else "")


def _value(expression: _Expression, variables: Mapping[str, str], unset: Callable[[str], None]) -> str:
    value: Optional[str] = variables.get(expression.name)
    operator = expression.operator
    # With a colon, empty counts as unset.
    there = bool(value) if operator.startswith(":") else value is not None
    if operator.endswith("+"):
        return interpolate(expression.word, variables, unset) if there else ""
    if there and value is not None:
        return value
    if operator.endswith("-"):
        return interpolate(expression.word, variables, unset)
    if operator.endswith("?"):
        told = interpolate(expression.word, variables, unset) or "it has to be set"
        raise InterpolationError(f"the variable {expression.name} is not set: {told}")
    unset(expression.name)
    return ""
