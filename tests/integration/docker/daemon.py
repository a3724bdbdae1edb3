# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A real dockerd inside a lab host: it sees that host's network and a machine of its own, and ends with it."""

from __future__ import annotations

import os
import shutil
import subprocess
import tarfile
import uuid
from pathlib import Path
from typing import Any, List, Optional, Sequence

from tests.lab.place import Host, Place, Refused
from tests.lab.waiting import wait_for

BUSYBOX = Path("/bin/busybox")
#: The distribution's own client first: a newer one beside it no longer speaks to an old daemon.
CLIENTS = "/usr/bin:/usr/local/bin"
GROUP = "linuxnet-compared-{0}".format(os.getpid())

#: Everything that the daemon writes is in memory and its own. The lab host's /sys hides the control groups, so the
#: machine's mounts are where this starts from, with the lab's /sys made anew over them.
SETUP = """
set -e
mount -t tmpfs -o mode=755 tmpfs /run
mount -t tmpfs -o mode=755 tmpfs /var/lib
mkdir -p /run/upper /run/work /run/groups
mount -t overlay -o lowerdir=/etc,upperdir=/run/upper,workdir=/run/work overlay /etc
rm -rf /etc/docker
mount --rbind /sys/fs/cgroup /run/groups
mount -t sysfs sysfs /sys
mount --rbind /run/groups /sys/fs/cgroup
"$@"
exit $?
"""
UNSHARE = "unshare --mount --ipc --pid --fork --kill-child --mount-proc --propagation private".split()


def missing() -> str:
    """What this machine lacks to run dockerd, in words; empty when nothing."""
    lacking = [name for name in ("dockerd", "containerd", "runc", "iptables") if not _program(name)]
    return ", ".join(lacking + ([] if BUSYBOX.exists() else ["busybox-static"]))


def version() -> str:
    """As in "20.10.24"."""
    said = subprocess.run([str(_program("dockerd")), "--version"], stdout=subprocess.PIPE, check=True, text=True)
    return said.stdout.split("version ")[1].split("+")[0].split(",")[0]


def _program(name: str) -> Optional[str]:
    return shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")


class Daemon:
    """dockerd in the host's network. A context manager; nothing of it is left when it is closed."""

    def __init__(self, host: Host, folder: Path, options: Sequence[str] = ()) -> None:
        self._host, self._folder = host, folder
        self._socket = "unix://{0}/docker.sock".format(folder)
        self._options = list(options)
        self._group = GROUP + uuid.uuid4().hex[:8]

    def __enter__(self) -> "Daemon":
        network = Place("dockerd", ["nsenter", "--target", str(self._host.pid), "--net", "--uts", "--"])
        daemon = [
            str(_program("dockerd")), "-H", self._socket, "--storage-driver", "vfs", "--cgroup-parent",
            "/" + self._group,
        ]  # fmt: skip
        self._log = open(self._folder / "dockerd.log", "w")
        self._process = network.popen(
            UNSHARE + ["sh", "-c", SETUP, "dockerd"] + daemon + self._options,
            stdout=self._log,
            env=dict(os.environ, HOME=str(self._folder)),
        )
        try:
            wait_for(self._answers, 60, "dockerd to answer: see {0}/dockerd.log".format(self._folder))
            self._import_image()
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(self, *_what: Any) -> None:
        self._end()

    def _end(self) -> None:
        self._process.kill()
        self._process.wait()
        self._log.close()
        wait_for(self._groups_are_gone, 20, "the daemon's control groups to be empty")

    def _answers(self) -> bool:
        if self._process.poll() is not None:
            raise Refused("dockerd ended: " + (self._folder / "dockerd.log").read_text()[-2000:])
        return self.ask("version", check=False).returncode == 0

    def ask(self, *words: str, check: bool = True) -> "subprocess.CompletedProcess[str]":
        client = str(shutil.which("docker", path=CLIENTS))
        done = subprocess.run([client, "-H", self._socket, *words], capture_output=True, text=True)
        if check and done.returncode:
            raise Refused("docker {0}: {1}".format(" ".join(words), done.stderr))
        return done

    def told(self, *words: str) -> str:
        return self.ask(*words).stdout.strip()

    def _import_image(self) -> None:
        image = self._folder / "image.tar"
        with tarfile.open(image, "w") as archive:
            archive.add(os.path.realpath(BUSYBOX), "bin/busybox")
        self.ask("import", str(image), "probe")

    def container(self, name: str) -> Place:
        """Runs this machine's programs in the container's network."""
        inside = self.told("inspect", "--format", "{{.NetworkSettings.SandboxKey}}", name)
        return Place(name, self._mounts() + ["nsenter", "--net=" + inside.replace("/var/run", "/run"), "--"])

    def _mounts(self) -> List[str]:
        parent = self._process.pid
        first = Path("/proc/{0}/task/{0}/children".format(parent)).read_text().split()[0]
        return ["nsenter", "--target", first, "--mount", "--"]

    def _groups_are_gone(self) -> bool:
        """The control groups are the machine's: take away the empty ones that the daemon made for us."""
        for path in Path("/sys/fs/cgroup").glob("**/" + self._group):
            for folder in sorted(path.glob("**/"), key=lambda item: len(str(item)), reverse=True):
                try:
                    folder.rmdir()
                except OSError:
                    return False
        return True
