# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the time of a run went, for whoever asks with -vv."""

from __future__ import annotations

import pytest

WEB = {"containers": {"web": {"ports": ["8080:80"]}}}


def test_a_run_with_vv_says_how_long_each_stage_took(lab):
    timings = lab.host.module("topology", dict(WEB, _ansible_verbosity=2))["timings"]
    stages = {"parse", "lock", "lease and expand", "read and plan", "journal and leases", "verify", "finish"}
    applied = {"apply sysctl", "apply nft", "apply netns", "apply link", "apply file"}
    assert set(timings) >= stages | applied
    assert all(milliseconds >= 0 for milliseconds in timings.values())


def test_a_run_with_nothing_to_do_has_no_stage_that_writes(lab):
    lab.host.module("topology", WEB)
    timings = lab.host.module("topology", dict(WEB, _ansible_verbosity=2))["timings"]
    assert "read and plan" in timings
    assert [stage for stage in timings if stage.startswith(("apply", "journal", "verify"))] == []


@pytest.mark.parametrize("verbosity", [0, 1])
def test_nobody_else_is_told(lab, verbosity):
    assert "timings" not in lab.host.module("topology", dict(WEB, _ansible_verbosity=verbosity))
