# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a target gets, as one tar: the collection, the lab, the smoke, ansible's module_utils and, for some, an nft."""

from __future__ import annotations

import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Iterator, List, Optional, Tuple

from tests.lab.ansible import ROOT, program

from . import nft, roots
from .releases import Row

_SHIPPED = (".collections", "plugins", "meta", "galaxy.yml", "tests/lab", "tests/matrix")
_CORE = ("__init__.py", "release.py", "module_utils", "_vendor", "compat")


def pack(row: Row, target: Path) -> None:
    """Write the tar for a row, and a megabyte of zeros after it: it is read from a disk, too."""
    arguments = target.with_suffix(".arguments")
    kind = "refused" if row.refused else "kernel" if row.kernel else "userland"
    arguments.write_text(" ".join([kind, *(_quoted(word) for word in row.refused)]))
    with tarfile.open(str(target), "w", format=tarfile.PAX_FORMAT) as tar:
        for name, path in _files(row):
            tar.add(str(path), name, filter=_plain)
        tar.add(str(arguments), "arguments", filter=_plain)
        program = _nft(row, target.with_suffix(".nft"))
        if program is not None:
            tar.add(str(program), "nft")
    with open(str(target), "ab") as file:
        file.write(b"\0" * (1 << 20))


def _quoted(word: str) -> str:
    """A word of the arguments, which a shell splits at blanks."""
    return word.replace(" ", "_")


def _files(row: Row) -> Iterator[Tuple[str, Path]]:
    for name in _SHIPPED:
        yield name, ROOT / name
    core = sorted(Path(program("ansible-playbook")).parent.parent.glob("lib/python3*/site-packages/ansible"))[0]
    for name in _CORE:
        if (core / name).exists():
            yield "core/ansible/" + name, core / name
    if row.libraries:
        for path in sorted(_libraries(row.libraries).iterdir()):
            yield "core/" + path.name, path


def _plain(entry: tarfile.TarInfo) -> Optional[tarfile.TarInfo]:
    """Nothing that was compiled, and root's."""
    if entry.name.endswith((".pyc", "/__pycache__")):
        return None
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = "root"
    return entry


def _libraries(wanted: Tuple[str, ...]) -> Path:
    """Libraries for the oldest Python that is supported, from the package index."""

    def make(target: Path) -> None:
        command: List[str] = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(target)]
        subprocess.run([*command, "--python-version", "3.9", "--only-binary", ":all:", *wanted], check=True)

    return roots.cached("libraries", "", repr(wanted), make)


def _nft(row: Row, place: Path) -> Optional[Path]:
    """A directory with the nft that takes the place of the root's own: NFT_BIN's, or another root's."""
    program = nft.given()
    if program:
        return nft.bundle(*program, place)
    return nft.of_packed(roots.tree(row.nft_of), place) if row.nft_of else None
