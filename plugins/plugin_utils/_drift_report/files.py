# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Facts of many hosts read at once, and files of a report written where Ansible runs: what such actions share."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleActionFail


def facts(names: Iterable[str], hosts: Iterable[str], task_vars: Any) -> Iterator[tuple[str, list[Any]]]:
    """Each host with its facts, None where it has none, as they are: of a thousand hosts, a template would go through
    20 MB of them."""
    for host in hosts:
        known = task_vars["hostvars"].raw_get(host)
        yield host, [known.get(name) for name in names]


def as_json(data: Any) -> str:
    return json.dumps(data, indent=4, sort_keys=True, default=str) + "\n"


def write_all(directory: Path, files: Iterable[tuple[str, str]]) -> None:
    """(name, text), each whole or not at all: somebody may be reading it. AnsibleActionFail names what cannot be."""
    try:
        directory.mkdir(parents=True, exist_ok=True)
        for name, text in files:
            _write(directory / name, text)
    except OSError as error:
        raise AnsibleActionFail(f"{error.filename}: {error.strerror}") from error


def _write(path: Path, text: str) -> None:
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, prefix=".", delete=False) as file:
        try:
            file.write(text)
            os.fchmod(file.fileno(), 0o644)
            os.replace(file.name, path)
        except BaseException:
            os.unlink(file.name)
            raise
