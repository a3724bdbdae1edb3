# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""unbound, the name server of containers: whether it is there, and what it says of a configuration."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import Tuple

from .errors import FabricError, MissingProgramError

_CHECK = "unbound-checkconf"
_PATH = os.pathsep.join((os.environ.get("PATH", os.defpath), "/usr/sbin", "/sbin"))


def require(text: str) -> None:
    """Raise MissingProgramError where there is no unbound, FabricError where it does not take this configuration.

    It reads it from a pipe: nothing is written, in a check neither.
    """
    program = shutil.which(_CHECK, path=_PATH)
    if program is None:
        raise MissingProgramError(
            "unbound", "for the names of containers (topology_dns: unbound)", "https://nlnetlabs.nl/projects/unbound/"
        )
    done = subprocess.run(
        [program, "/dev/stdin"], input=text, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False
    )
    if done.returncode:
        raise FabricError(
            "unbound does not take the configuration that this topology needs; nothing was changed: {0}".format(
                (done.stderr or done.stdout).strip()
            )
        )


def listens_on(text: str) -> Tuple[str, ...]:
    """The addresses of a configuration that it listens on."""
    lines = (line.split() for line in text.splitlines())
    return tuple(words[1] for words in lines if words[:1] == ["interface:"])
