# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A host whose topology these tests declare and change, and sockets in its places."""

from __future__ import annotations

from typing import Any, Callable, Dict, Iterator

import pytest

from tests.lab import Lab
from tests.lab.talk import Talk

Declare = Callable[..., Dict[str, Any]]


@pytest.fixture(scope="module")
def talk(shared_lab: Lab) -> Iterator[Talk]:
    """The client knows the way to the containers, where that matters: it sees who they are, and may try to get in."""
    made = Talk(shared_lab)
    host = shared_lab.host
    for subnet, via in (("172.16.0.0/12", host.ipv4), ("fd00::/8", host.ipv6)):
        shared_lab.client.run(["ip", "route", "add", subnet, "via", via])
        shared_lab.attacker.run(["ip", "route", "add", subnet, "via", via])
    yield made
    made.close()


@pytest.fixture(scope="module")
def declare(shared_lab: Lab) -> Declare:
    """declare(networks, containers): apply it; with twice, see that a second run finds nothing to do. ``more``: other
    options of the module."""

    def run(networks: Dict[str, Any], containers: Dict[str, Any], twice: bool = False, **more: Any) -> Dict[str, Any]:
        words = {"networks": networks, "containers": containers, **more}
        answer = shared_lab.host.module("topology", words)
        if twice:
            again = shared_lab.host.module("topology", words)
            assert not again["changed"], again["actions"]
        return answer

    return run
