# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A check writes nothing and announces exactly what the apply after it does; with nothing to do nothing is written."""

from __future__ import annotations

import subprocess
from typing import List, Optional, Tuple

import pytest
from labhost import LabHost
from scenarios import DEMO, EDITED, NOTHING, Declaration, run
from watching import quiet_writes_during, writes_during
from world import difference, world

_DRIFT = """
ip link delete br-front
ip -n web address add 192.0.2.1/32 dev lo
ip -n db link set eth0 mtu 1300
ip netns delete batch
nft flush table inet fabric-default
rm /etc/netns/web/hosts
echo 0 > /proc/sys/net/ipv4/ip_forward
"""
#: (what is applied before, what somebody does then, what is declared).
SCENARIOS = {
    "a fresh host": (NOTHING, "", DEMO),
    "an edit": (DEMO, "", EDITED),
    "an edit back": (EDITED, "", DEMO),
    "drift": (DEMO, _DRIFT, DEMO),
    "drift and an edit": (DEMO, _DRIFT, EDITED),
    "a removal": (DEMO, "", NOTHING),
    "a removal of what drifted": (DEMO, _DRIFT, NOTHING),
}


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_check_writes_nothing_and_announces_what_the_apply_does(fresh_host: LabHost, scenario: str) -> None:
    written, announced, done, touched, again = fresh_host.run(_check_then_apply, *SCENARIOS[scenario])
    assert written == []
    assert touched == {}
    assert announced
    assert announced == done
    assert again == ()


def test_an_apply_with_nothing_to_do_writes_nothing(fresh_host: LabHost) -> None:
    assert fresh_host.run(_apply_twice) == ((), [])


def test_the_monitors_would_see_an_apply(fresh_host: LabHost) -> None:
    seen = "\n".join(fresh_host.run(_watched_apply))
    assert "br-front" in seen and "fabric-default" in seen and "leases.db" in seen


def _check_then_apply(
    before: Optional[Declaration], script: str, declared: Optional[Declaration]
) -> Tuple[List[str], Tuple[str, ...], Tuple[str, ...], object, Tuple[str, ...]]:
    if before is not None:
        run(before)
    subprocess.run(["sh", "-ec", script], check=True)
    found = world()
    checked, written = quiet_writes_during(lambda: run(declared, check=True))
    touched = difference(found, world())
    return written, checked.actions, run(declared).actions, touched, run(declared).actions


def _apply_twice() -> Tuple[Tuple[str, ...], List[str]]:
    run(DEMO)
    result, written = quiet_writes_during(lambda: run(DEMO))
    # The lock and SQLite's own files are opened, which is no change of anything that they say.
    return result.actions, [line for line in written if not line.startswith("file /var/lib/linuxnet-fabric")]


def _watched_apply() -> List[str]:
    return writes_during(lambda: run(DEMO))[1]
