# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A run is killed while nft loads its rules: nft goes on, and nobody can take back what is not there yet."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path
from typing import Optional, Tuple

import pytest
from labhost import LabHost
from scenarios import DEMO, Declaration, run

#: As nft, but slow to load rules of the host; it leaves a file when it begins to, and another one when it has.
_SLOW = """#!/bin/sh
[ "$*" = "-f -" ] && [ "$(readlink /proc/self/ns/net)" = "{home}" ] || exec {nft} "$@"
: > {folder}/begun
sleep 1
{nft} "$@"
status=$?
: > {folder}/ended
exit $status
"""
_DEADLINE = 30.0  # seconds


@pytest.mark.parametrize("following", [None, DEMO], ids=["removed", "made again"])
def test_the_next_run_waits_for_it_and_then_takes_it_back(
    fresh_host: LabHost, tmp_path: Path, following: Optional[Declaration]
) -> None:
    had_ended, first, left = fresh_host.run(_killed_while_nft_loads, str(tmp_path), following)
    assert had_ended
    assert first.startswith("take back the interrupted run")
    assert left == ()


# --- in the lab host


def _killed_while_nft_loads(folder: str, following: Optional[Declaration]) -> Tuple[bool, str, Tuple[str, ...]]:
    """Whether nft was done when the next run was, that run's first line, and what is still to do after it."""
    slow, begun, ended = (Path(folder) / name for name in ("nft", "begun", "ended"))
    slow.write_text(_SLOW.format(nft=shutil.which("nft"), folder=folder, home=os.readlink("/proc/self/ns/net")))
    slow.chmod(0o755)
    child = os.fork()
    if child == 0:
        try:
            os.environ["PATH"] = folder + os.pathsep + os.environ["PATH"]
            run(DEMO)
        finally:
            os._exit(1)
    _wait_for(begun)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    actions = run(following).actions
    had_ended = ended.exists()
    _wait_for(ended)
    if following is None:
        tables = subprocess.run(["nft", "list", "tables"], stdout=subprocess.PIPE, check=True, encoding="utf-8").stdout
        return had_ended, actions[0], tuple(tables.splitlines())
    return had_ended, actions[0], run(following).actions


def _wait_for(path: Path) -> None:
    end = time.monotonic() + _DEADLINE
    while not path.exists():
        assert time.monotonic() < end, path
        time.sleep(0.01)
