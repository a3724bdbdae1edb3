# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The code that modules run on a host, ready to be sent: made once for a run of Ansible, however many hosts it has.

What is made is kept in the directory that Ansible has for the run, which the processes for its hosts share. Hosts that
have the code already are only told its digest, so nothing is compressed before one asks for it. A host that is its own
controller needs none of it (``installed.py``).
"""

from __future__ import annotations

import base64
import hashlib
import io
import os
import tempfile
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

CODE = Path(__file__).resolve().parents[2] / "module_utils"
_PACKAGE = "linuxnet_fabric"
_TIME = (1980, 1, 1, 0, 0, 0)  # the first that a zip file can tell


class Engine:
    """``digest`` of the code (SHA-256 of a zip file), and ``content``: that file, compressed by zlib, in Base64."""

    def __init__(self, directory: Path, code: Path = CODE) -> None:
        """``directory``: Ansible's, of this run."""
        self._directory = directory / "linuxnet.fabric"
        self._code = code

    @property
    def digest(self) -> str:
        return self._once("digest", lambda: hashlib.sha256(self._archive()).hexdigest().encode("ascii")).decode("ascii")

    @property
    def content(self) -> str:
        return self._once("content", lambda: base64.b64encode(zlib.compress(self._archive()))).decode("ascii")

    def _archive(self) -> bytes:
        """Of one moment: the content is that of the digest, whatever became of the sources since."""
        return self._once("archive", lambda: _archive(self._code))

    def _once(self, name: str, make: Callable[[], bytes]) -> bytes:
        return once(self._directory / name, make)


def once(path: Path, make: Callable[[], bytes]) -> bytes:
    """What is in a file, or is made and put there. Processes that make it at the same time make the same."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        made = make()
        _write(path, made)
        return made


def _archive(code: Path) -> bytes:
    """The same code makes the same file. Not compressed: all together it becomes much smaller than each for itself."""
    from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.archive import LEFT_OUT

    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr(zipfile.ZipInfo(f"{_PACKAGE}/__init__.py", _TIME), b"")
        for path in sorted(code.glob("_*/**/*.py")):
            place = path.relative_to(code)
            if ".".join(place.with_suffix("").parts) not in LEFT_OUT:
                archive.writestr(zipfile.ZipInfo(f"{_PACKAGE}/{place.as_posix()}", _TIME), path.read_bytes())
    return made.getvalue()


def _write(path: Path, data: bytes) -> None:
    """Whole or not at all: others may be reading it."""
    descriptor, name = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
    os.replace(name, path)
