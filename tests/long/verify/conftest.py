# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The faults are those of the integration tests, whose lab host is used; and three hosts with networks over all."""

from __future__ import annotations

from typing import Iterator

import pytest

from tests.integration.overlay.conftest import new_fleet
from tests.integration.overlay.test_reach import Made
from tests.integration.verify.between import ON_THREE_HOSTS
from tests.integration.verify.conftest import host as host  # that file makes the other rooms importable, too


@pytest.fixture(scope="module", params=["routed", "bridged"])
def made(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Made]:
    with new_fleet(tmp_path_factory.mktemp("fleet")) as fleet:
        subnet = {"config": [{"subnet": "10.88.0.0/16"}]}
        shop = {"driver": "overlay", "overlay_mode": request.param, "enable_ipv6": True, "ipam": subnet}
        apart = {"driver": "overlay", "icc": False, "ipam": {"config": [{"subnet": "10.89.0.0/16"}]}}
        fleet.declare({"shop": shop, "front": {}, "apart": apart}, ON_THREE_HOSTS)
        yield Made(fleet, fleet.run())
