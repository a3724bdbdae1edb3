# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Operations on Docker's configuration and on the runtime that it has of us."""

from __future__ import annotations

import os
from typing import Optional

from .. import docker, files
from ..host import Host


def docker_write(host: Host, path: str, content: Optional[str], executable: bool) -> None:
    """Docker's file, or the program of the runtime; None: there is none."""
    files.replace(path, content)
    if executable and content is not None:
        os.chmod(path, 0o755)


def docker_reload(host: Host, wanted: bool) -> None:
    docker.reload(wanted)
