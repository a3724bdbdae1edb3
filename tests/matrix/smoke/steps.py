# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Named results, told as they come: a line of JSON each, so that a machine that dies has said how far it came."""

from __future__ import annotations

import json
import time
import traceback
from contextlib import contextmanager
from typing import Any, Dict, Iterator, Mapping, TextIO

from tests.lab import Host
from tests.lab.ansible import run_direct


class NotReached(Exception):
    """A step without which those after it mean nothing has failed."""


class Steps:
    """``with steps("name"):`` runs the body and tells whether it went well. ``failed`` counts those that did not."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self.failed = 0

    def tell(self, **words: Any) -> None:
        self._out.write(json.dumps(words) + "\n")
        self._out.flush()

    @contextmanager
    def __call__(self, name: str, vital: bool = False) -> Iterator[None]:
        """``vital``: unless it passes, NotReached is raised."""
        began = time.monotonic()
        try:
            yield
        except Exception as error:
            self.failed += 1
            said = str(error) if isinstance(error, AssertionError) else traceback.format_exc()
            self.tell(step=name, passed=False, said=said[-4000:], seconds=round(time.monotonic() - began, 2))
            if vital:
                raise NotReached(name)
        else:
            self.tell(step=name, passed=True, seconds=round(time.monotonic() - began, 2))


def same(found: Any, wanted: Any, what: str = "") -> None:
    if found != wanted:
        raise AssertionError("{0}: found {1!r}, wanted {2!r}".format(what or "not the same", found, wanted))


def holds(condition: Any, what: str) -> None:
    if not condition:
        raise AssertionError(what)


def module(host: Host, name: str, args: Mapping[str, Any], check: bool = False, fail: bool = False) -> Dict[str, Any]:
    """One of our modules, run by its file. AssertionError with its message when it fails; with ``fail``, if not."""
    result = run_direct(host, name, args, check, diff=False)
    if bool(result.get("failed")) != fail:
        raise AssertionError("{0}: {1}".format(name, result.get("msg") or "it did not fail"))
    return result
