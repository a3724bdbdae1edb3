# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Operations on units of systemd: their files, the links that enable them, and their being active."""

from __future__ import annotations

import os
from typing import Optional

from .. import files, gate, systemd
from ..host import Host
from ..names import NAME_SERVER_RUN_DIRECTORY


def unit_write(host: Host, path: str, content: Optional[str]) -> None:
    """The file of a unit, or one that adds to it; None: there is none."""
    files.replace(path, content)
    if content is None and os.path.dirname(path).endswith(".d"):
        _remove_if_empty(os.path.dirname(path))


def unit_link(host: Host, path: str, target: Optional[str]) -> None:
    """A link by which another unit wants ours, which is what enables it; None: there is none."""
    if target is not None:
        files.link(path, target)
        return
    gate.writing("link " + path)
    files.unlink(path)
    _remove_if_empty(os.path.dirname(path))  # of a unit that nobody else is wanted by


def _remove_if_empty(directory: str) -> None:
    try:
        os.rmdir(directory)
    except OSError:
        pass


def unit_reload(host: Host) -> None:
    """systemd reads the files again. After a reboot, or where it is not process 1 any more, it has."""
    if not systemd.why_not():
        systemd.daemon_reload()


def unit_start(host: Host, unit: str) -> None:
    systemd.start(unit)


def dns_write(host: Host, path: str, content: Optional[str]) -> None:
    """The configuration of a name server; None: there is none, nor the copy that it reads."""
    files.replace(path, content)
    if content is None:
        files.unlink("{0}/{1}".format(NAME_SERVER_RUN_DIRECTORY, os.path.basename(path)))


def dns_load(host: Host, unit: str, restart: bool) -> None:
    """One that runs takes up what is written; one that does not is let alone."""
    systemd.load_again(unit, restart)


def unit_stop(host: Host, unit: str) -> None:
    """What it made stays."""
    systemd.stop(unit)


def unit_restart(host: Host, unit: str) -> None:
    systemd.restart(unit)
