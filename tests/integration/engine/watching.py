# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What ``ip monitor all`` and ``nft monitor`` see while a function runs, between two marks of our own."""

from __future__ import annotations

import os
import signal
import subprocess
from typing import Any, Callable, Dict, List, Tuple

from world import store_bytes

_MARK = "203.0.113.{0}"
_TABLE = "watching{0}"


def writes_during(function: Callable[[], Any]) -> Tuple[Any, List[str]]:
    """(what the function returned, every line that a monitor printed meanwhile, every file that is another now)."""
    monitors = [_Monitor(["ip", "monitor", "all"]), _Monitor(["nft", "monitor"])]
    try:
        _until_both_see(monitors, 1)
        files = store_bytes()
        answer = function()
        changed = _changed(files, store_bytes())
        seen = _until_both_see(monitors, 2)
    finally:
        for monitor in monitors:
            monitor.close()
    return answer, [line for line in seen if not _is_mark(line)] + changed


def quiet_writes_during(function: Callable[[], Any]) -> Tuple[Any, List[str]]:
    """The same, tried again where the kernel had something of its own to say (carrier, IPv6): a write shows always."""
    for _attempt in range(40):
        answer, seen = writes_during(function)
        if not seen:
            break
    return answer, seen


class _Monitor:
    def __init__(self, command: List[str]) -> None:
        self._process = subprocess.Popen(["stdbuf", "-oL", *command], stdout=subprocess.PIPE, text=True)

    def until(self, mark: str) -> List[str]:
        assert self._process.stdout is not None
        seen = []
        for line in self._process.stdout:
            seen.append(line.rstrip())
            if mark in line:
                return seen
        raise AssertionError("the monitor ended: {0}".format(seen))

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()


def _until_both_see(monitors: List[_Monitor], number: int) -> List[str]:
    """Marks are set until they are seen: the first ones may come before a monitor listens."""
    address, table = _MARK.format(number), _TABLE.format(number)
    loop = (
        "while :; do ip neigh replace {0} lladdr 02:00:00:00:00:01 dev up0 nud permanent; ip neigh delete {0} dev up0; "
        "nft add table ip {1}; nft delete table ip {1}; done"
    ).format(address, table)
    marking = subprocess.Popen(["sh", "-c", loop], start_new_session=True)
    try:
        return [line for monitor, mark in zip(monitors, (address, table)) for line in monitor.until(mark)]
    finally:
        os.killpg(marking.pid, signal.SIGKILL)  # with the command that it runs at this moment
        marking.wait()
        subprocess.run(["ip", "neigh", "delete", address, "dev", "up0"], stderr=subprocess.DEVNULL, check=False)
        subprocess.run(["nft", "delete", "table", "ip", table], stderr=subprocess.DEVNULL, check=False)


def _is_mark(line: str) -> bool:
    return "203.0.113." in line or "watching" in line or line.startswith("# new generation")


def _changed(before: Dict[str, Any], after: Dict[str, Any]) -> List[str]:
    return ["file " + path for path in sorted(set(before) | set(after)) if before.get(path) != after.get(path)]
