# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A lease store that was emptied or moved away renumbers nobody: what is there is leased again, and the run says so."""

from __future__ import annotations

import os
import sqlite3
from typing import Any, Callable, Dict, Tuple

import pytest
from labhost import LabHost
from scenarios import DEMO, LAN, NOTHING, Declaration, run
from world import difference, world

from ansible_collections.linuxnet.fabric.plugins.module_utils._ipam.store import leases, open_store
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel import names


def _moved_away() -> None:
    os.rename(names.LEASE_STORE, names.LEASE_STORE + ".old")


def _emptied() -> None:
    os.truncate(names.LEASE_STORE, 0)


def _without_rows() -> None:
    with sqlite3.connect(names.LEASE_STORE) as connection:
        for kind in ("port", "address", "subnet"):
            connection.execute("DELETE FROM {0}".format(kind))
    connection.close()


def _all_of_it() -> None:
    """With the kept declaration: then only the host itself says what there was."""
    _moved_away()
    os.unlink(names.DECLARED_DIRECTORY + "/default.json")


def _of_one_container() -> None:
    """And of one network: the rest of the store is as it was."""
    with sqlite3.connect(names.LEASE_STORE) as connection:
        connection.execute("DELETE FROM address WHERE container IN ('leaver', 'mover', 'both')")
        connection.execute("DELETE FROM address WHERE network = 'back'")
        connection.execute("DELETE FROM subnet WHERE network = 'back'")
    connection.close()


LOSSES: Dict[str, Callable[[], None]] = {
    "moved away": _moved_away,
    "emptied": _emptied,
    "without rows": _without_rows,
    "without those of a few containers and a network": _of_one_container,
    "gone with the kept declaration": _all_of_it,
}


def _without(declared: Declaration, *gone: str) -> Declaration:
    return {
        kind: {name: words for name, words in declared[kind].items() if name not in gone}
        for kind in ("networks", "containers")
    }


#: What was made first, and what was made of it then: so that the lowest free is not what a container has.
FIRST: Declaration = {
    "networks": {"aside": {}, **DEMO["networks"]},
    "containers": {
        "early": {"networks": ["aside", "front", "back"], "ports": ["7100"]},
        **DEMO["containers"],
    },
}
MADE: Dict[str, Tuple[Declaration, Declaration]] = {
    "bridges": (FIRST, _without(FIRST, "aside", "early")),
    "a LAN": (LAN, _without(LAN, "one")),
}


@pytest.mark.parametrize("made", MADE)
@pytest.mark.parametrize("loss", LOSSES)
def test_a_store_that_lost_its_leases_renumbers_nobody(fresh_host: LabHost, loss: str, made: str) -> None:
    announced, done, again, odd, kept = fresh_host.run(_lost, LOSSES[loss], *MADE[made])
    assert announced == done
    assert done and all(line.startswith("lease ") for line in done), "nothing but leases is put right"
    assert again == ()
    assert odd == {}
    assert kept


def _lost(lose: Callable[[], None], first: Declaration, then: Declaration) -> Any:
    run(first)
    run(then)
    before, had = world(), _leases()
    lose()
    announced, done, again = (run(then, check=check).actions for check in (True, False, False))
    return announced, done, again, difference(before, world()), had == _leases()


def test_what_another_topology_has_is_not_given_away_when_the_store_lost_it(fresh_host: LabHost) -> None:
    had, now = fresh_host.run(_two_topologies)
    assert had <= now


def _two_topologies() -> Any:
    run({"networks": {"theirs": {}}, "containers": {"one": {"networks": ["theirs"], "ports": ["80"]}}}, name="other")
    had = {each for each in _leases() if "other" in each}
    _moved_away()
    run({"networks": {"front": {}}, "containers": {"two": {"networks": ["front"], "ports": ["80"]}}})
    run({"networks": {"front": {}}, "containers": {"two": {"networks": ["front"], "ports": ["80"]}}})
    return had, _leases()


def test_a_topology_that_went_holds_nothing_again(fresh_host: LabHost) -> None:
    assert fresh_host.run(_gone) == set()


def _gone() -> Any:
    run(DEMO)
    run(NOTHING)
    _moved_away()
    run(NOTHING)
    return _leases()


def _leases() -> Any:
    with open_store(check_mode=True) as store:
        return {tuple(str(value) for value in row.values()) for row in leases(store)}
