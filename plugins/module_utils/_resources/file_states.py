# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is at the paths of files under /etc/netns, and which of them are ours. Apart from what becomes of them, for that
is read before it is known.
"""

from __future__ import annotations

import os
from typing import Collection, Dict, Iterable, List, Optional, Tuple, Union

from .._kernel import files
from .._kernel.errors import FabricError
from .._kernel.names import NETNS_ETC_DIRECTORY

#: The files of a container.
NAMES = ("hosts", "resolv.conf", "hostname")
#: Containers that reach the same others share it (``expand``).
_OFTEN_LINKS = "/hosts"
MARK = "# linuxnet.fabric/"
#: Before the name of the topology, in the name of the directory of what its containers share.
SHARED = ".linuxnet-fabric-"

#: What is at a path now.
FileState = files.There


class _Looking:
    """One reading. What is the same of a thousand containers, such as their name servers, is there once."""

    def __init__(self) -> None:
        self._directories: Dict[str, Tuple[int, int, int]] = {}
        self._alike: Dict[FileState, FileState] = {}

    def at(self, path: str) -> FileState:
        state = files.look(path, self._directories, may_be_link=path.endswith(_OFTEN_LINKS))
        return self._alike.setdefault(state, state)


def mark_line(topology: str) -> str:
    return "{0}{1}: written by the tool; a change made here is undone by the next run\n".format(MARK, topology)


def read(paths: Iterable[str]) -> Dict[str, FileState]:
    look = _Looking()
    return {path: look.at(path) for path in paths}


def of_containers(names: Iterable[str]) -> List[str]:
    """Where the files of these are, if they have any, and all that there are lie."""
    return [
        NETNS_ETC_DIRECTORY,
        *("{0}/{1}/{2}".format(NETNS_ETC_DIRECTORY, each, file) for each in names for file in NAMES),
    ]


def read_ahead(paths: Iterable[str]) -> Dict[str, Union[FileState, List[str]]]:
    """As ``read``, before it is known which are compared: without those that cannot be read. Of where all lie, the
    directories in it (``owned``)."""
    found: Dict[str, Union[FileState, List[str]]] = {}
    look = _Looking()
    for path in paths:
        try:
            found[path] = look.at(path) if path != NETNS_ETC_DIRECTORY else _directories(path)
        except (OSError, FabricError):  # for less than a context manager, which there would be one of for each
            pass
    return found


#: What two processes read beside the visits (``Visits``).
AHEAD = (read_ahead, of_containers)


def container_of(path: str) -> str:
    """The handle to which a file under /etc/netns belongs."""
    return path[len(NETNS_ETC_DIRECTORY) + 1 :].split("/")[0]


def folder_of(name: str) -> str:
    """What the paths of those of this handle begin with."""
    return "{0}/{1}/".format(NETNS_ETC_DIRECTORY, name)


def owned(topology: str, containers: Collection[str], directories: Optional[List[str]] = None) -> List[str]:
    """Where files under /etc/netns are ours, if there are any: of a container, or beside a hosts file with our mark.

    ``containers``: whose namespace, with our mark, is there. Their hosts file may have been replaced by anything.
    ``directories``: as ``read_ahead`` found them; None: they are read now.
    """
    line, shared = mark_line(topology), shared_directory(topology)
    found = []
    for directory in _directories(NETNS_ETC_DIRECTORY) if directories is None else directories:
        if directory == shared:
            found.extend(_files(directory))
        elif container_of(directory) in containers or files.starts_with(directory + "/hosts", line):
            found.extend(directory + "/" + name for name in NAMES)
    return found


def shared_directory(topology: str) -> str:
    """Where hosts files that several containers share are kept."""
    return "{0}/{1}{2}".format(NETNS_ETC_DIRECTORY, SHARED, topology)


def is_shared(directory: str) -> bool:
    """Whether it is that of hosts files which several containers of one topology share."""
    return os.path.basename(directory).startswith(SHARED)


def _directories(parent: str) -> List[str]:
    """A link of ours may lead nowhere, since the host was booted."""
    try:
        return sorted(entry.path for entry in os.scandir(parent) if _is_directory(entry))
    except FileNotFoundError:
        return []


def _is_directory(entry: "os.DirEntry[str]") -> bool:
    return files.is_link_of_ours(entry.path) if entry.is_symlink() else entry.is_dir()


def _files(directory: str) -> List[str]:
    try:
        return sorted(entry.path for entry in os.scandir(directory))
    except FileNotFoundError:
        return []
