# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``exec``: a command in the namespace of a container, with its files bound over /etc as ip-netns(8) does it."""

from __future__ import annotations

import os
from typing import Any, List

from .._kernel import libc, namespaces
from .._kernel.errors import FabricError
from .._kernel.names import NETNS_ETC_DIRECTORY
from .answer import Answer

_CLONE_NEWNS = 0x20000
_MS_BIND, _MS_REC, _MS_SLAVE = 4096, 16384, 1 << 19
_MNT_DETACH = 2


def enter(words: Any) -> Answer:
    """Does not come back: the command has this process, so its exit status is the command's own."""
    command: List[str] = words.words[1:] if words.words[:1] == ["--"] else words.words
    if not command:
        raise FabricError("say which command: linuxnet-fabric exec {0} -- COMMAND".format(words.name))
    _enter(words.name)
    try:
        os.execvp(command[0], command)
    except OSError as error:
        raise FabricError("{0}: {1}".format(command[0], error.strerror)) from error


def open_container(name: str) -> int:
    """A descriptor of a container's namespace; the caller closes it."""
    try:
        return namespaces.open_handle(name)
    except OSError as error:
        known = ", ".join(namespaces.names()) or "none"
        raise FabricError("there is no container {0} on this host; there is: {1}".format(name, known)) from error


def _enter(name: str) -> None:
    descriptor = open_container(name)
    namespaces.enter(descriptor)
    os.close(descriptor)
    libc.call("unshare", _CLONE_NEWNS)
    _mount("none", "/", "", _MS_SLAVE | _MS_REC)
    libc.call("umount2", b"/sys", _MNT_DETACH)
    _mount(name, "/sys", "sysfs", 0)
    directory = "{0}/{1}".format(NETNS_ETC_DIRECTORY, name)
    for each in os.listdir(directory) if os.path.isdir(directory) else ():
        if os.path.exists("/etc/" + each):
            _mount("{0}/{1}".format(directory, each), "/etc/" + each, "", _MS_BIND)


def _mount(source: str, target: str, kind: str, flags: int) -> None:
    libc.call("mount", source.encode(), target.encode(), kind.encode(), flags, None)
