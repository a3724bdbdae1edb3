# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The wire on which the rules are tried."""

from __future__ import annotations

import os
import shutil
from typing import Iterator

import pytest


@pytest.fixture(scope="module", params=[False, True], ids=["", "br_netfilter"])
def wire(request: pytest.FixtureRequest) -> Iterator[object]:
    """With br_netfilter too: we never turn it on, but another's Docker may have."""
    if os.geteuid() != 0 or not shutil.which("nft", path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin"):
        pytest.skip("needs root and nft")
    from ruleset_wire import Wire

    with Wire(bridge_netfilter=request.param) as made:
        yield made
