# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""dockerd: what ``docker run --net=bridge -p`` takes above ``docker run --net=none``.

The daemon lives inside the lab host and ends with it. Its image is the static busybox of the distribution.
"""

from __future__ import annotations

import os
import subprocess
import tarfile
import time
from pathlib import Path
from typing import List, Optional

from ..declaration import endpoints
from ..places import program
from ..sample import BenchmarkError, Sample, run
from ..trials import Trial
from . import Runner, Steps

_BUSYBOX = Path("/bin/busybox")
_GROUP = "linuxnet-bench"


class Docker(Runner):
    name = "dockerd"
    limit = 5

    def missing(self) -> Optional[str]:
        if not program("dockerd"):
            return "docker.io"
        return None if _BUSYBOX.exists() else "busybox-static"

    def steps(self, trial: Trial, folder: Path) -> Steps:
        daemon = _start(folder)
        try:
            _image(folder)
            plain = _containers(trial.size, network=False)
            networked = _containers(trial.size, network=True)
            yield "build", Sample(networked - plain, 0.0, "")
        finally:
            daemon.terminate()
            daemon.wait()
            _forget_groups()


def _docker(*arguments: str) -> Sample:
    return run([str(program("docker")), "-H", "unix:///run/docker.sock"] + list(arguments))


def _start(folder: Path) -> "subprocess.Popen[bytes]":
    argv = [
        str(program("dockerd")), "-H", "unix:///run/docker.sock", "--storage-driver", "vfs", "--bip", "10.100.0.1/22",
        "--cgroup-parent", "/" + _GROUP, "--userland-proxy=false",
    ]  # fmt: skip
    with open(folder / "dockerd.log", "w") as log:
        daemon = subprocess.Popen(argv, stdout=log, stderr=log, env=dict(os.environ, HOME=str(folder)))
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and daemon.poll() is None:
        try:
            _docker("version")
            return daemon
        except BenchmarkError:
            time.sleep(0.1)
    daemon.kill()
    raise BenchmarkError("dockerd does not answer: " + (folder / "dockerd.log").read_text()[-1000:])


def _image(folder: Path) -> None:
    with tarfile.open(folder / "image.tar", "w") as archive:
        archive.add(os.path.realpath(_BUSYBOX), "bin/busybox")
    _docker("import", str(folder / "image.tar"), "bench")


def _containers(size: int, network: bool) -> float:
    seconds = 0.0
    names: List[str] = []
    for item in endpoints(size):
        how = ["--net=bridge", "-p", "{0}:80".format(item.port)] if network else ["--net=none"]
        names.append(item.name)
        seconds += _docker("run", "-d", "--name", item.name, *how, "bench", "/bin/busybox", "sleep", "3600").seconds
    _docker("rm", "-f", *names)
    return seconds


def _forget_groups() -> None:
    """The control groups are the machine's: take away the empty ones that the daemon made for us."""
    for path in Path("/sys/fs/cgroup").glob("*/" + _GROUP):
        with_children = sorted(path.glob("**/"), key=lambda item: len(str(item)), reverse=True)
        for folder in with_children:
            try:
                folder.rmdir()
            except OSError:
                continue
