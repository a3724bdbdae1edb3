# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""In which order an OpenVPN process, its files and its routes are changed: a run may be killed after each of them."""

from __future__ import annotations

from typing import Any, Dict, List

import pytest

from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel import openvpn, systemd
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.operations import openvpn as operations

FILES = {"ov-1.conf": "local 192.0.2.11\n"}


class _Host:
    class socket:
        @staticmethod
        def index_of(ifname: str) -> int:
            return 7


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> List[str]:
    """What is done, one after the other; the process runs until it is stopped."""
    done: List[str] = []

    def active(units: List[str]) -> Dict[str, str]:
        return {unit: "inactive" if "stop" in done else "active" for unit in units}

    monkeypatch.setattr(systemd, "stop", lambda unit: done.append("stop"))
    monkeypatch.setattr(systemd, "active_states", active)
    monkeypatch.setattr(openvpn, "put_files", lambda ifname, files: done.append("files"))
    monkeypatch.setattr(openvpn, "run_with", lambda unit, config: done.append("start"))
    monkeypatch.setattr(operations, "set_routes", lambda host, index, add, remove: done.append("routes"))
    return done


@pytest.mark.parametrize(
    ("files", "restart", "wanted"),
    [
        (FILES, True, ["stop", "files", "start", "routes"]),
        (FILES, False, ["files", "routes"]),
        (None, False, ["stop", "files", "routes"]),
    ],
)
def test_a_process_never_runs_with_other_files_than_those_it_has_read(
    files: Any, restart: bool, wanted: List[str], steps: List[str]
) -> None:
    host: Any = _Host

    operations.openvpn_set(host, "ov-1", files, restart, [["10.88.1.0/24", ""]], [])

    assert steps == wanted
