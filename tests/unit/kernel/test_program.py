# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Other programs: what they are fed and print, and on which processors they and this thread may be."""

from __future__ import annotations

import os
import sys
from typing import Any, Set

import pytest

from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel import program

_ALLOWED = "import os; input(); print(*sorted(os.sched_getaffinity(0)))"


def test_a_program_that_is_waited_for_may_be_wherever_this_one_may() -> None:
    before = os.sched_getaffinity(0)
    # it asks only once it is fed, and so after it was let go
    ran = program.run([sys.executable, "-c", _ALLOWED], "go\n")
    assert ran.stdout.split() == [str(number) for number in sorted(before)]
    assert os.sched_getaffinity(0) == before


def test_where_nobody_may_choose_a_processor_a_program_runs_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(_pid: int, _allowed: Set[int]) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "sched_setaffinity", refused)
    assert program.run(["echo", "there"]).stdout == "there\n"


def test_a_program_that_is_not_there_leaves_this_thread_as_it_was() -> None:
    before = os.sched_getaffinity(0)
    with pytest.raises(FileNotFoundError):
        program.run(["/no/such/program"])
    assert os.sched_getaffinity(0) == before


@pytest.mark.parametrize("size", [1, 1 << 20])
def test_what_feeds_a_program_that_goes_on_alone_may_be_of_any_size(size: int) -> None:
    started, printed = program.start_aside(["cat"], "x" * size)
    ran: Any = program.finish(started)
    printed.seek(0)
    assert (ran.returncode, len(printed.read())) == (0, size)
    printed.close()
