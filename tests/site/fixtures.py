# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The site as `make docs` builds it, once for all tests, and a Chromium to look at it with."""

from __future__ import annotations

import fcntl
import os
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from docs.site.browser import Browser, BrowserError
from tests.paths import ROOT
from tests.site import axe


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built by whichever worker is here first."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    built = shared / "site"
    with open(shared / "site.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (built / "index.html").exists():
            command = [str(ROOT / "tests" / "tools" / "docs"), str(built)]
            done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
            assert done.returncode == 0, done.stdout
    return built


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with ExitStack() as stack:
        try:
            started = stack.enter_context(Browser())
        except BrowserError as error:
            pytest.skip(str(error))
        yield started


@pytest.fixture(scope="module")
def inspected() -> axe.Axe:
    """axe-core, from npm."""
    try:
        return axe.installed(ROOT / "build" / "axe")
    except axe.NotInstalled as error:
        pytest.skip(str(error))
