# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Peers as a newer Debian has them, out of a tree of that release, where one was made (``--make-debian-13``).

A trial's host mounts a layer over the tree and its own /proc, /sys, /dev, /run and /var/lib into it; the peers run in
there by chroot(8), under the kernel of the machine. Handles that come into /run/netns later are seen in there, too.
"""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import List, Optional

from tests.matrix import roots
from tests.matrix.releases import ROOT_13_PEERS

WORDS = "Debian 13"
_PLACE = Path("/mnt/debian")
_MOUNT = """set -e
mkdir -p {0} /mnt/debian-upper /mnt/debian-work
mount -t overlay -o lowerdir={1},upperdir=/mnt/debian-upper,workdir=/mnt/debian-work overlay {0}
mount --bind /run/netns /run/netns
mount --make-shared /run/netns
for each in /proc /sys /dev /run /var/lib; do mkdir -p {0}$each; mount --rbind $each {0}$each; done
"""


def tree() -> Optional[Path]:
    return roots.found(ROOT_13_PEERS)


def make() -> Path:
    """Downloads its packages, once."""
    return roots.unpacked(ROOT_13_PEERS)


def enter() -> List[str]:
    """In a trial's host, once: mount it; what a program's command line then begins with."""
    subprocess.run(["sh", "-c", _MOUNT.format(_PLACE, tree())], check=True)
    return ["chroot", str(_PLACE)]
