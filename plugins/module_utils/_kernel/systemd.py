# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""systemd as the host's process 1: whether it is, what it knows of units, and what it is told."""

from __future__ import annotations

import os
import subprocess
from typing import Dict, Iterable, Sequence

from . import gate
from .errors import FabricError

#: Where the administrator's units are, and ours (systemd.unit(5)).
UNIT_DIRECTORY = "/etc/systemd/system"


def why_not() -> str:
    """Why units that we leave here would not start anything at boot; empty where they do.

    A lab host or a container on a machine with systemd sees that machine's /etc and process 1, and must not touch
    either: so process 1 has to be in our own namespaces of mounts and networks.
    """
    if not os.path.isdir("/run/systemd/system"):  # sd_booted(3)
        return "systemd is not process 1 here"
    for kind, what in (("net", "network"), ("mnt", "mount")):
        if not _shared_with_process_1(kind):
            return "systemd is not in the {0} namespace of this run".format(what)
    return ""


def at_home() -> bool:
    """Whether this run sees the files that process 1 sees, whatever that is."""
    return _shared_with_process_1("mnt")


def _shared_with_process_1(kind: str) -> bool:
    try:
        own, first = (os.stat("/proc/{0}/ns/{1}".format(pid, kind)) for pid in ("self", "1"))
    except OSError:
        return False
    return (own.st_dev, own.st_ino) == (first.st_dev, first.st_ino)


def active_states(units: Iterable[str]) -> Dict[str, str]:
    """Unit → its ActiveState: ``active``, ``inactive``, ``failed``, ``activating`` … (systemctl(1))."""
    wanted = list(units)
    if not wanted:
        return {}
    found = _systemctl("show", "--property=ActiveState", "--value", *wanted).split()
    return dict(zip(wanted, found))


def status_texts(units: Iterable[str]) -> Dict[str, str]:
    """Unit → what its program says of itself (sd_notify(3), ``STATUS=``)."""
    wanted = list(units)
    if not wanted:
        return {}
    shown = _systemctl("show", "--property=StatusText", *wanted).split("\n\n")
    return {unit: text.strip().partition("=")[2] for unit, text in zip(wanted, shown)}


def main_processes(services: Iterable[str]) -> Dict[str, int]:
    """Service → its main process. Without those that do not run, and those that are being started or stopped."""
    wanted = list(services)
    if not wanted:
        return {}
    shown = _systemctl("show", "--property=Id,Names,MainPID,Job", *wanted)
    found: Dict[str, int] = {}
    for service, text in zip(wanted, shown.split("\n\n")):
        words = dict(line.split("=", 1) for line in text.splitlines() if "=" in line)
        pid = int(words.get("MainPID") or 0)
        if pid and not int(words.get("Job") or 0):
            found[service] = pid
    return found


def restart(unit: str) -> None:
    """Without waiting for it: what it waits for itself may wait for us, who hold the host."""
    gate.writing("systemd")
    _systemctl("restart", "--no-block", unit)


def daemon_reload() -> None:
    """Units are read again from their files."""
    gate.writing("systemd")
    _systemctl("daemon-reload")


def start(unit: str) -> None:
    """Without waiting for it: what it runs waits for us, who hold the host."""
    gate.writing("systemd")
    _systemctl("reset-failed", unit, may_fail=True)
    _systemctl("start", "--no-block", unit)


def start_and_wait(unit: str) -> None:
    """One that waits for nobody who waits for us. FabricError where it does not start."""
    gate.writing("systemd")
    _systemctl("reset-failed", unit, may_fail=True)
    _systemctl("start", unit)


def restart_and_wait(unit: str) -> None:
    """As ``start_and_wait``, of one that may run already."""
    gate.writing("systemd")
    _systemctl("reset-failed", unit, may_fail=True)
    _systemctl("restart", unit)


def load_again(unit: str, restart: bool) -> None:
    """One that is active reads its configuration again, or is restarted. FabricError where it does not."""
    gate.writing("systemd")
    _systemctl("try-restart" if restart else "try-reload-or-restart", unit)


def stop(unit: str) -> None:
    """Also one whose file is gone already; nothing is left of it, not even that it had failed."""
    gate.writing("systemd")
    _systemctl("stop", unit, may_fail=True)
    _systemctl("reset-failed", unit, may_fail=True)


def _systemctl(*words: str, may_fail: bool = False) -> str:
    command: Sequence[str] = ("systemctl", *words)
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False
    )
    if done.returncode and not may_fail:
        raise FabricError('"{0}" failed: {1}'.format(" ".join(command), (done.stderr or done.stdout).strip()))
    return done.stdout
