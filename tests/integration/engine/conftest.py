# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Callable, Iterator

import pytest
from labhost import LabHost


@pytest.fixture(scope="module")
def engine_host() -> Iterator[LabHost]:
    """A lab host for the tests of one file, which leave it as they found it."""
    if os.geteuid() != 0:
        pytest.skip("needs root, for namespaces of its own")
    host = LabHost()
    yield host
    host.close()


@pytest.fixture
def fresh_host() -> Iterator[LabHost]:
    """A lab host for one test."""
    if os.geteuid() != 0:
        pytest.skip("needs root, for namespaces of its own")
    host = LabHost()
    yield host
    host.close()


@pytest.fixture(scope="module")
def outcome(request: pytest.FixtureRequest) -> Iterator[Callable[[str], Any]]:
    """What a job of the module's ``JOBS`` returned. Those asked for run side by side, each on its own host."""
    if os.geteuid() != 0:
        pytest.skip("needs root, for namespaces of its own")
    here = [item for item in request.session.items if item.path == request.path and hasattr(item, "callspec")]
    names = dict.fromkeys(item.callspec.params["job"] for item in here if "job" in item.callspec.params)
    jobs = {name: request.module.JOBS[name] for name in names}
    hosts = {name: LabHost() for name in jobs}
    # Under xdist every worker has this fixture: there a job runs where its test does.
    at_once = "PYTEST_XDIST_WORKER" not in os.environ
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        running = {name: pool.submit(hosts[name].run, *jobs[name]) for name in jobs if at_once}
        yield lambda name: running[name].result() if at_once else hosts[name].run(*jobs[name])
    for host in hosts.values():
        host.close()
