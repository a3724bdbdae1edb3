# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two hosts that boot, for all tests here that do not mind each other's traces."""

from __future__ import annotations

from typing import Iterator

import pytest

from tests.integration.encryption.hosts import Hosts
from tests.lab.booted import BootedLab, missing


@pytest.fixture(scope="package")
def hosts() -> Iterator[Hosts]:
    lack = missing()
    if lack:
        pytest.skip("lab hosts that boot need " + lack)
    with BootedLab(["node1", "node2"]) as lab:
        made = Hosts(lab)
        try:
            yield made
        finally:
            made.close()


@pytest.fixture
def shop(hosts: Hosts) -> Iterator[Hosts]:
    """Both hosts on an encrypted network, as somebody left it."""
    hosts.networks["shop"] = dict(hosts.networks["shop"], encrypted=True)
    hosts.own = {"node1": {"web": {"networks": ["shop"]}}, "node2": {"db": {"networks": ["shop"]}}}
    hosts.make_all()
    yield hosts
