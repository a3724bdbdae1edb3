# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The declaration that a run keeps, worked out by another process where there is much of it."""

from __future__ import annotations

import os
import signal
import time
from dataclasses import replace
from pathlib import Path
from typing import AbstractSet, Any, Callable, Dict, List, Optional

import pytest

from ansible_collections.linuxnet.fabric.plugins.module_utils._engine import declared
from ansible_collections.linuxnet.fabric.plugins.module_utils._engine.asked import Digests
from ansible_collections.linuxnet.fabric.plugins.module_utils._engine.asked_since import FEW
from ansible_collections.linuxnet.fabric.plugins.module_utils._engine.declared import Kept
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel import json_pieces, lasting, names, second_process
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.changes import Subject
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.visits import MANY
from ansible_collections.linuxnet.fabric.plugins.module_utils._module.keeping import Keeping
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.action import Action

DIGESTS = {"container web": "abcdef012345"}
ACTION = Action("change web", Subject(container="web"), (), ())


def words(containers: int) -> Dict[str, Any]:
    return declared.words({"containers": {"box{0}".format(number): {} for number in range(containers)}})


def keeping_of(
    said: Dict[str, Any],
    asked: Callable[[], Digests] = lambda: DIGESTS,
    last: Optional[Kept] = None,
    tells: Optional[Callable[[], Dict[str, Any]]] = None,
    around: Optional[Dict[str, Any]] = None,
    asked_of: Callable[[AbstractSet[str]], Digests] = lambda containers: {},
    **more: bool,
) -> Keeping:
    record = Kept(said, names.RELEASE, {}, around or {})
    return Keeping("shop", record, last, asked, asked_of, tells or described, **more)


def described() -> Dict[str, Any]:
    return {
        "networks": {"front": {}},
        "containers": {"box{0}".format(number): {"by": os.getpid()} for number in range(70)},
    }


@pytest.fixture(autouse=True)
def records(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(names, "DECLARED_DIRECTORY", str(tmp_path / "declared"))
    monkeypatch.setattr(names, "PREPARED_FILE", str(tmp_path / "prepared"))
    monkeypatch.setattr(second_process, "is_worth_it", lambda: True)
    return tmp_path


@pytest.mark.parametrize("containers", [1, MANY], ids=["few", "many"])
def test_what_a_run_with_changes_keeps_is_written_before_it_counts(containers: int) -> None:
    said = words(containers)
    keeping = keeping_of(said, around={"mtu": 1500})
    finish = keeping.finish((), (), [ACTION])

    finish.prepare()
    finish.prepare()
    asked = keeping.asked()
    keeping.close()

    assert [step.name for step in finish.declared] == ["declared.keep"]
    assert declared.prepared() == Kept(said, names.RELEASE, DIGESTS, {"mtu": 1500})
    assert asked == DIGESTS


def test_many_digests_are_worked_out_once_and_by_another_process(tmp_path: Path) -> None:
    def noted() -> Dict[str, str]:
        with open(tmp_path / "by", "a", encoding="ascii") as file:
            file.write("{0}\n".format(os.getpid()))
        return DIGESTS

    keeping = keeping_of(words(MANY), noted)
    prepare = keeping.finish((), (), [ACTION]).prepare
    _wait_for(tmp_path / "by")
    prepare()
    asked = keeping.asked()
    keeping.close()

    by = (tmp_path / "by").read_text().split()
    assert asked == DIGESTS
    assert len(by) == 1
    assert by != [str(os.getpid())]


def test_the_process_that_a_plan_shared_its_work_with_works_it_out() -> None:
    keeping = keeping_of(words(MANY), lambda: {"by": str(os.getpid())})
    with keeping.share(lambda portion: (portion, os.getpid()), range(500)) as process:
        done = process.work()

    keeping.finish((), (), [ACTION]).prepare()
    by = keeping.asked()["by"]
    keeping.close()

    others = {str(pid) for _portion, pid in done} - {str(os.getpid())}
    assert sorted(portion for portion, _pid in done) == list(range(500))
    assert by not in ("", str(os.getpid()))
    assert others <= {by}


def test_of_a_plan_without_changes_nothing_is_worked_out() -> None:
    said, asked = words(MANY), []  # type: Dict[str, Any], List[str]
    kept = Kept(said, names.RELEASE, DIGESTS, {})
    keeping = keeping_of(said, lambda: asked.append("digests") or DIGESTS, kept)
    with keeping.share(str, [1]) as process:
        process.work()

    assert keeping.finish((), (), ()).declared == ()
    keeping.close()
    assert asked == []


def test_what_a_killed_process_did_not_work_out_the_run_does() -> None:
    own = os.getpid()

    def dying() -> Dict[str, str]:
        if os.getpid() != own:
            os.kill(os.getpid(), signal.SIGKILL)
        return DIGESTS

    keeping = keeping_of(words(MANY), dying)
    keeping.finish((), (), [ACTION]).prepare()
    keeping.close()

    assert declared.prepared() == Kept(words(MANY), names.RELEASE, DIGESTS, {})


def test_a_run_that_is_given_up_leaves_no_process() -> None:
    keeping = keeping_of(words(MANY))
    keeping.finish((), (), [ACTION])

    keeping.close()
    lasting.reap()

    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


def test_a_run_without_changes_keeps_what_it_had_and_asks_nobody() -> None:
    asked: List[str] = []
    said = words(MANY)
    kept = Kept(said, names.RELEASE, DIGESTS, {})
    keeping = keeping_of(said, lambda: asked.append("digests") or DIGESTS, kept)

    assert keeping.finish((), (), ()).declared == ()
    assert asked == []


def test_a_declaration_that_was_real_already_and_is_another_is_kept() -> None:
    kept = Kept(words(2), names.RELEASE, DIGESTS, {})
    (step,) = keeping_of(words(1), last=kept).finish((), (), ()).declared
    assert (step.name, step.arguments["asked"], step.arguments["declared"]) == ("declared.write", DIGESTS, words(1))


def test_what_is_told_is_written_by_the_other_process_whether_or_not_something_changes() -> None:
    for changes in (False, True):
        kept = Kept(words(MANY), names.RELEASE, DIGESTS, {})
        keeping = keeping_of(words(MANY), last=kept, writes=True)
        with keeping.share(str, [1]) as process:
            process.work()
        keeping.finish((), (), [ACTION] if changes else ()).prepare()
        facts = keeping.facts()
        keeping.close()

        assert facts["networks"] == {"front": {}}
        told = json_pieces.plain(facts["containers"])
        assert told.keys() == described()["containers"].keys()
        assert {each["by"] for each in told.values()} not in ({os.getpid()}, set())


def test_whoever_goes_on_with_what_is_told_gets_it_as_it_is() -> None:
    keeping = keeping_of(words(MANY))
    keeping.finish((), (), [ACTION]).prepare()
    facts = keeping.facts()
    keeping.close()

    assert facts == described()


def test_what_a_killed_process_did_not_write_the_run_tells() -> None:
    own = os.getpid()

    def dying() -> Dict[str, Any]:
        if os.getpid() != own:
            os.kill(os.getpid(), signal.SIGKILL)
        return described()

    keeping = keeping_of(words(MANY), tells=dying, writes=True)
    keeping.finish((), (), [ACTION]).prepare()
    facts = keeping.facts()
    keeping.close()

    assert facts == described()


def test_where_a_change_is_sure_the_record_is_begun_before_anybody_asks(tmp_path: Path) -> None:
    keeping = keeping_of(words(MANY), lambda: (tmp_path / "by").write_text("\n") and DIGESTS, is_sure=True)
    with keeping.share(str, [1]) as process:
        process.work()
    _wait_for(tmp_path / "by")
    keeping.close()


def test_who_adds_a_container_works_out_what_is_asked_of_that_and_keeps_the_rest_as_it_was() -> None:
    now, new = words(MANY + 1), "box{0}".format(MANY)
    last = Kept(words(MANY), names.RELEASE, {"container box1": "1", "network front": "old"}, {})

    keeping = keeping_of(now, _refusing, last, asked_of=lambda names: {"container " + name: "new" for name in names})
    keeping.finish((), (), [replace(ACTION, subject=Subject(container=new))]).prepare()
    asked = keeping.asked()
    keeping.close()

    assert asked == {"container " + new: "new"}
    assert declared.prepared() == Kept(now, names.RELEASE, {"container box1": "1", "container " + new: "new"}, {})


@pytest.mark.parametrize(
    "last",
    [
        Kept(words(MANY), "0.0.1", DIGESTS, {}),
        Kept(words(MANY), names.RELEASE, DIGESTS, {"mtu": 1400}),
        Kept(words(MANY), names.RELEASE, {}, {}),
        Kept(declared.words({"networks": {"back": {}}, "containers": {}}), names.RELEASE, DIGESTS, {}),
        Kept(words(2 * MANY + 2), names.RELEASE, DIGESTS, {}),
    ],
    ids=["of another release", "in other surroundings", "without digests", "of other networks", "of many others"],
)
def test_after_a_record_that_is_otherwise_all_is_worked_out(last: Kept) -> None:
    keeping = keeping_of(words(MANY), last=last, asked_of=_refusing)
    keeping.finish((), (), [ACTION]).prepare()
    keeping.close()

    assert declared.prepared() == Kept(words(MANY), names.RELEASE, DIGESTS, {})


def test_of_a_change_of_many_containers_all_is_worked_out() -> None:
    actions = [replace(ACTION, subject=Subject(container="box{0}".format(number))) for number in range(FEW + 2)]
    last = Kept(words(MANY), names.RELEASE, DIGESTS, {})
    keeping = keeping_of(words(MANY), lambda: {"container box1": "all"}, last, asked_of=_refusing)
    keeping.finish((), (), actions).prepare()
    keeping.close()

    kept = declared.prepared()
    assert kept is not None and kept.asked == {"container box1": "all"}


def _refusing(*_containers: AbstractSet[str]) -> Digests:
    raise AssertionError("nobody is to ask for these")


def _wait_for(path: Path) -> None:
    for _attempt in range(500):
        if path.exists() and path.read_text().endswith("\n"):
            return
        time.sleep(0.01)
    raise AssertionError("nobody worked anything out")
