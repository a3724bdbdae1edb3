# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a trial's host keeps its files: an ext4 that is new for it, as on a machine with a disk, or memory.

The ext4 is an image on the machine's own disk, behind a loop device that goes with the trial. It is as cold as that of
a host which has just booted: making a file on it is not as cheap as on one that has made many. Where there are no loop
devices it is a directory on the disk, which is warm.
"""

from __future__ import annotations

import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import Dict, Iterator, NamedTuple

from .places import OUTPUT, program

DISK, TMPFS = "disk", "tmpfs"
STORAGES = (DISK, TMPFS)
_SIZE = 1 << 30  # bytes, sparse; dockerd unpacks its image there
_IN_MEMORY = "mount -t tmpfs -o mode=755 tmpfs /mnt"


class Disk(NamedTuple):
    """``image``: an ext4 that is copied for each trial; None where the machine has no loop devices."""

    image: "Path | None"
    words: str


def prepare(folder: Path = OUTPUT) -> Disk:
    """Make the image once, and try whether it can be mounted."""
    folder.mkdir(parents=True, exist_ok=True)
    image, below = folder / "disk.ext4", _file_system_of(folder)
    maker = program("mkfs.ext4")
    if maker is not None:
        with open(str(image), "wb") as file:
            file.truncate(_SIZE)
        lazy = "lazy_itable_init=0,lazy_journal_init=0"  # else the kernel fills its tables while we measure
        subprocess.run([maker, "-q", "-F", "-E", lazy, str(image)], check=True)
        trial = "mount -o loop {0} /mnt".format(image)
        tried = subprocess.run(["unshare", "--mount", "--propagation", "private", "sh", "-c", trial], check=False,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip
        if tried.returncode == 0:
            return Disk(image, "an ext4 of its own for each trial, on a loop device, its image on " + below)
        image.unlink()
    return Disk(None, "a directory on {0}, for there is no loop device or no mkfs.ext4".format(below))


def _file_system_of(folder: Path) -> str:
    """``ext4 (/dev/vda)``."""
    found = subprocess.run(["findmnt", "-n", "-o", "FSTYPE,SOURCE", "-T", str(folder)], stdout=subprocess.PIPE,
                           universal_newlines=True, check=False).stdout.split()  # fmt: skip
    return "{0} ({1})".format(*found) if len(found) == 2 else "the machine's file system"


@contextmanager
def mounting(storage: str, disk: Disk, folder: Path = OUTPUT) -> Iterator[Dict[str, str]]:
    """The variables by which the trial's host mounts it at /mnt; what is behind it is gone afterwards."""
    if storage == TMPFS:
        yield {"BENCH_MOUNT": _IN_MEMORY}
        return
    with tempfile.TemporaryDirectory(prefix="disk-", dir=str(folder)) as place:
        if disk.image is None:
            yield {"BENCH_MOUNT": "mount --bind {0} /mnt".format(place)}
            return
        image = Path(place) / "ext4"
        subprocess.run(["cp", "--sparse=always", str(disk.image), str(image)], check=True)
        yield {"BENCH_MOUNT": "mount -o loop {0} /mnt".format(image)}
