# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From what a module performs to what it answers: one result shape, every error one message."""

from __future__ import annotations

import traceback
from typing import Any, Callable, Dict, Mapping

from .._engine.report import Result
from .._kernel import dependencies, libc, missing
from .._kernel.errors import FabricError, MissingDependencyError, MissingProgramError, cut
from .answer import Answer

Perform = Callable[[Mapping[str, Any], bool], Result]


def answer(perform: Perform, params: Mapping[str, Any], check_mode: bool, timings: bool, diff: bool) -> Answer:
    """``timings``, ``diff``: whether these are to be in the answer. Raises nothing."""
    try:
        dependencies.require_python()
        libc.one_heap()
        return _told(perform(params, check_mode), timings, diff)
    except OSError as error:
        return _failed(_refused(error), errno=error.errno)
    except (MissingDependencyError, MissingProgramError) as error:
        message, pieces = missing.told(error)
        return _failed(message, missing=pieces)
    except FabricError as error:
        return _failed(str(error), **error.details)
    except Exception as error:  # a defect of ours: nobody is to read a page of Python for it, and who wants to can
        return _failed(_unforeseen(error), exception=cut(traceback.format_exc()))


def _told(result: Result, timings: bool, diff: bool) -> Answer:
    actions, changes = result.tell()
    words = dict(result.facts, changed=result.changed, actions=actions, changes=changes)
    if timings and result.timings:
        words["timings"] = dict(result.timings)
    if diff:
        words["diff"] = {"before": result.before, "after": result.after}
    return Answer(words, warnings=tuple(result.warnings))


def _failed(message: str, **details: Any) -> Answer:
    words: Dict[str, Any] = dict(details, msg=message)
    return Answer(words, failed=True)


def _unforeseen(error: Exception) -> str:
    """Of whatever moment: before the first change nothing is to be undone, and after it the way back was gone."""
    return cut(
        "linuxnet.fabric met what it does not foresee: {0}: {1}. If the run had begun to change the host, the next run "
        "takes that back first. This is a defect; -vvv shows where, please report it".format(
            type(error).__name__, error
        )
    )


def _refused(error: OSError) -> str:
    """An error of the system that nobody foresaw, as one line: what it is, and the path that it is about."""
    paths = [str(path) for path in (error.filename, error.filename2) if path is not None]
    what = error.strerror or str(error) or type(error).__name__
    return "{0}: {1}".format(" -> ".join(paths), what) if paths else "the system refused: {0}".format(what)
