# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Env files: NAME=value lines, as Compose reads them (05-services.md, env_file). Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

from .interpolation import InterpolationError, interpolate

_ASSIGNMENT = re.compile(r"(?:export\s+)?(?P<name>[a-zA-Z_][\w.-]*)[ \t]*(?:[=:][ \t]*|(?=\s*(?:\n|\Z)))")
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\", "$": "$$"}
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_COMMENT = re.compile(r"(?:\A|\s)#.*")


def parse_env(text: str, environment: Mapping[str, str]) -> dict[str, str]:
    """What an env file sets. Values may name what it set before, and the environment, which counts more.

    In single quotes nothing is replaced, in double quotes escapes and variables are, without quotes variables; both
    kinds of quotes go over several lines. A name alone is taken from the environment. Raises InterpolationError with
    the number of the line.
    """
    found: dict[str, str] = {}
    at = 0
    text = text.replace("\r\n", "\n").removeprefix("\ufeff")
    while at < len(text):
        end = _end_of_line(text, at)
        line = text[at:end].strip()
        if not line or line.startswith("#"):
            at = end + 1
            continue
        at += len(text[at:end]) - len(text[at:end].lstrip())
        number = text.count("\n", 0, at) + 1
        try:
            at = _assignment(text, at, found, environment)
        except InterpolationError as error:
            raise InterpolationError(f"line {number}: {error}") from error
    return found


def _assignment(text: str, at: int, found: dict[str, str], environment: Mapping[str, str]) -> int:
    """Reads one; where the next line begins."""
    end = _end_of_line(text, at)
    matched = _ASSIGNMENT.match(text, at)
    if matched is None or matched.end() > end:
        raise InterpolationError(f'"{text[at:end]}": expected NAME=value')
    name, begin = matched.group("name"), matched.end()
    if not text[at:begin].rstrip(" \t").endswith(("=", ":")):
        if name in environment:
            found[name] = environment[name]
        return end + 1
    known = {**found, **environment}
    if text[begin : begin + 1] in ("'", '"'):
        quote = text[begin]
        close = _closing_quote(text, begin)
        value = text[begin + 1 : close]
        if quote == '"':
            value = interpolate(_ESCAPED.sub(_unescaped, value), known, _nothing)
        found[name] = value
        return _end_of_line(text, close) + 1
    found[name] = interpolate(_COMMENT.sub("", text[begin:end]).strip(), known, _nothing)
    return end + 1


def _unescaped(matched: re.Match[str]) -> str:
    return _ESCAPES.get(matched.group(1), matched.group())


def _closing_quote(text: str, begin: int) -> int:
    quote, at = text[begin], begin + 1
    while at < len(text):
        if text[at] == "\\" and quote == '"':
            at += 2
        elif text[at] == quote:
            return at
        else:
            at += 1
    raise InterpolationError(f"a {quote} without the one that ends it")


def _end_of_line(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end


def _nothing(_name: str) -> None:
    """In an env file a variable that is nowhere is empty, without a word."""
