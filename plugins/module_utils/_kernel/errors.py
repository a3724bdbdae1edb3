# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Errors that a user is meant to read. The lowest room, so that every other one can raise them."""

from __future__ import annotations

import socket
from typing import Any, Iterable, NamedTuple, Tuple


class FabricError(Exception):
    """Something a user can understand and act on; ``details`` become keys of the module's failure."""

    def __init__(self, message: str, **details: Any) -> None:
        super().__init__(message)
        self.details = details


class Problem(NamedTuple):
    """One wrong value: where it was written, what is wrong with it, and what would be right."""

    path: str
    message: str

    def __str__(self) -> str:
        return "{0}: {1}".format(self.path, self.message) if self.path else self.message


class DeclarationError(FabricError):
    """The declaration is wrong. Holds every problem found, not just the first."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: Tuple[Problem, ...] = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))
        self.details = {"problems": [problem._asdict() for problem in self.problems]}


class ForeignObjectError(FabricError):
    """Something that does not carry our mark stands where ours should be; nothing was changed."""


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
