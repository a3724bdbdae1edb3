# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files under /etc/netns that ``ip netns exec`` binds over /etc: hosts, resolv.conf, hostname.

Containers with the same neighbours share one hosts file, to which theirs is a link: a new neighbour in a
network of a thousand is one write.
"""

from __future__ import annotations

import functools
from typing import Dict, Iterable, Iterator, List, Optional, Sequence, Tuple

from .._kernel import files
from .._kernel.changes import FILES, NOTHING, Change, Subject, of_container
from .._kernel.data import NamedTuple
from .._kernel.errors import ForeignObjectError
from .action import Action, Operation, joined, operation
from .file_states import MARK, SHARED, FileState


class TextFile(NamedTuple):
    """``content`` or, for a link, ``target``."""

    path: str
    content: Optional[str] = None
    target: Optional[str] = None


class FileChange(NamedTuple):
    """``action`` alone, and what joins it with others of the same directory.

    ``verb``: write, rewrite, remove, set mode and owner of.
    """

    verb: str
    path: str
    action: Action


def compare(desired: TextFile, now: FileState, ours: bool) -> List[FileChange]:
    """``ours``: the container's handle is marked, so a file without a mark line is a changed one of ours."""
    if now.target is not None and now.target == desired.target:
        return []
    mended = [_open_to_all(desired.path, now.access)] if now.access is not None and desired.target is None else []
    if now.target is None and now.content is not None and now.content == desired.content:
        return mended
    _refuse_foreign(desired.path, now.content, ours)
    return [_write(desired, now.content, now.target), *mended]


def _open_to_all(path: str, now: Sequence[int]) -> FileChange:
    """What a program in the container runs as must be able to read it; nobody but root writes it."""
    action = Action(
        "set mode and owner of {0}".format(path),
        subject_of(path),
        (operation("file.access", path=path, access=list(files.ACCESS)),),
        (operation("file.access", path=path, access=list(now)),),
        before={"content": _access(now)},
        after={"content": _access(files.ACCESS)},
    )
    return FileChange("set mode and owner of", path, action)


def _access(numbers: Sequence[int]) -> str:
    return "mode {0:04o}, owner {1}:{2}; directory: mode {3:04o}, owner {4}:{5}".format(*numbers)


def remove(path: str, now: FileState) -> FileChange:
    action = Action(
        "remove {0}".format(path),
        subject_of(path),
        (operation("file.remove", path=path),),
        (*_restore(path, now.content, now.target), *(_open_to_all(path, now.access).action.undo if now.access else ())),
        before={"content": now.content if now.content is not None else "link to %s" % now.target},
    )
    return FileChange("remove", path, action)


def steps(changes: Iterable[FileChange]) -> Iterator[Action]:
    """The files of one container are one step."""
    together: Dict[Tuple[str, str], List[FileChange]] = {}
    for change in changes:
        together.setdefault((change.verb, change.path.rpartition("/")[0]), []).append(change)
    for (verb, directory), group in together.items():
        yield joined([change.action for change in group], [_together(verb, directory, group)])


def _together(verb: str, directory: str, group: List[FileChange]) -> Change:
    named = {change.path.rpartition("/")[2]: change.action for change in group}
    return Change(
        text="{0} {1}/: {2}".format(verb, directory, ", ".join(sorted(named, key=_shared))),
        subject=group[0].action.subject,
        before=NOTHING if verb == "write" else {name: action.before.get("content") for name, action in named.items()},
        after=NOTHING if verb == "remove" else {name: action.after.get("content") for name, action in named.items()},
    )


def _shared(name: str) -> str:
    """What containers share comes in no order of theirs: the line is the same in whatever one they are declared."""
    return name if name.startswith("hosts-") else ""


def subject_of(path: str) -> Subject:
    return subject_of_folder(path.rpartition("/")[0])


@functools.lru_cache(maxsize=4096)  # asked of each file
def subject_of_folder(path: str) -> Subject:
    """Of all files in it."""
    name = path.rpartition("/")[2]
    if name.startswith(SHARED):
        return Subject(topology=name[len(SHARED) :], part=FILES)
    return Subject(container=name, part=FILES)


def called_by_folder(path: str) -> str:
    """``str`` of that, for there may be thousands."""
    name = path.rpartition("/")[2]
    return str(subject_of_folder(path)) if name.startswith(SHARED) else of_container(name, part=FILES)


def _refuse_foreign(path: str, now: Optional[str], ours: bool) -> None:
    if now is not None and not ours and not now.startswith(MARK):
        raise ForeignObjectError(
            "{0} exists and is not ours: it stands in the way; nothing was changed. Move it away, or say what it "
            "says with dns, extra_hosts and hostname".format(path)
        )


def _write(desired: TextFile, now: Optional[str], target: Optional[str]) -> FileChange:
    verb = "write" if now is None and target is None else "rewrite"
    if desired.target is not None:
        do = operation("file.link", path=desired.path, target=desired.target)
        after = "link to " + desired.target
    else:
        do = operation("file.write", path=desired.path, content=desired.content)
        after = desired.content or ""
    before = now if now is not None else ("link to " + target if target is not None else None)
    action = Action(
        "{0} {1}".format(verb, desired.path),
        subject_of(desired.path),
        (do,),
        _restore(desired.path, now, target),
        before={"content": before} if before is not None else NOTHING,
        after={"content": after},
    )
    return FileChange(verb, desired.path, action)


def _restore(path: str, now: Optional[str], target: Optional[str]) -> Tuple[Operation, ...]:
    if target is not None:
        return (operation("file.link", path=path, target=target),)
    if now is not None:
        return (operation("file.write", path=path, content=now),)
    return (operation("file.remove", path=path),)
