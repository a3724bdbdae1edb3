# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The journal: the way back of a run that died, and files that no run has written."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, Dict, List

import pytest

from ansible_collections.linuxnet.fabric.plugins.module_utils._engine import confirm, interrupted, journal
from ansible_collections.linuxnet.fabric.plugins.module_utils._engine.interrupted import Record, Timer, way_back
from ansible_collections.linuxnet.fabric.plugins.module_utils._engine.journal import Journal
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel import marks
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.changes import Subject
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.errors import FabricError
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.action import Action, operation

FIRST = (operation("lease.revert", granted=[], released=[]),)
ACTIONS = (
    Action("create bridge", "a", (), (operation("link.delete", netns=None, ifname="br-front"),)),
    Action("write files", "b", (), (operation("file.remove", path="/a"), operation("file.write", path="/b"))),
    Action("let pass", "d", (), (operation("file.replace", path="/ufw", content="theirs"),)),
    Action("create namespace", "c", (), (operation("netns.remove", name="web"),), (operation("announce"),)),
)

ALL = ["netns.remove", "file.replace", "file.remove", "file.write", "link.delete", "lease.revert"]


def reboot(journal_file: Path) -> None:
    """What is under /run goes."""
    for path in (journal_file.parent.parent / "run").iterdir():
        path.unlink()


def refused(_path: str, _name: str) -> None:
    raise PermissionError(1, "Operation not permitted")


#: A journal as the first release writes it, in one file.
WORDS: Dict[str, Any] = {
    "version": 1,
    "topology": "default",
    "boot_id": "this",
    "timer": {"nonce": "00", "pid": 1, "started": "7"},
    "first": [{"name": "lease.revert", "arguments": {"granted": [{"kind": "subnet"}], "released": []}}],
    "undo": [[{"name": "link.delete", "arguments": {"netns": None, "ifname": "br-front"}}]],
    "touched": [["link br-front"]],
    "before": {"link br-front": {"link": None, "addresses": [], "sysctls": {}, "inner": None}},
    "finish": [{"name": "declared.remove", "arguments": {"topology": "default"}}],
}


@pytest.mark.parametrize(
    ("boot", "reached", "expected"),
    [
        ("this", "0", ["lease.revert"]),
        ("this", "1", ["link.delete", "lease.revert"]),
        ("this", "2", ["file.remove", "file.write", "link.delete", "lease.revert"]),
        ("this", "3", ["file.replace", "file.remove", "file.write", "link.delete", "lease.revert"]),
        ("this", "4", ALL),
        ("this", interrupted.UNCONFIRMED, ALL),
        # After a reboot the kernel's objects are gone, and our files; nobody knows how far the run had come.
        ("another", "0", ["file.replace", "lease.revert"]),
        ("another", "3", ["file.replace", "lease.revert"]),
    ],
)
def test_the_way_back_is_what_was_begun_in_reverse_then_the_leases(
    journal_file: Path, boot: str, reached: str, expected: List[str]
) -> None:
    Journal().begin("default", FIRST, ACTIONS)
    journal.set_reached(reached)
    if boot != "this":
        reboot(journal_file)
    record = journal.read()
    assert record is not None
    assert [step.name for _left, steps in way_back(record) for step in steps] == expected


def test_the_way_back_says_after_each_action_how_many_are_left(journal_file: Path) -> None:
    Journal().begin("default", FIRST, ACTIONS)
    journal.set_reached("4")
    record = journal.read()
    assert record is not None
    assert [left for left, _steps in way_back(record)] == [3, 2, 1, 0, None]


def test_the_way_back_of_many_links_that_went_in_one_step_is_all_of_it(journal_file: Path) -> None:
    undo = tuple(operation("link.delete", netns=None, ifname="veth{0}".format(number)) for number in range(200))
    Journal().begin("default", (), (Action("", Subject(topology="default"), (), undo), *ACTIONS))
    record = journal.read()
    assert record is not None
    assert record.undo[0] == undo
    assert record.undo[1:] == tuple(action.undo for action in ACTIONS)


@pytest.mark.parametrize("links", [True, False], ids=["a file may have two names", "files have one name each"])
def test_what_was_verified_before_the_power_went_is_finished_and_not_taken_back(
    journal_file: Path, monkeypatch: pytest.MonkeyPatch, links: bool
) -> None:
    if not links:
        monkeypatch.setattr(os, "link", refused)
    kept = operation("declared.remove", topology="default")
    run = Journal()
    run.begin("default", FIRST, ACTIONS, (kept,))
    run.reached(interrupted.VERIFIED)

    reboot(journal_file)

    record = journal.read()
    assert record is not None
    assert (record.reached, record.finish) == (interrupted.VERIFIED, (kept,))


def test_a_journal_that_was_brought_back_from_a_copy_was_verified_all_the_same(journal_file: Path) -> None:
    run = Journal()
    run.begin("default", FIRST, ACTIONS)
    run.reached(interrupted.VERIFIED)
    reboot(journal_file)
    text = journal_file.read_text()
    journal_file.unlink()
    journal_file.write_text(text)
    record = journal.read()
    assert record is not None
    assert record.reached == interrupted.VERIFIED


def test_what_waited_for_its_confirmation_when_the_power_went_is_taken_back(journal_file: Path) -> None:
    run = Journal()
    run.begin("default", FIRST, ACTIONS, timer=Timer("00", 1, "7"))
    run.reached(interrupted.UNCONFIRMED)

    reboot(journal_file)

    record = journal.read()
    assert record is not None
    assert not journal.awaits_confirmation(record)
    assert [step.name for _left, steps in way_back(record) for step in steps] == [
        "file.replace",
        "lease.revert",
    ]


def test_a_run_is_over_once_the_half_that_lasts_is_gone(journal_file: Path) -> None:
    Journal().begin("default", FIRST, ACTIONS)
    journal_file.unlink()
    assert journal.read() is None


def test_that_an_earlier_run_was_verified_says_nothing_of_the_next(journal_file: Path) -> None:
    earlier = Journal()
    earlier.begin("default", FIRST, ACTIONS)
    earlier.reached(interrupted.VERIFIED)
    Journal().begin("default", FIRST, ACTIONS)
    record = journal.read()
    assert record is not None
    assert record.reached == "0"


def test_what_could_not_be_undone_is_left_in_both_halves(journal_file: Path) -> None:
    Journal().begin("default", FIRST, ACTIONS)
    journal.keep_only([ACTIONS[0].undo, ACTIONS[2].undo])
    now = journal.read()
    reboot(journal_file)
    later = journal.read()
    assert now is not None and later is not None
    assert [step.name for _left, steps in way_back(now) for step in steps] == [
        "link.delete",
        "file.replace",
    ]
    assert [step.name for _left, steps in way_back(later) for step in steps] == ["file.replace"]


def test_what_is_written_is_what_is_read(journal_file: Path) -> None:
    timer = Timer("00", 1, "7")
    Journal().begin("default", FIRST, ACTIONS, (operation("declared.remove", topology="default"),), timer)
    assert journal.read() == Record(
        topology="default",
        is_of_this_boot=True,
        undo=tuple(action.undo for action in ACTIONS),
        first=FIRST,
        finish=(operation("announce"), operation("declared.remove", topology="default")),
        timer=timer,
        touched=(["link br-front"], ["file /a", "file /b"], [], ["netns web"]),
    )


def test_of_a_run_of_any_length_all_is_read(journal_file: Path) -> None:
    undo = tuple((operation("netns.remove", name="c{0}".format(number)),) for number in range(600))
    actions = [Action("create namespace", "c", (), steps) for steps in undo]
    before = {"netns c{0}".format(number): {"handle": None, "mark": None, "state": None} for number in range(600)}
    Journal().begin("default", (), actions, (), None, lambda touched: iter(before.items()))
    record = journal.read()
    assert record is not None
    assert (record.undo, record.before) == (undo, before)
    assert record.touched == tuple([key] for key in before)


@pytest.mark.parametrize(("boot", "this"), [("this", True), ("another", False)])
def test_a_journal_of_the_first_release_is_understood(
    journal_file: Path, monkeypatch: pytest.MonkeyPatch, boot: str, this: bool
) -> None:
    monkeypatch.setattr(marks, "boot_id", lambda: boot)
    journal_file.write_text(json.dumps(WORDS))
    (journal_file.parent / "journal.json.reached").write_text("1".ljust(12))
    record = journal.read()
    assert record is not None
    assert (record.is_of_this_boot, record.begun) == (this, 1 if this else None)
    assert record.timer == Timer("00", 1, "7")
    assert [(step.name, step.arguments["granted"]) for step in record.first] == [("lease.revert", [{"kind": "subnet"}])]
    assert record.undo == ((operation("link.delete", netns=None, ifname="br-front"),),)
    assert record.finish == (operation("declared.remove", topology="default"),)


# --- what no run of this release has written


def without(word: str) -> str:
    return json.dumps({key: value for key, value in WORDS.items() if key != word})


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        '"words"',
        "{}",
        without("version"),
        without("topology"),
        without("boot_id"),
        without("undo"),
        json.dumps(dict(WORDS, undo=[[{"name": "link.delete"}]])),
        json.dumps(dict(WORDS, undo=7)),
        json.dumps(dict(WORDS, undo=[[{"name": "vxlan.delete", "arguments": {}}]])),
        json.dumps(dict(WORDS, first=[{"name": "lease.revert", "arguments": "none"}])),
        json.dumps(dict(WORDS, timer={"pid": 1})),
    ],
)
def test_a_malformed_journal_is_a_clear_error(journal_file: Path, text: str) -> None:
    journal_file.write_text(text)
    with pytest.raises(FabricError, match="journal.json, which a run .* cannot be read .*nothing was changed. Restore"):
        journal.read()


@pytest.mark.parametrize("reached", ["two", "-1", "2", "½"])
def test_a_malformed_counter_is_a_clear_error(journal_file: Path, reached: str) -> None:
    journal_file.write_text(json.dumps(WORDS))
    (journal_file.parent / "journal.json.reached").write_text(reached, encoding="utf-8")
    with pytest.raises(FabricError, match="cannot be read"):
        journal.read()


def test_bytes_that_are_no_text_are_a_clear_error(journal_file: Path) -> None:
    journal_file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(FabricError, match="cannot be read"):
        journal.read()


def test_a_journal_of_a_newer_release_is_left_to_that_release(journal_file: Path) -> None:
    newer = {"version": 3, "topology": "prod", "steps": "of another form"}
    journal_file.write_text(json.dumps(newer))
    with pytest.raises(FabricError, match="written by another release .*version is 3, this one knows 2.*topology prod"):
        journal.read()
    assert json.loads(journal_file.read_text()) == newer


# --- the timer of a run that waits for its confirmation


def test_a_timer_that_could_not_be_started_is_a_clear_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused() -> None:
        raise OSError("the kernel refuses it")

    monkeypatch.setattr(confirm.os, "setsid", refused)  # in the child, which then dies before it tells who the timer is
    with pytest.raises(FabricError, match="could not be started, so nothing was changed"):
        confirm.arm(600)
