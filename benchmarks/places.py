# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where things are: the checkout, the build output, the programs."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import Dict, Optional

CHECKOUT = Path(__file__).resolve().parent.parent
OUTPUT = CHECKOUT / "build" / "bench"
_COLLECTIONS = ".collections"
#: What some environments tell Python, and no target does.
_SELDOM = ("PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED")


def program(name: str) -> Optional[str]:
    """A program beside the Python that runs this, else on the PATH, else where root's programs are."""
    beside = Path(sys.executable).parent / name
    if beside.exists():
        return str(beside)
    return shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin:/usr/local/sbin")


def environment(tree: Path = CHECKOUT) -> Dict[str, str]:
    """What every measured program is started with: a checkout, this one, as the installed collection.

    Python may keep its compiled files, as on any target, and reads a script from a pipe as it does there: told not to
    buffer, byte by byte.
    """
    own = {name: value for name, value in os.environ.items() if name not in _SELDOM}
    return dict(
        own,
        PYTHONPATH=str(tree / _COLLECTIONS),
        ANSIBLE_COLLECTIONS_PATH=str(tree / _COLLECTIONS),
        ANSIBLE_LOCALHOST_WARNING="False",
        ANSIBLE_INVENTORY_UNPARSED_WARNING="False",
        ANSIBLE_NOCOLOR="1",
        LC_ALL="C.UTF-8",
    )
