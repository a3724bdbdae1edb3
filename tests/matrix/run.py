# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Running the smoke of one row: in an entered root on this machine's kernel, or in a booted one."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from pathlib import Path
from typing import List

from tests.lab.place import die_with_parent

from . import payload, roots
from .releases import Row
from .result import Result, read
from .sources import Unavailable

HERE = Path(__file__).resolve().parent
#: Seconds. Long: they end what hangs, and measure nothing.
USERLAND_LIMIT, KERNEL_LIMIT = 600, 2400


def run(row: Row, logs: Path) -> Result:
    """What happened to a row; what it said goes into two files of ``logs``."""
    log = logs / (row.name.replace(" ", "-").replace(",", "") + ".log")
    try:
        roots.need("zstd", "nsenter", "unshare")
        began = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="matrix-") as directory:
            packed = Path(directory) / "payload.tar"
            results = log.with_suffix(".jsonl")
            results.write_text("")
            payload.pack(row, packed)
            limit = KERNEL_LIMIT if row.kernel else USERLAND_LIMIT
            command = _boot(row, packed, results) if row.kernel else _enter(row, packed, results)
            ended = _run(command, log, limit)
            lines = results.read_text(errors="replace").splitlines()
        seconds = time.monotonic() - began
        return read(row.name, lines, "{0}, see {1}".format(ended, log), seconds=seconds, refused=bool(row.refused))
    except Unavailable as reason:
        return Result(row.name, skipped=str(reason))
    except (OSError, RuntimeError, subprocess.SubprocessError) as error:
        return Result(row.name, failed=(("the root and what goes into it can be made", str(error)),))


def _enter(row: Row, packed: Path, results: Path) -> List[str]:
    place = roots.cache() / "place"
    place.mkdir(exist_ok=True)
    spaces = ["--mount", "--net", "--uts", "--ipc", "--pid", "--fork", "--kill-child", "--propagation", "private"]
    tree = roots.tree(row.root)
    return ["unshare", *spaces, str(HERE / "enter"), str(tree), str(packed), str(place), str(results)]


def _boot(row: Row, packed: Path, results: Path) -> List[str]:
    """No acceleration by the processor is asked for: where this runs there is often none."""
    assert row.kernel is not None
    image = roots.image(row.kernel)
    kernel_words = "root=/dev/vda rw console=ttyS0 quiet panic=-1 random.trust_cpu=on mitigations=off init=/fabric-init"
    kernel_words += " no_timer_check"  # on a busy machine the emulated timer is late for that
    command = ["nice", "qemu-system-x86_64", "-accel", "tcg,thread=multi", "-cpu", "qemu64,+rdrand", "-smp", "2"]
    command += ["-m", "3072", "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot"]
    command += ["-kernel", str(image / "vmlinuz"), "-initrd", str(image / "initrd"), "-append", kernel_words]
    disks = (("{0}".format(image / "root.ext4"), "snapshot=on"), (str(packed), "readonly=on"))
    for path, how in disks:
        command += ["-drive", "file={0},format=raw,if=virtio,{1}".format(path, how)]
    return [*command, "-serial", "stdio", "-serial", "file:" + str(results)]


def _run(command: List[str], log: Path, limit: int) -> str:
    """How it ended, in words."""
    with open(str(log), "w") as file:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            preexec_fn=die_with_parent,
            env=dict(os.environ, LC_ALL="C"),
        )
        try:
            return "it ended with code {0}".format(process.wait(limit))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            return "it was ended after {0} s".format(limit)
