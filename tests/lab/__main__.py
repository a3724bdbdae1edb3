# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""python -m tests.lab: a lab by hand, or held for Molecule.

shell [HOST]            a lab with a shell in it (default: on its host); leaving the shell ends the lab
boot [HOST...]          the same, with hosts that boot; the shell is on the first
run HOST -- COMMAND     a lab for one command
create FILE [HOST...]   a lab that stays; FILE (JSON) tells its parties' names, pids and addresses
destroy FILE            end it
exec FILE HOST -- COMMAND   run a command in a lab that stays
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import List

from .booted import BootedLab
from .lab import Lab, create, destroy, missing
from .place import Host


def held(file: Path, name: str) -> Host:
    party = json.loads(file.read_text())["parties"][name]
    return Host(name, party["pid"], party["ipv4"], party["ipv6"])


def main(args: List[str]) -> int:
    if missing():
        print("a lab needs " + missing(), file=sys.stderr)
        return 1
    action, rest = (args[0] if args else ""), args[1:]
    if action == "boot":
        with BootedLab(rest) as lab:
            return subprocess.run(lab.host.enter + [os.environ.get("SHELL", "/bin/sh")]).returncode
    if action == "shell":
        rest = [rest[0] if rest else "node1", "--", os.environ.get("SHELL", "/bin/sh")]
        action = "run"
    if action == "run" and len(rest) > 2 and rest[1] == "--":
        with Lab() as lab:
            return subprocess.run(lab.parties[rest[0]].enter + rest[2:]).returncode
    if action == "create" and rest:
        create(Path(rest[0]), rest[1:])
        return 0
    if action == "destroy" and rest:
        destroy(Path(rest[0]))
        return 0
    if action == "exec" and len(rest) > 3 and rest[2] == "--":
        return subprocess.run(held(Path(rest[0]), rest[1]).enter + rest[3:]).returncode
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
