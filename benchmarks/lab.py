# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A throw-away host for every repetition: nothing of the machine is seen or changed, nothing is left over.

A process in network, mount, UTS, IPC and PID namespaces of its own, with an empty /run, an empty /var/lib and
/etc/netns on the storage of the trial, its own layer over /etc, and an uplink with a default route. The PID namespace
ends with its first process, so a daemon started inside cannot outlive the trial.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Dict, List

from .places import CHECKOUT, environment
from .storage import Disk, mounting
from .trials import Trial

_SETUP = """
set -e
mount -t tmpfs -o mode=755 tmpfs /run
$BENCH_MOUNT
mkdir -p /run/netns /mnt/lib /mnt/netns /mnt/upper /mnt/work
mount -t overlay -o lowerdir=/etc,upperdir=/mnt/upper,workdir=/mnt/work overlay /etc
mkdir -p /etc/netns
mount --bind /mnt/netns /etc/netns
mount --bind /mnt/lib /var/lib
hostname bench
ip link set lo up
ip link add uplink type veth peer name outside
ip address add 192.0.2.2/24 dev uplink
ip link set uplink up
ip link set outside up
ip route add default via 192.0.2.1
exec "$@"
"""
_UNSHARE = "unshare --net --mount --uts --ipc --pid --fork --kill-child --mount-proc --propagation private".split()


def in_fresh_host(trial: Trial, disk: Disk) -> List[Dict[str, Any]]:
    """Carry out a trial on a host made for it; its measurements, or one that says what went wrong."""
    settle()
    inner = ["sh", "-c", _SETUP, "lab", sys.executable, "-m", "benchmarks.trial"]
    own = environment()
    own["PYTHONPATH"] = "{0}:{1}".format(CHECKOUT, own["PYTHONPATH"])
    with mounting(trial.storage, disk) as variables:
        process = subprocess.run(
            _UNSHARE + inner, input=json.dumps(trial._asdict()), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            universal_newlines=True, env=dict(own, **variables),
            cwd=str(CHECKOUT), check=False,
        )  # fmt: skip
    if process.returncode:
        return [trial.row("", error=process.stderr.strip()[-1500:] or "exit status")]
    found: List[Dict[str, Any]] = json.loads(process.stdout)
    return found


def settle(limit: float = 60.0) -> None:
    """Wait until the kernel has cleared away the namespaces of the last trial; it does so after we are told."""
    deadline = time.monotonic() + limit
    while time.monotonic() < deadline:
        time.sleep(0.2)
        if not any("+netns" in _name(path) for path in Path("/proc").glob("[0-9]*/comm")):
            return


def _name(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""
