# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All of our code on the host, for modules that are sent without it.

It is sent once for each release and boot, and kept below ``/run`` in a directory that is called by its digest, with the
bytecode that Python makes of it. The directory is root's alone: a file in it is as good as one that root sent. It is
complete before it has its name. Who runs out of it holds a lock on it, shared; who takes it away wants it alone, and
else leaves it to the next.

In check mode nothing is kept: what was sent is run out of a file that has no name.

A host that is its own controller runs the collection as it is installed there, and Python keeps the bytecode beside it.
"""

from __future__ import annotations

import contextlib
import fcntl
import io
import os
import shutil
import stat
import sys
import tempfile
import zlib
from hashlib import sha256
from typing import IO, Any, Iterator, Mapping, Optional

from .._kernel.directories import (
    DECLARED_DIRECTORY,
    ENGINE_DIRECTORY,
    FLEET_DIRECTORY,
    HANDLE_MARK_DIRECTORY,
    RUN_DIRECTORY,
)

#: Of an answer that says: I am not here yet, send me.
WANTED = "engine_wanted"
#: The package that the code is in there.
PACKAGE = "linuxnet_fabric"
#: The one that this file is in.
COLLECTION = __name__.rpartition("._module.")[0]


@contextlib.contextmanager
def code(sent: Optional[Mapping[str, Any]], keep: bool, makes: bool = False) -> Iterator[Optional[str]]:
    """The package to import it from; None: it has to be sent.

    ``sent``: ``digest`` (SHA-256, hexadecimal) and, where it was asked for, ``content``: a zip file of the sources, of
    that digest, compressed by zlib, in Base64. Or ``place``, ``device`` and ``inode`` of the directory on this machine
    that it lies in. None: the collection is at hand. ``makes``: the run makes something, so the next one wants it too.
    """
    if sent is None or "place" in sent:
        found = sent is None or _import_installed(sent)
        sys.dont_write_bytecode = sys.dont_write_bytecode or not keep
        yield COLLECTION if found else None
    else:
        with contextlib.ExitStack() as stack:
            found = _import_kept(sent, keep, stack)
            sys.dont_write_bytecode = sys.dont_write_bytecode or not keep
            yield PACKAGE if found else None
    if sent is not None and keep and found:
        _tidy(sent.get("digest"), makes)


def _import_installed(sent: Mapping[str, Any]) -> bool:
    """Whether that directory is here, too: who becomes root may come to other directories on the way.

    It comes before what was sent, so what was imported of that stays, and all else is imported from there.
    """
    place = sent["place"]
    if not _is_roots_alone(place):
        return False
    status = os.stat(place)
    if (status.st_dev, status.st_ino) != (sent["device"], sent["inode"]):
        return False
    for name, package in list(sys.modules.items()):
        if (name + ".").startswith(COLLECTION + ".") and hasattr(package, "__path__"):
            inner = name[len(COLLECTION) :].replace(".", "/")
            package.__path__ = [place + inner, *package.__path__]
    return True


def _import_kept(sent: Mapping[str, Any], keep: bool, stack: contextlib.ExitStack) -> bool:
    place = _kept(sent["digest"], stack)
    if place is None and "content" in sent:
        sources = _sources(sent["digest"], sent["content"])
        place = (_keep(sent["digest"], sources, stack) if keep else None) or _nameless(sources, stack)
    if place is not None:
        sys.path.insert(0, place)
    return place is not None


def _sources(digest: str, content: str) -> bytes:
    import base64  # for the first time

    sources = zlib.decompress(base64.b64decode(content))
    if sha256(sources).hexdigest() != digest:
        raise ValueError("linuxnet.fabric: what was sent is not what was announced")
    return sources


def _nameless(sources: bytes, stack: contextlib.ExitStack) -> str:
    file: IO[bytes] = stack.enter_context(tempfile.TemporaryFile())
    file.write(sources)
    file.flush()
    return "/proc/self/fd/{0}".format(file.fileno())


def _kept(digest: str, stack: contextlib.ExitStack) -> Optional[str]:
    """Locked against being taken away, until ``stack`` ends."""
    place = os.path.join(ENGINE_DIRECTORY, digest)
    if not all(map(_is_roots_alone, (RUN_DIRECTORY, ENGINE_DIRECTORY, place))):
        return None
    return place if _lock(place, fcntl.LOCK_SH, stack) else None


def is_kept(digest: str) -> bool:
    """Whether this machine seems to have it, for whoever may only look."""
    return os.path.isdir(os.path.join(ENGINE_DIRECTORY, digest))


def _is_roots_alone(directory: str) -> bool:
    """Whether nobody else may write there."""
    try:
        status = os.lstat(directory)
    except FileNotFoundError:
        return False
    return stat.S_ISDIR(status.st_mode) and status.st_uid == 0 and not status.st_mode & 0o022


def _lock(place: str, how: int, stack: contextlib.ExitStack) -> bool:
    """Whether the directory is locked now, and still the one of that name."""
    try:
        descriptor = os.open(place, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
        stack.callback(os.close, descriptor)
        fcntl.flock(descriptor, how)
        return os.path.samestat(os.fstat(descriptor), os.stat(place))
    except OSError:  # gone, or in use
        return False


def _keep(digest: str, sources: bytes, stack: contextlib.ExitStack) -> Optional[str]:
    """None: it cannot be kept, as where /run is full or not root's."""
    import zipfile

    try:
        os.makedirs(ENGINE_DIRECTORY, mode=0o755, exist_ok=True)
        if not all(map(_is_roots_alone, (RUN_DIRECTORY, ENGINE_DIRECTORY))):
            return None
        unfinished = tempfile.mkdtemp(dir=ENGINE_DIRECTORY)  # mode 0700
        try:
            with zipfile.ZipFile(io.BytesIO(sources)) as archive:
                archive.extractall(unfinished)
            os.rename(unfinished, os.path.join(ENGINE_DIRECTORY, digest))
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)
    except OSError:  # another run was faster, too
        pass
    return _kept(digest, stack)


def _tidy(digest: Optional[str], makes: bool) -> None:
    """Take away those of other releases, and where nothing of ours is left on the host this one too.

    None: this run needed none, and those of other controllers stay while they may come again.
    """
    wanted = makes or _in_use()
    for name in os.listdir(ENGINE_DIRECTORY) if os.path.isdir(ENGINE_DIRECTORY) else ():
        if not wanted or (digest is not None and name != digest):
            _take_away(os.path.join(ENGINE_DIRECTORY, name))
    with contextlib.suppress(OSError):  # there are some
        os.rmdir(ENGINE_DIRECTORY)
        os.rmdir(RUN_DIRECTORY)


def _in_use() -> bool:
    """Whether a topology of this host, or a namespace made by hand, will want it again."""
    places = (DECLARED_DIRECTORY, FLEET_DIRECTORY, HANDLE_MARK_DIRECTORY)
    return any(os.path.isdir(each) and os.listdir(each) for each in places)


def _take_away(place: str) -> None:
    """Where nobody runs out of it. It loses its name first: whoever is killed here leaves no half of it behind."""
    with contextlib.ExitStack() as stack, contextlib.suppress(OSError):
        if _lock(place, fcntl.LOCK_EX | fcntl.LOCK_NB, stack):
            nameless = tempfile.mkdtemp(dir=ENGINE_DIRECTORY)
            os.rename(place, nameless)
            shutil.rmtree(nameless, ignore_errors=True)
