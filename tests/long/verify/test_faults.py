# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""With each fault a verification names the promise that it breaks and the place."""

from __future__ import annotations

import os

import pytest

pytest.importorskip("hypothesis")

import placing
from broken_networks import FAULTS, Fault
from labhost import LabHost

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="needs root, for namespaces of its own")


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_the_promise_and_the_place_of_a_fault_are_named(host: LabHost, fault: Fault) -> None:
    assert placing.wrong_about(fault, host.run(placing.broken_by, fault)) == ""
