# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The process that holds a host's namespaces: it dresses them as a fresh machine, says ready, and waits to be killed.

Run under ``unshare --net --mount --uts``. Uses the standard library and the program ip only.
"""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import sys

#: Seen from inside as on the machine; everything else under these directories is the host's own and empty at first.
KEEP = {"/var/lib": ("dpkg", "apt"), "/run": None}
HIDE = {"/run": ("netns", "linuxnet-fabric", "xtables.lock")}


MS_BIND, MS_REC, MS_PRIVATE = 0x1000, 0x4000, 0x40000
_libc = ctypes.CDLL(None, use_errno=True)


def mount(source: str, target: str, kind: str = "", flags: int = 0, data: str = "") -> None:
    """mount(2): the program would spend a process for each of some dozens."""
    if _libc.mount(source.encode(), target.encode(), kind.encode(), flags, data.encode()):
        raise OSError(ctypes.get_errno(), "mount {0} {1}".format(source, target))


def own_directory(path: str) -> None:
    """A new tmpfs in the place of path, with what is to stay bound into it from below."""
    below = "/proc/self/fd/{0}".format(os.open(path, os.O_RDONLY | os.O_DIRECTORY))
    keep = KEEP[path]
    entries = [name for name in os.listdir(below) if (keep is None or name in keep) and name not in HIDE.get(path, ())]
    mount("lab", path, "tmpfs", 0, "mode=0755")
    for name in entries:
        bind("{0}/{1}".format(below, name), "{0}/{1}".format(path, name))


def bind(source: str, target: str) -> None:
    if os.path.islink(source):
        os.symlink(os.readlink(source), target)
        return
    if os.path.isdir(source):
        os.mkdir(target)
    else:
        open(target, "w").close()
    mount(source, target, "", MS_BIND | MS_REC)


def own_file(path: str, copy: str, more: bytes = b"") -> None:
    """A copy in the place of path: what is written there stays in the lab, and the machine's own is as it was."""
    try:
        with open(path, "rb") as original:
            content = original.read()
    except OSError:
        return  # there is none, so nobody can write into it by mistake
    with open(copy, "wb") as file:
        file.write(content + more)
    mount(copy, os.path.realpath(path), "", MS_BIND)


def main() -> None:
    hostname = sys.argv[1]
    mount("none", "/", "", MS_REC | MS_PRIVATE)
    own_directory("/run")
    own_directory("/var/lib")
    mount("lab", "/etc/netns", "tmpfs", 0, "mode=0755")
    # no name server is on the lab's wire: who asks for a name is told so after a second, not after twenty
    own_file("/etc/resolv.conf", "/run/lab-resolv.conf", b"\noptions timeout:1 attempts:1\n")
    mount("sysfs", "/sys", "sysfs")
    socket.sethostname(hostname)
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    for path, value in (("ipv4/ip_forward", "0"), ("ipv6/conf/all/forwarding", "0")):
        with open("/proc/sys/net/" + path, "w") as file:
            file.write(value)
    print("ready", flush=True)
    sys.stdout.close()
    while True:
        signal.pause()


if __name__ == "__main__":
    main()
