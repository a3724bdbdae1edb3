# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""python -m tests.lab: a lab by hand, or held for Molecule.

shell [HOST]            a lab with a shell in it (default: on its host); leaving the shell ends the lab
run HOST -- COMMAND     the same for one command
create FILE [HOST...]   a lab that stays; FILE (JSON) tells its parties' names, pids and addresses
destroy FILE            end it
exec FILE HOST -- COMMAND   run a command in a lab that stays
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import List

from .lab import Lab, missing
from .place import Host


def create(file: Path, names: List[str]) -> int:
    if file.exists():
        destroy(file)
    lab = Lab(names or ["node1"], detached=True)
    parties = {name: {"pid": party.pid, "ipv4": party.ipv4, "ipv6": party.ipv6} for name, party in lab.parties.items()}
    file.write_text(json.dumps({"parties": parties, "holders": {pid: started(pid) for pid in lab.pids}}, indent=1))
    return 0


def started(pid: int) -> str:
    """A process's start time: with its pid it names one process for ever."""
    try:
        with open("/proc/{0}/stat".format(pid)) as file:
            return file.read().rsplit(")", 1)[1].split()[19]
    except OSError:
        return ""


def destroy(file: Path) -> int:
    """Ends the holders and whatever still runs in their network namespaces."""
    if not file.exists():
        return 0
    holders = json.loads(file.read_text())["holders"]
    living = [int(pid) for pid, when in holders.items() if started(int(pid)) == when]
    spaces = {os.readlink("/proc/{0}/ns/mnt".format(pid)) for pid in living} - {os.readlink("/proc/self/ns/mnt")}
    for pid in living + [pid for pid in processes() if mount_space(pid) in spaces and pid not in living]:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
    file.unlink()
    return 0


def processes() -> List[int]:
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]


def mount_space(pid: int) -> str:
    try:
        return os.readlink("/proc/{0}/ns/mnt".format(pid))
    except OSError:
        return ""


def held(file: Path, name: str) -> Host:
    party = json.loads(file.read_text())["parties"][name]
    return Host(name, party["pid"], party["ipv4"], party["ipv6"])


def main(args: List[str]) -> int:
    if missing():
        print("a lab needs " + missing(), file=sys.stderr)
        return 1
    action, rest = (args[0] if args else ""), args[1:]
    if action == "shell":
        rest = [rest[0] if rest else "node1", "--", os.environ.get("SHELL", "/bin/sh")]
        action = "run"
    if action == "run" and len(rest) > 2 and rest[1] == "--":
        with Lab() as lab:
            return subprocess.run(lab.parties[rest[0]].enter + rest[2:]).returncode
    if action == "create" and rest:
        return create(Path(rest[0]), rest[1:])
    if action == "destroy" and rest:
        return destroy(Path(rest[0]))
    if action == "exec" and len(rest) > 3 and rest[2] == "--":
        return subprocess.run(held(Path(rest[0]), rest[1]).enter + rest[3:]).returncode
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
