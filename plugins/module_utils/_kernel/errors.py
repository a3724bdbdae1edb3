# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Errors that a user is meant to read. The lowest room, so that every other one can raise them."""

from __future__ import annotations

import socket
from typing import Any, Dict, Iterable, List, Tuple

from .data import NamedTuple

#: Of an error's text, and of each of its details, in bytes of UTF-8: what is longer nobody reads, and a log or a
#: terminal chokes on it.
LONGEST = 1 << 16
#: Of one wrong value's line: 64 KiB hold a good hundred of them.
_LONGEST_PROBLEM = 400
_REMARK = 64  # room for what says that there was more


def cut(text: str, longest: int = LONGEST) -> str:
    """At most so many bytes of UTF-8, with what is none (lone surrogates) spelt out; says so where it was more."""
    data = text.encode("utf-8", "backslashreplace")
    if len(data) <= longest:
        return data.decode("utf-8")
    kept = data[: longest - _REMARK].decode("utf-8", "ignore")
    return "{0} … ({1} bytes in all)".format(kept, len(data))


def _cut_lines(lines: Iterable[str], longest: int = LONGEST) -> List[str]:
    """The first of these, as many as there is room for; a last one says how many there were."""
    found: List[str] = []
    whole = [str(line) for line in lines]
    left = longest - _REMARK
    for line in whole:
        short = cut(line, longest // 8)
        left -= len(short.encode("utf-8")) + 4
        if left < 0:
            return [*found, "… ({0} in all)".format(len(whole))]
        found.append(short)
    return found


class FabricError(Exception):
    """Something a user can understand and act on; ``details`` become keys of the module's failure.

    Neither its text nor one of its details is longer than ``LONGEST``.
    """

    def __init__(self, message: str, **details: Any) -> None:
        super().__init__(cut(message))
        self.details: Dict[str, Any] = {name: _short(value) for name, value in details.items()}


def _short(value: Any) -> Any:
    if isinstance(value, str):
        return cut(value)
    return _cut_lines(value) if isinstance(value, list) else value


class Problem(NamedTuple):
    """One wrong value: where it was written, what is wrong with it, and what would be right."""

    path: str
    message: str

    def __str__(self) -> str:
        return "{0}: {1}".format(self.path, self.message) if self.path else self.message

    def cut(self) -> "Problem":
        """The same, with neither half longer than a person reads."""
        return Problem(cut(self.path, _LONGEST_PROBLEM), cut(self.message, _LONGEST_PROBLEM))


class DeclarationError(FabricError):
    """The declaration is wrong. Holds every problem found, not just the first."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: Tuple[Problem, ...] = tuple(each.cut() for each in problems)
        lines = _cut_lines((str(problem) for problem in self.problems), LONGEST // 2)
        super().__init__("\n".join(lines))
        self.details = {"problems": [problem._asdict() for problem in self.problems[: len(lines)]]}


class ForeignObjectError(FabricError):
    """Something that does not carry our mark stands where ours should be; nothing was changed."""


class InsideError(ForeignObjectError):
    """What is inside the namespace of one container keeps it from being as declared; ``container`` says which."""

    def __init__(self, container: str, message: str) -> None:
        super().__init__(message)
        self.container = container


class MissingProgramError(FabricError):
    """A program is not on the target. ``reason``: "to do what"."""

    def __init__(self, name: str, reason: str, url: str) -> None:
        text = "{0} is needed {1}, and {2} has none; nothing was changed. See {3}"
        super().__init__(text.format(name, reason, socket.gethostname(), url))
        self.name, self.reason = name, reason


class MissingDependencyError(FabricError):
    """A Python library is not on the target. ``reason``: "to do what"."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__("the Python library {0} is needed {1}".format(name, reason))
        self.name, self.reason = name, reason
