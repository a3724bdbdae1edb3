# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Units of systemd: what is compared, what is done, and its way back; what systemd makes of it is tested elsewhere."""

from __future__ import annotations

from typing import Any, List

import pytest

from ansible_collections.linuxnet.fabric.plugins.module_utils._expansion.units import units
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.errors import ForeignObjectError
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.action import Action
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.units import Unit, UnitStates, compare

RESTORE, NFTABLES = units("shop", restore=True, late=False, heal=0)[:2]


def as_desired(*wanted: Unit) -> UnitStates:
    links = {path: target for unit in wanted for path, target in unit.links.items()}
    active = {unit.name: "active" for unit in wanted}
    return UnitStates({unit.path: unit.text for unit in wanted}, links, active)


def steps(actions: Any) -> List[List[str]]:
    return [[step.name for step in each] for action in actions for each in (action.do, action.undo, action.finish)]


def lines(actions: Any) -> List[str]:
    return [line for action in actions for line in action.lines]


def test_where_all_is_as_desired_there_is_nothing_to_do() -> None:
    assert compare("shop", [RESTORE], as_desired(RESTORE)) == ()


def test_several_units_are_one_step_in_which_systemd_reads_its_files_once() -> None:
    made = compare("shop", [RESTORE, NFTABLES], UnitStates({RESTORE.path: None, NFTABLES.path: None}))
    assert lines(made) == ["write and enable " + RESTORE.name, "write and enable " + NFTABLES.name]
    do, undo, finish = steps(made)
    assert do.count("unit.reload") == undo.count("unit.reload") == 1 and do[-1] == undo[-1] == "unit.reload"
    assert finish == ["unit.start"], "a unit beside a firewall is started with that"


def test_the_way_back_of_a_changed_unit_is_the_text_that_it_had() -> None:
    now = as_desired(RESTORE)
    edited = RESTORE.text + "# by hand\n"
    action: Action = compare("shop", [RESTORE], UnitStates({RESTORE.path: edited}, now.links, now.active))[0]
    assert action.undo[0].arguments == {"path": RESTORE.path, "content": edited}
    assert action.before == {"text": edited} and action.after == {"text": RESTORE.text}


@pytest.mark.parametrize("state, line", [("inactive", "start {0}"), ("failed", "start {0}, which has failed")])
def test_one_that_is_not_active_is_started_once_all_is_verified(state: str, line: str) -> None:
    now = as_desired(RESTORE)
    found = compare("shop", [RESTORE], UnitStates(now.texts, now.links, {RESTORE.name: state}))
    assert lines(found) == [line.format(RESTORE.name)]
    assert steps(found) == [["unit.reload"], ["unit.reload"], ["unit.start"]]


def test_one_beside_a_firewall_is_to_be_active_while_that_is() -> None:
    now = as_desired(NFTABLES)
    for firewall, expected in (("active", ["start " + NFTABLES.name]), ("inactive", [])):
        states = UnitStates(now.texts, now.links, {NFTABLES.name: "inactive", "nftables.service": firewall})
        assert lines(compare("shop", [NFTABLES], states)) == expected


def test_what_is_not_declared_any_more_goes_with_its_links_and_is_stopped_at_the_end() -> None:
    found = compare("shop", [], as_desired(RESTORE))
    assert lines(found) == ["remove " + RESTORE.name]
    assert steps(found) == [
        ["unit.link", "unit.write", "unit.reload"],
        ["unit.write", "unit.link", "unit.reload"],
        ["unit.stop"],
    ]


def test_a_file_without_our_mark_stands_in_the_way() -> None:
    with pytest.raises(ForeignObjectError, match="is not ours"):
        compare("shop", [RESTORE], UnitStates({RESTORE.path: "[Unit]\n"}))


def test_another_topologys_unit_is_not_ours() -> None:
    other = units("other", restore=True, late=False, heal=0)[0]
    with pytest.raises(ForeignObjectError, match="is not ours"):
        compare("shop", [RESTORE], UnitStates({RESTORE.path: other.text}))


def test_units_run_the_program_with_the_name_of_their_topology() -> None:
    found = {unit.name: unit for unit in units("shop", restore=True, late=True, heal=5)}
    assert list(found) == [
        "linuxnet-fabric@shop.service",
        "linuxnet-fabric-nftables@shop.service",
        "linuxnet-fabric-firewalld@shop.service",
        "linuxnet-fabric-late@shop.service",
        "linuxnet-fabric-heal@shop.service",
        "linuxnet-fabric-heal@shop.timer",
    ]
    program = "ExecStart=/usr/local/sbin/linuxnet-fabric restore "
    started = [line for unit in found.values() for line in unit.text.splitlines() if line.startswith("ExecStart=")]
    words = ("--early shop", "--rules shop", "--rules shop", "shop", "--heal shop")
    assert started == [program + each for each in words]
    assert "OnUnitActiveSec=5min" in found["linuxnet-fabric-heal@shop.timer"].text
    assert not any("{" in unit.text for unit in found.values())


def test_a_repair_writes_figures_where_that_is_asked_for_and_its_result_is_not_theirs() -> None:
    (heal,) = [each for each in units("shop", False, False, 5, metrics="/var/x.prom") if each.name.endswith(".service")]
    assert "ExecStopPost=-/usr/local/sbin/linuxnet-fabric metrics /var/x.prom\n" in heal.text
