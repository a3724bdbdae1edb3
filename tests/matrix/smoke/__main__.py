# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""python3 -m tests.matrix.smoke RESULTS userland|kernel|refused [WORD...]

Writes a line of JSON for each step into RESULTS. ``kernel``: a distribution's, booted for this, that is tried for more
features; elsewhere that would load modules into somebody's kernel. ``refused``: this target is below what is supported;
an apply must say so in one line that has every WORD (with a blank for each _), and change nothing.
"""

from __future__ import annotations

import importlib
import os
import platform
import re
import subprocess
import sys
from importlib import metadata
from typing import Dict, List

from tests.lab import Lab

from .declarations import FIRST
from .features import FEATURES, kernel_has
from .steps import NotReached, Steps, holds, module, same
from .story import Story
from .world import difference, world


def versions() -> Dict[str, str]:
    """What the target has. Libraries are looked for where modules look for them."""
    found = {"linux": platform.release(), "python": platform.python_version(), "nft": "none"}
    said = subprocess.run(["nft", "--version"], stdout=subprocess.PIPE, universal_newlines=True, check=False).stdout
    number = re.search(r"v(\d[\w.]*)", said)
    if number:
        found["nft"] = number.group(1)
    sys.path.insert(0, os.environ.get("FABRIC_CORE", ""))
    for name in ("pyroute2", "netaddr"):
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            found[name] = "none"
    found["ansible-core"] = str(importlib.import_module("ansible.release").__version__)
    return found


def refused(steps: Steps, words: List[str]) -> None:
    with Lab() as lab:
        before = world(lab.host)
        with steps("refused in one line"):
            said = module(lab.host, "topology", FIRST, fail=True)["msg"]
            holds(len(said.splitlines()) == 1, "more than one line: " + said)
            missing = [word for word in words if word not in said]
            holds(not missing, "it does not name {0}: {1}".format(", ".join(missing), said))
        with steps("nothing was changed"):
            same(difference(before, world(lab.host)), "", "before and after")


def story(steps: Steps) -> None:
    with Lab() as lab:
        try:
            Story(lab, steps).tell()
        except NotReached as name:
            steps.tell(unreached=str(name))


def features(steps: Steps) -> None:
    with Lab() as lab, steps("the kernel has what the features need"):
        same([name for name, there in kernel_has(lab).items() if not there], [], "lacking")
    for feature, hosts in FEATURES:
        with Lab(hosts) as lab:
            try:
                feature(lab, steps)
            except NotReached as name:
                steps.tell(unreached=str(name))


def main(args: List[str]) -> int:
    with open(args[0], "w", encoding="utf-8") as out:
        steps = Steps(out)
        steps.tell(versions=versions())
        if args[1] == "refused":
            refused(steps, [word.replace("_", " ") for word in args[2:]])
        else:
            story(steps)
        if args[1] == "kernel":
            features(steps)
        steps.tell(done=True, failed=steps.failed)
    return 1 if steps.failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
