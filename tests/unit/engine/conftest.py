# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from pathlib import Path

import pytest

from ansible_collections.linuxnet.fabric.plugins.module_utils._engine import journal
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel import marks, names


@pytest.fixture
def journal_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the half of the journal is that lasts, for one test; the other one is in ``run`` beside ``state``."""
    path = tmp_path / "state" / "journal.json"
    path.parent.mkdir()
    run = tmp_path / "run"
    run.mkdir()
    monkeypatch.setattr(journal, "JOURNAL_FILE", str(path))
    monkeypatch.setattr(names, "PREPARED_FILE", str(path) + ".declared")
    monkeypatch.setattr(journal, "RUN_JOURNAL_FILE", str(run / "journal.json"))
    monkeypatch.setattr(journal, "prepare_state_directory", lambda: None)
    monkeypatch.setattr(journal, "prepare_run_directory", lambda: None)
    monkeypatch.setattr(marks, "boot_id", lambda: "this")
    return path
