# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether what is mounted here is mounted on the host: a handle under /run/netns is a mount, mount_namespaces(7).

A unit of systemd with PrivateTmp=, ProtectSystem= and the like has a mount namespace of its own, which gets the host's
mounts and keeps its own to itself. What is made in there is a dead file on the host, and gone when the unit ends.
"""

from __future__ import annotations

import os
from typing import Optional, Set

from .errors import FabricError
from .names import NETNS_DIRECTORY

_INIT, _OWN = "/proc/1", "/proc/thread-self"


def require_the_hosts() -> None:
    """FabricError where handles would be seen by this process alone, in the network namespace of process 1."""
    if _same("net") and not _same("mnt") and not _shared():
        unit = _unit()
        raise FabricError(
            "this process has a mount namespace of its own{0}, so the handles under {1} would be seen by it alone and "
            "be gone when it ends; nothing was changed. Start it where the host's mounts are: in a unit without "
            "PrivateTmp=, ProtectSystem= and the like, or with nsenter --mount=/proc/1/ns/mnt".format(
                " ({0})".format(unit) if unit else "", NETNS_DIRECTORY
            )
        )


def _same(kind: str) -> bool:
    """Whether process 1 is in the same namespace of a kind; True where nobody can tell."""
    try:
        theirs, own = (os.stat("{0}/ns/{1}".format(who, kind)) for who in (_INIT, _OWN))
    except OSError:
        return kind == "mnt"
    return (theirs.st_dev, theirs.st_ino) == (own.st_dev, own.st_ino)


def _shared() -> bool:
    """Whether a mount below /run/netns goes to process 1 too: both have its mount in one peer group."""
    own, theirs = _peers(_OWN), _peers(_INIT)
    return bool(own & theirs)


def _peers(who: str) -> Set[str]:
    """The peer groups (proc_pid_mountinfo(5), optional fields) of the mount that /run/netns is on."""
    best, found = "", set()  # type: str, Set[str]
    target = os.path.realpath(NETNS_DIRECTORY)
    try:
        with open(who + "/mountinfo", encoding="utf-8", errors="surrogateescape") as file:
            lines = file.read().splitlines()
    except OSError:
        return found
    for line in lines:
        fields = line.split(" ")
        point, optional = fields[4], fields[6 : fields.index("-")]
        if len(point) >= len(best) and (target + "/").startswith(point.rstrip("/") + "/"):
            best, found = point, {each for each in optional if each.startswith("shared:")}
    return found


def _unit() -> Optional[str]:
    """The systemd unit that this process is of, by its control group."""
    try:
        with open(_OWN + "/cgroup", encoding="utf-8", errors="replace") as file:
            names = file.read().strip().rpartition(":")[2].split("/")
    except OSError:
        return None
    return next((name for name in reversed(names) if name.endswith(".service")), None)
