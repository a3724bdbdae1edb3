# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Apply, then confirm: a timer on the host that takes a run back unless somebody confirms it in time.

For a host that is managed over the network which the run changes. The timer is a process of its own, started
before the first change; it needs no connection, no daemon, and nothing but the journal.
"""

from __future__ import annotations

import os
import time
from dataclasses import replace

from .._kernel import process
from .._kernel.changes import RUN, Change, Subject
from .._kernel.errors import FabricError
from .._kernel.host import Host
from . import journal as journals
from . import recovery
from .interrupted import UNCONFIRMED, VERIFIED, Timer
from .lock import host_lock
from .report import Result

_POLL = 0.1  # seconds


def arm(timeout: float) -> Timer:
    """Start the timer; the run's journal is to say which process it is. FabricError when there is none.

    Called before the lease store is opened: SQLite's connections do not survive a fork.
    """
    nonce, caller = os.urandom(8).hex(), os.getpid()
    told, tell = os.pipe()
    child = os.fork()
    if child:
        os.close(tell)
        os.waitpid(child, 0)
        pid = os.read(told, 32)
        os.close(told)
        if not pid:  # whoever was to start it died before
            raise FabricError(
                "the process that would take this run back unless it is confirmed could not be started, so nothing was "
                "changed; see that this host can start processes (memory, pids), or run without confirm_timeout"
            )
        return Timer(nonce, int(pid), process.started(int(pid)))
    try:
        os.setsid()
        timer = os.fork()
        if timer == 0:
            _let_go()
            _watch(nonce, timeout, caller)
        else:
            os.write(tell, b"%d" % timer)
    finally:
        os._exit(0)


def confirm() -> Result:
    """Keep what the last run did. The caller holds the host's lock."""
    record = journals.read()
    if record is None or record.reached != UNCONFIRMED:
        raise FabricError(
            "there is nothing to confirm: no run waits for it. It was confirmed already, or the time was over and "
            "the host went back by itself"
        )
    journals.set_reached(VERIFIED)
    with Host() as host:
        finished = recovery.finish_interrupted(host)
    change = Change(
        "confirm the run of topology {0}".format(record.topology), Subject(topology=record.topology, part=RUN)
    )
    return replace(finished, changes=(change,), kinds=())


def _let_go() -> None:
    """Of the connection that brought the module here: Ansible waits until its pipes are closed."""
    os.chdir("/")
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(null, descriptor)
    os.closerange(3, os.sysconf("SC_OPEN_MAX") if os.sysconf("SC_OPEN_MAX") < 65536 else 65536)


def _watch(nonce: str, timeout: float, caller: int) -> None:
    """Until the time is over, or the journal with this nonce has come and gone, or its run has ended without one."""
    deadline, begun = time.monotonic() + timeout, False
    while time.monotonic() < deadline:
        running = process.started(caller) is not None
        pending = _pending(nonce)
        if not pending and (begun or not running):
            return
        begun = begun or pending
        time.sleep(_POLL)
    with host_lock(timeout=3600, check_mode=False):
        if _pending(nonce):
            with Host() as host:
                recovery.take_back(host)


def _pending(nonce: str) -> bool:
    record = journals.read()
    if record is None or record.timer is None:
        return False
    return record.timer.nonce == nonce and record.reached != VERIFIED
