# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Work that two processes share, or one does alone."""

from __future__ import annotations

import os
import threading

import pytest

from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.second_process import SecondProcess


@pytest.fixture
def two_processors(monkeypatch):
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: {0, 1})


def test_two_do_all_of_it(two_processors):
    process = SecondProcess(lambda portion: portion * 2, [1, 2, 3, 4])
    try:
        assert sorted(process.work()) == [2, 4, 6, 8]
    finally:
        process.close()


def test_a_process_with_threads_does_not_fork(two_processors, monkeypatch):
    forks = []
    monkeypatch.setattr(os, "fork", lambda: forks.append("fork") or 1)
    end = threading.Event()
    thread = threading.Thread(target=end.wait)
    thread.start()
    try:
        assert SecondProcess(lambda portion: portion * 2, [1, 2]).work() == [2, 4]
    finally:
        end.set()
        thread.join()
    assert forks == []
