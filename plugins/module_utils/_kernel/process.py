# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""When processes were started: with its pid, that is who a process is, for a pid comes back as another's."""

from __future__ import annotations

import os
import time
from typing import Optional

#: Field 22 of /proc/PID/stat (proc(5)), counted from the third: the second is a name, which may hold blanks.
_STATE, _STARTTIME = 0, 19


def started(pid: int) -> Optional[str]:
    """In ticks since the boot; None when it is not there, or only its remains are."""
    try:
        with open("/proc/{0}/stat".format(pid), encoding="utf-8", errors="replace") as file:
            fields = file.read().rpartition(")")[2].split()
    except OSError:
        return None
    return fields[_STARTTIME] if fields[_STATE] not in ("Z", "X") else None


def age() -> float:
    """Seconds since this process was started; 0 where /proc does not say."""
    ticks = started(os.getpid())
    if ticks is None:
        return 0.0
    return max(0.0, time.clock_gettime(time.CLOCK_BOOTTIME) - int(ticks) / os.sysconf("SC_CLK_TCK"))
