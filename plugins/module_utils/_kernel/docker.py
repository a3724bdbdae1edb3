# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Docker's daemon: whether it runs, what keeps it from reading its file as we write it, and that it is told to.

And the program that it starts containers by with our runtime: ``oci_runtime.py`` as a file that Python runs.
"""

from __future__ import annotations

import functools
import json
import os
import pkgutil
import shutil
import signal
import sys
import time
from typing import List, Optional

from . import files, gate, program
from .names import DOCKER_CONFIGURATION, DOCKER_RUNTIME, MARK

_PID_FILE = "/run/docker.pid"  # dockerd(8), --pidfile
#: Seconds for it to take up its file: it is told by a signal, which nobody answers.
_PATIENCE = 10.0
#: Options of dockerd(8) beside which it does not take runtimes from its file, or takes another file.
_IN_THE_WAY = ("--add-runtime", "--config-file")


@functools.lru_cache(maxsize=None)
def runtime_program() -> str:
    """The text of the program, by the Python that applied, without what somebody's environment says."""
    source = pkgutil.get_data(__package__ or "", "oci_runtime.py") or b""
    first = "#!{0} -IS\n# {1}: written by the tool; a change made here is undone by the next run\n"
    return first.format(sys.executable, MARK.rstrip("/")) + source.decode("utf-8")


def in_the_way() -> str:
    """Why the daemon that runs would not take a runtime from its file, or not start again with it; empty: it would."""
    pid = _daemon()
    found = [word for word in (_command(pid) if pid else ()) if word.partition("=")[0] in _IN_THE_WAY]
    if not found:
        return ""
    option, _equals, value = found[0].partition("=")
    if option == "--config-file" and value == DOCKER_CONFIGURATION:
        return ""
    return "docker was started with {0}, and so takes no runtime from {1}".format(found[0], DOCKER_CONFIGURATION)


def without_runtime() -> str:
    """That the daemon, which runs, has no runtime of ours though its file says so; empty: it has."""
    if _daemon() is None or _has_runtime():
        return ""
    text = "docker has not read runtimes.{0} of {1}; reload it (systemctl reload docker), and its journal says why not"
    return text.format(DOCKER_RUNTIME, DOCKER_CONFIGURATION)


def reload(wanted: bool) -> None:
    """It reads its file again, if it runs; its containers go on. ``wanted``: until it has our runtime, which is waited
    for, as nobody answers a signal; it keeps one that was taken out until its next start."""
    gate.writing("docker")
    pid = _daemon()
    if pid is None:
        return
    os.kill(pid, signal.SIGHUP)
    end = time.monotonic() + _PATIENCE
    while wanted and not _has_runtime() and time.monotonic() < end:
        time.sleep(0.05)


def _has_runtime() -> bool:
    """Where there is no client that could ask, it is believed to."""
    if not shutil.which("docker"):
        return True
    told = program.run(["docker", "info", "--format", "{{json .Runtimes}}"])
    try:
        return DOCKER_RUNTIME in json.loads(told.stdout)
    except (ValueError, TypeError):
        return False


def _daemon() -> Optional[int]:
    """Its process; None where it does not run."""
    try:
        pid = int(files.read(_PID_FILE) or 0)
    except ValueError:
        return None
    return pid if pid and (files.read("/proc/{0}/comm".format(pid)) or "").strip() == "dockerd" else None


def _command(pid: int) -> List[str]:
    return (files.read("/proc/{0}/cmdline".format(pid)) or "").split("\0")
