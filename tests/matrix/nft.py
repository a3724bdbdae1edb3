# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An nft with its libraries and its loader in one directory, so that it runs in a root that has older ones."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import List, Optional

_WRAPPER = """#!/bin/sh
here=/fabric/nft
exec "$here/{loader}" --library-path "$here" "$here/nft.bin" "$@"
"""


def bundle(program: str, place: Path, packed: Optional[Path] = None) -> Path:
    """``program`` of this machine, or of a packed root, copied into ``place`` as a program ``nft`` that is run there
    as /fabric/nft/nft."""
    place.mkdir(parents=True)
    if packed is None:
        _collect(program, [], "", place)
        return place
    with tempfile.TemporaryDirectory() as directory:
        unpack = 'zstd -dc "$1" | tar -x --exclude=./dev -C "$2"'
        subprocess.run(["sh", "-ec", unpack, "unpack", str(packed), directory], check=True)
        _collect(program, ["chroot", directory], directory, place)
    return place


def _collect(program: str, inside: List[str], root: str, place: Path) -> None:
    listed = subprocess.run([*inside, "ldd", program], stdout=subprocess.PIPE, text=True, check=True).stdout
    found = re.findall(r"(/\S+) \(0x", listed)
    if not found:
        raise RuntimeError("{0} is no program with shared libraries: {1}".format(program, listed))
    for path in found:
        shutil.copy(root + path, str(place))
    shutil.copy(root + program, str(place / "nft.bin"))
    loader = next(Path(path).name for path in found if Path(path).name.startswith("ld-"))
    wrapper = place / "nft"
    wrapper.write_text(_WRAPPER.format(loader=loader))
    for each in (wrapper, place / loader, place / "nft.bin"):
        each.chmod(0o755)


def version(program: str) -> str:
    said = subprocess.run([program, "--version"], stdout=subprocess.PIPE, text=True, check=True).stdout
    return said.split()[1].lstrip("v")
