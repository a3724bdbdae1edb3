# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""podman and docker themselves on a lab host that boots, with an image made of busybox: no registry is asked.

    install(host)                       # docker runs from now on, and after each boot
    host.run(["podman", "run", "--detach", "--name", "web", ..., IMAGE, *serving("web")])

What they write stays on the host's disk over its reboots. Their layers are plain directories (``vfs``), for that disk
is an overlay itself; their limits are off, for there are no controllers of control groups in a lab.
"""

from __future__ import annotations

import os
import shutil
from typing import List

from .booted_host import BootedHost

IMAGE = "busybox:lab"
_TREE = "/root/busybox"
_DOCKER = 'DOCKER_OPTS="--storage-driver=vfs --bridge=none --iptables=false"\n'
_PODMAN = {
    "containers.conf": '[containers]\npids_limit = 0\n\n[engine]\nruntime = "runc"\n',
    "storage.conf": '[storage]\ndriver = "vfs"\nrunroot = "/run/containers/storage"\n'
    'graphroot = "/var/lib/containers/storage"\n',
}


def missing() -> str:
    """What this machine lacks of them, in words; empty when nothing."""
    path = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
    programs = ("dockerd", "docker", "podman", "runc", "busybox")
    return ", ".join(program for program in programs if not shutil.which(program, path=path))


def install(host: BootedHost) -> None:
    host.write("/etc/default/docker", _DOCKER)
    for name, text in _PODMAN.items():
        host.write("/etc/containers/" + name, text)
    host.run(["systemctl", "enable", "--now", "docker"])
    make = "mkdir -p {0}/bin && cp /bin/busybox {0}/bin && tar -C {0} -c . >{0}.tar"
    host.run(["sh", "-c", make.format(_TREE)])
    for program in ("docker", "podman"):
        host.run([program, "import", _TREE + ".tar", IMAGE])


def serving(page: str) -> List[str]:
    """A command inside such a container: a page at port 80, which says this."""
    script = "busybox mkdir -p /www && echo {0} >/www/index.html && exec busybox httpd -f -p 80 -h /www"
    return ["/bin/busybox", "sh", "-c", script.format(page)]
