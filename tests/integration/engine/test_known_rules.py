# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What nft showed of the rules is kept for the next run: it saves asking nft, and tells nothing but what nft would."""

from __future__ import annotations

import contextlib
import os
import subprocess
from typing import Any, Dict, Iterator, List, Mapping, Optional, Tuple
from unittest import mock

import pytest
from labhost import LabHost
from scenarios import DEMO, EDITED, NOTHING, Declaration, run
from world import store_bytes

from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel import names, nft, nft_record, program
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.ruleset import shown
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.ruleset.state import TableState, read_table

#: What a run has nft do that shows tables; to load a change, and to look for other firewalls, are no such thing.
_SHOWS = ("list table", "list ruleset")
_FILE = names.RULES_DIRECTORY + "/default"


def declared(ports: Mapping[str, List[str]], **network: Any) -> Declaration:
    containers = {name: {"networks": ["front"], "ports": each} for name, each in ports.items()}
    return {"networks": {"front": {"enable_ipv6": True, **network}}, "containers": containers}


ONE = declared({"web": ["8080:80", "5353:53/udp"]})
TWO = declared({"web": ["8080:80", "5353:53/udp"], "db": ["9090:90", "9091:91/udp"]})
THREE = declared({"web": ["8081:80", "5353:53/udp"], "db": ["9090:90", "9091:91/udp"], "mail": ["25"]})
#: And a network, whose subnets are those beside.
BACK = {
    "networks": {**ONE["networks"], "back": {"enable_ipv6": True}},
    "containers": {**ONE["containers"], "db": {"networks": ["back"], "ports": ["9090:90"]}},
}


def test_nft_shows_a_host_once_that_stays_as_declared(fresh_host: LabHost) -> None:
    assert fresh_host.run(_shows, [ONE, ONE]) == (0, 0)


def test_nft_shows_nothing_to_a_run_that_adds_a_container_and_one_that_takes_it_away(fresh_host: LabHost) -> None:
    assert fresh_host.run(_shows, [TWO, TWO, ONE, ONE]) == (0, 0, 0, 0)


def test_nft_shows_nothing_to_a_run_that_adds_a_network_and_one_that_takes_it_away(fresh_host: LabHost) -> None:
    assert fresh_host.run(_shows, [BACK, BACK, ONE, ONE]) == (0, 0, 0, 0)


def test_what_a_user_wrote_stays_as_a_network_comes_and_goes(fresh_host: LabHost) -> None:
    rule = 'counter accept comment "mine"'
    with_rule = "nft 'add rule inet fabric-default user-front {0}'".format(rule)
    fresh_host.run(_shows, [BACK, ONE, BACK], before=with_rule)
    assert fresh_host.run(_rules_of, "user-front") == 1


def test_nor_does_it_where_there_is_no_table_of_all_topologies(fresh_host: LabHost) -> None:
    assert fresh_host.run(_shows, [TWO, TWO], forwarding="keep") == (0, 0)
    assert names.TRANSIT_TABLE not in fresh_host.run(_tables)


def test_a_check_is_shown_nothing_either_and_keeps_nothing(fresh_host: LabHost) -> None:
    assert fresh_host.run(_checked, ONE) == (0, True)
    assert fresh_host.run(_checked, TWO) == (0, True), (
        "nor behind a run of which the kernel was yet to list the outcome"
    )


def test_nft_shows_the_rules_where_rules_differ(fresh_host: LabHost) -> None:
    assert fresh_host.run(_shows, [declared({"web": ["8080:80", "5353:53/udp"]}, icc=False)])[0] > 0


@pytest.mark.parametrize(
    "way", [[ONE, TWO, THREE, TWO, ONE], [DEMO, EDITED, DEMO], [THREE, NOTHING, ONE], [ONE, BACK, TWO, BACK]]
)
def test_what_is_kept_is_what_nft_would_show(fresh_host: LabHost, way: List[Optional[Declaration]]) -> None:
    for number, kept, live in fresh_host.run(_kept_and_live, way):
        assert kept == live, number


def test_many_small_changes_are_kept_together_until_there_are_too_many(fresh_host: LabHost) -> None:
    counts = fresh_host.run(_shows, [TWO, ONE, TWO, ONE, TWO], most=3)
    assert counts[:3] == (0, 0, 0)
    assert counts[4] > 0
    assert fresh_host.run(_shows, [TWO]) == (0,), "and then it is kept anew"


@pytest.mark.parametrize(
    "command",
    [
        "nft add table inet somebody",
        "nft add rule inet fabric-default user-front counter accept",
        "nft 'add rule inet fabric-default user-front ip saddr 192.0.2.1 counter'",
    ],
)
def test_what_others_add_to_their_own_rules_changes_nothing(fresh_host: LabHost, command: str) -> None:
    assert fresh_host.run(_shows, [ONE], before=command) == (0,)


def test_behind_a_change_others_make_nft_show_what_the_kernel_had_no_time_to_list(fresh_host: LabHost) -> None:
    assert fresh_host.run(_left_behind, "nft add table inet somebody") == ()


@pytest.mark.parametrize(
    "command",
    [
        "nft 'delete element inet fabric-default published4 { tcp . 8080 }'",
        "nft 'add element inet fabric-default published4 { tcp . 8088 : 172.18.0.2 . 88 }'",
        "nft add rule inet fabric-default $(nft list table inet fabric-default | awk '/chain f/{print $2; exit}') drop",
        "nft add chain inet fabric-default more",
        "nft 'add set inet fabric-default more { type ipv4_addr; }'",
        "nft add counter inet fabric-default more",
        "nft delete table bridge fabric-default",
        "nft flush table bridge fabric-default",
        "nft 'add table inet fabric-default { flags dormant; }'",
        "nft flush ruleset",
    ],
)
@pytest.mark.parametrize(
    "behind", [[ONE], [TWO, ONE], [ONE, BACK]], ids=["of a build", "of a change", "of a network more"]
)
def test_whatever_is_done_to_ours_is_drift(fresh_host: LabHost, command: str, behind: List[Declaration]) -> None:
    found, left, live_is_as_before = fresh_host.run(_drifted, behind, command)
    assert found
    assert left == ()
    assert live_is_as_before


@pytest.mark.parametrize(
    "damage",
    ["empty", "another release", "another boot", "cut off", "bytes turned over", "one bit", "no row of records"],
)
def test_what_is_wrong_with_the_file_is_as_if_there_were_none(fresh_host: LabHost, damage: str) -> None:
    left, wanted = fresh_host.run(_damaged, damage)
    assert left == ()
    assert wanted == (True, True)


def test_what_is_gone_leaves_nothing_kept(fresh_host: LabHost) -> None:
    assert fresh_host.run(_files_of_nothing) == ([], ["default"])


# --- in the lab host


@contextlib.contextmanager
def _counting() -> Iterator[List[str]]:
    """What nft is asked to show."""
    asked: List[str] = []

    def noted(begin: Any) -> Any:
        def begun(*arguments: Any, **more: Any) -> Any:
            command = " ".join(next(each for each in arguments if isinstance(each, list)))
            asked.extend(each for each in _SHOWS if each in command)
            return begin(*arguments, **more)

        return begun

    with mock.patch.object(program.Aside, "__init__", noted(program.Aside.__init__)):
        with mock.patch.object(program, "run", noted(program.run)):
            yield asked


def _shows(runs: List[Declaration], before: str = "", most: int = 64, **more: str) -> Tuple[int, ...]:
    """How many times nft showed something to each of these runs, behind one of ONE."""
    if not os.path.lexists(_FILE) or before:
        run(ONE, **more)
        run(ONE, **more)
    if before:
        _shell(before)
    found = []
    with mock.patch.object(nft_record, "_MOST", most):
        for each in runs:
            with _counting() as asked:
                run(each, **more)
            found.append(len(asked))
    return tuple(found)


def _rules_of(chain: str) -> int:
    command = ["nft", "list", "chain", "inet", "fabric-default", chain]
    return subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True).stdout.count("mine")


def _tables() -> List[str]:
    listed = subprocess.run(["nft", "list", "tables"], stdout=subprocess.PIPE, check=True, text=True).stdout
    return [line.split()[-1] for line in listed.splitlines()]


def _checked(of: Declaration) -> Tuple[int, bool]:
    run(ONE)
    run(of)
    before = store_bytes()
    with _counting() as asked:
        assert not run(of, check=True).actions
    return len(asked), store_bytes() == before


def _kept_and_live(way: List[Optional[Declaration]]) -> List[Tuple[int, Any, Any]]:
    """Of each step, what the next run would go by, and what nft shows."""
    found = []
    for number, each in enumerate(way):
        run(each)
        if each is not NOTHING:
            record = nft_record.recall("default")
            assert record is not None
            states = shown.states(record)
            assert states is not None
            found.append((number, _plain(states), _plain(_live())))
    return found


def _live() -> Dict[Any, TableState]:
    return {name: read_table(objects) for name, objects in nft.Listing(nft_record.tables_of("default"))}


def _plain(states: Mapping[Any, TableState]) -> Dict[Any, Any]:
    return {
        name: {
            **vars(each),
            "rules": _ours(each.rules),
            "elements": {key: dict(of) for key, of in each.elements.items()},
        }
        for name, each in states.items()
    }


def _ours(rules: Mapping[str, Any]) -> Dict[str, Any]:
    return {name: each for name, each in rules.items() if each and not name.startswith(names.USER_CHAIN)}


def _left_behind(command: str) -> Tuple[str, ...]:
    run(ONE)
    run(TWO)
    _shell(command)
    return tuple(run(TWO).actions)


def _drifted(behind: List[Declaration], command: str) -> Tuple[Tuple[str, ...], Tuple[str, ...], bool]:
    for each in behind:
        run(each)
    before = _plain(_live())
    _shell(command)
    found = run(behind[-1], check=True).actions
    run(behind[-1])
    left = run(behind[-1]).actions
    return tuple(found), tuple(left), _plain(_live()) == before


def _damaged(damage: str) -> Tuple[Tuple[str, ...], Tuple[bool, bool]]:
    """What is left to do behind a run that meets it, and whether the rules are those of both declarations."""
    run(TWO)
    two = _plain(_live())
    run(ONE)
    one = _plain(_live())
    with open(_FILE, "rb") as file:
        data = file.read()
    places = {"another release": mock.patch.object(names, "RELEASE", "9.9.9")}
    places["another boot"] = mock.patch.object(nft_record, "marks", mock.Mock(boot_id=lambda: "another"))
    turned = bytes(each ^ 255 for each in data[:1000]) + data[1000:]
    contents = {"empty": b"", "cut off": data[:-9], "bytes turned over": turned, "no row of records": data[-200:]}
    middle = len(data) // 2
    contents["one bit"] = data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]
    with open(_FILE, "wb") as file:
        file.write(contents.get(damage, data))
    with places.get(damage, contextlib.nullcontext()):
        run(TWO)
        is_two = _plain(_live()) == two
        run(ONE)
    return tuple(run(ONE).actions), (is_two, _plain(_live()) == one)


def _files_of_nothing() -> Tuple[List[str], List[str]]:
    run(ONE)
    there = os.listdir(names.RULES_DIRECTORY)
    run(NOTHING)
    return os.listdir(names.RULES_DIRECTORY), there


def _shell(command: str) -> None:
    subprocess.run(["sh", "-ec", command], check=True)
