# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Other programs: what they are fed and print, and on which processors they and this thread may be."""

from __future__ import annotations

import os
import sys
from typing import Set

import pytest

from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel import program
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.errors import FabricError

#: It asks when it was let go.
_ALLOWED = "import os, time; time.sleep(0.3); print(*sorted(os.sched_getaffinity(0)))"


def test_a_program_that_is_waited_for_may_be_wherever_this_one_may() -> None:
    before = os.sched_getaffinity(0)
    ran = program.run([sys.executable, "-c", _ALLOWED])
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
    ran = program.Aside(["cat"], "x" * size).finish()
    assert (ran.returncode, len(ran.stdout)) == (0, size)


def test_what_a_program_says_besides_is_kept_apart() -> None:
    ran = program.run(["sh", "-c", "cat; echo trouble >&2; exit 3"], "\u00e9\udcff\n")
    assert (ran.returncode, ran.stdout, ran.stderr) == (3, "\u00e9\udcff\n", "trouble\n")


def test_a_program_that_hangs_is_killed_in_time_and_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(program, "PATIENCE", 0.05)
    started = program.Aside(["sleep", "600"])
    with pytest.raises(FabricError, match="sleep 600: no end after 0.05 s"):
        started.finish()
    assert not is_alive(started)


def test_one_that_nobody_reads_is_ended_and_that_may_be_said_again() -> None:
    started = program.Aside(["sleep", "600"])
    started.give_up()
    started.give_up()
    assert not is_alive(started)


def test_a_kernel_without_descriptors_of_processes_waits_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(_pid: int) -> int:
        raise OSError(38, "Function not implemented")

    monkeypatch.setattr(os, "pidfd_open", absent)
    assert program.run(["echo", "there"]).stdout == "there\n"


def is_alive(started: program.Aside) -> bool:
    return os.path.exists("/proc/{0}".format(started.process.pid))
