# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An nft with its libraries and its loader in one directory, so that it runs in a root that has older ones."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import List, Optional, Tuple

_WRAPPER = """#!/bin/sh
here=/fabric/nft
exec "$here/{loader}" --library-path "$here" "$here/nft.bin" "$@"
"""


def given() -> Optional[Tuple[str, str]]:
    """(NFT_BIN, NFT_ROOT): an nft to be used in every root, and the tree in which it and its libraries are."""
    program = os.environ.get("NFT_BIN")
    return (program, os.environ.get("NFT_ROOT", "")) if program else None


def version(program: str, root: str) -> str:
    said = subprocess.run([*_inside(root), program, "--version"], stdout=subprocess.PIPE, text=True, check=True).stdout
    return said.split()[1].lstrip("v")


def of_packed(packed: Path, place: Path) -> Path:
    """As ``bundle``, of a packed root's own nft."""
    with tempfile.TemporaryDirectory() as directory:
        unpack = 'zstd -dc "$1" | tar -x --exclude=./dev -C "$2"'
        subprocess.run(["sh", "-ec", unpack, "unpack", str(packed), directory], check=True)
        return bundle("/usr/sbin/nft", directory, place)


def bundle(program: str, root: str, place: Path) -> Path:
    """``program`` as the tree ``root`` has it (empty: this machine), copied into ``place``, to be run in other roots as
    /fabric/nft/nft."""
    place.mkdir(parents=True)
    listed = subprocess.run([*_inside(root), "ldd", program], stdout=subprocess.PIPE, text=True, check=True).stdout
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
    return place


def _inside(root: str) -> List[str]:
    return ["chroot", root] if root else []
