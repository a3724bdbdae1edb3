# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A run from its plan to its end, on files alone: applied, verified and kept, or back to what was there before."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict, List, Tuple

import pytest

from ansible_collections.linuxnet.fabric.plugins.module_utils._engine import confirm, journal, recovery
from ansible_collections.linuxnet.fabric.plugins.module_utils._engine.interrupted import Timer
from ansible_collections.linuxnet.fabric.plugins.module_utils._engine.leases import Leases
from ansible_collections.linuxnet.fabric.plugins.module_utils._engine.report import Result
from ansible_collections.linuxnet.fabric.plugins.module_utils._engine.session import Finish, Session, Work
from ansible_collections.linuxnet.fabric.plugins.module_utils._engine.stopwatch import Stopwatch
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel import gate
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.changes import LEASE, Change, Subject
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.errors import FabricError
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.action import Action, Operation, operation


class NoKernel:
    """Of a view, what a run needs of it."""

    def before(self, touched: Any) -> Dict[str, Any]:
        return {}


class Ledger(Leases):
    """Leases that remember what was done to them."""

    def __init__(self, *actions: str) -> None:
        self.changes = tuple(Change(text, Subject(topology="default", part=LEASE)) for text in actions)
        self.log: List[str] = []

    def commit(self) -> None:
        self.log.append("commit")

    def rollback(self) -> None:
        self.log.append("rollback")


class Files:
    """Files that are to say "new" each; a plan writes those that do not."""

    def __init__(self, directory: Path, *names: str) -> None:
        self.directory, self.names = directory, names
        directory.mkdir()

    def plan(self) -> Tuple[Action, ...]:
        return tuple(self.written(name) for name in self.names if self.says().get(name) != "new")

    def says(self) -> Dict[str, str]:
        return {path.name: path.read_text() for path in self.directory.iterdir() if path.is_file()}

    def written(self, name: str) -> Action:
        path, now = str(self.directory / name), self.says().get(name)
        back = operation("file.remove", path=path) if now is None else operation("file.write", path=path, content=now)
        return Action(
            "write " + name, Subject(host=name), (operation("file.write", path=path, content="new"),), (back,)
        )


class Nowhere:
    """A host without namespaces."""

    def inside(self, netns: str) -> Any:
        raise FileNotFoundError(netns)


def session(check_mode: bool = False, timer: Any = None) -> Session:
    host: Any = None
    view: Any = NoKernel()
    return Session(host, view, check_mode, Result(), Stopwatch(), timer)


@pytest.fixture
def files(tmp_path: Path, journal_file: Path) -> Files:
    files = Files(tmp_path / "etc", "a", "b")
    (files.directory / "a").write_text("old")
    return files


def test_a_run_makes_what_is_wanted_and_leaves_no_journal(files: Files, journal_file: Path) -> None:
    leases = Ledger("lease 10.0.0.2 to web")

    told = session().carry_out(Work("default", files.plan, leases))

    assert told.actions == ("lease 10.0.0.2 to web", "write a", "write b")
    assert files.says() == {"a": "new", "b": "new"}
    assert leases.log == ["commit"]
    assert list(journal_file.parent.iterdir()) == []


def test_a_second_run_finds_nothing_to_do_and_writes_no_journal(files: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    session().carry_out(Work("default", files.plan))
    monkeypatch.setattr(journal, "JOURNAL_FILE", "/nowhere/journal.json")

    assert not session().carry_out(Work("default", files.plan)).changed


def test_a_check_says_what_the_run_does_and_does_none_of_it(files: Files, journal_file: Path) -> None:
    leases = Ledger("lease 10.0.0.2 to web")

    told = session(check_mode=True).carry_out(Work("default", files.plan, leases))

    assert told.actions == ("lease 10.0.0.2 to web", "write a", "write b")
    assert (files.says(), leases.log, list(journal_file.parent.iterdir())) == ({"a": "old"}, [], [])


def test_a_step_that_fails_takes_the_whole_run_back(
    files: Files, journal_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused: List[str] = []

    def refuse_once(what: str) -> None:
        if what == "file {0}/b".format(files.directory) and not refused:
            refused.append(what)
            raise OSError("no space left")

    monkeypatch.setattr(gate, "before_write", refuse_once)

    with pytest.raises(FabricError, match="failed at: write b: no space left.*the host is as before") as failure:
        session().carry_out(Work("default", files.plan, Ledger()))

    assert failure.value.details["undone"] == ["write b", "write a"]
    assert files.says() == {"a": "old"}
    assert list(journal_file.parent.iterdir()) == []


def test_a_host_that_does_not_match_after_the_last_step_goes_back(files: Files) -> None:
    work = Work("default", files.plan, left_after=lambda actions, _meanwhile: (files.written("a"),))

    with pytest.raises(FabricError, match="the host does not match after the last action; still to do: write a"):
        session().carry_out(work)

    assert files.says() == {"a": "old"}


def test_leases_that_cannot_be_kept_stop_the_run_before_its_first_step(files: Files) -> None:
    class Full(Ledger):
        def commit(self) -> None:
            raise FabricError("the lease store is full")

    leases = Full("lease 10.0.0.2 to web")
    with pytest.raises(FabricError, match="failed the lease store is full. What the run had done was undone"):
        session().carry_out(Work("default", files.plan, leases))

    assert (files.says(), leases.log) == ({"a": "old"}, ["rollback"])


def test_a_journal_that_cannot_be_written_stops_the_run_before_its_first_step(
    files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full() -> None:
        raise OSError("no space left")

    monkeypatch.setattr(journal, "prepare_state_directory", full)
    leases = Ledger("lease 10.0.0.2 to web")
    leases.way_back = (operation("file.write", path=str(files.directory), content="a directory is no file"),)

    with pytest.raises(FabricError, match="failed no space left. The way back was not complete"):
        session().carry_out(Work("default", files.plan, leases))

    assert (files.says(), leases.log) == ({"a": "old"}, ["rollback"])


def test_what_the_way_back_could_not_do_is_left_to_the_next_run(files: Files, journal_file: Path) -> None:
    plan = files.plan()
    stuck = operation("file.write", path=str(files.directory), content="a directory is no file")
    broken = Action("write b", "file b", plan[1].do, (stuck,))
    work = Work("default", lambda: (plan[0], broken), left_after=lambda actions, _meanwhile: ("something",))

    with pytest.raises(FabricError, match="The way back was not complete .* the next run will go on with it"):
        session().carry_out(work)
    assert files.says() == {"a": "old", "b": "new"}

    host: Any = None
    record = recovery.interrupted()
    told = recovery.finish_interrupted(host)

    assert record is not None and record.undo == ((stuck,),)
    assert told.actions == ("take back the interrupted run of topology default",) == recovery.foretell(record).actions
    assert "this could not be done" in told.warnings[0]
    assert journal.read() is None, "it does not stand in the way of all runs to come"


def test_a_run_that_died_half_way_is_taken_back_by_the_next_one(files: Files, journal_file: Path) -> None:
    journal_of_the_dead: Dict[Path, str] = {}

    def remember(actions: Any, _meanwhile: Any) -> Tuple[str, ...]:
        for path in (*journal_file.parent.iterdir(), *(journal_file.parent.parent / "run").iterdir()):
            journal_of_the_dead[path] = path.read_text()
        return ()

    session().carry_out(Work("default", files.plan, left_after=remember))
    for path, text in journal_of_the_dead.items():
        path.write_text(text)

    host: Any = None
    recovery.finish_interrupted(host)

    assert files.says() == {"a": "old"}
    assert journal.read() is None


def test_what_is_for_the_end_is_done_once_all_is_verified(files: Files) -> None:
    (files.directory / "leftover").write_text("")
    leftover = operation("file.remove", path=str(files.directory / "leftover"))
    seen: List[bool] = []

    def left_after(actions: Any, _meanwhile: Any) -> Tuple[str, ...]:
        seen.append((files.directory / "leftover").exists())
        return ()

    session().carry_out(Work("default", files.plan, left_after=left_after, finish=lambda actions: Finish((leftover,))))

    assert seen == [True]
    assert files.says() == {"a": "new", "b": "new"}


def test_an_address_is_announced_after_all_that_a_disk_is_waited_for(
    files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    writes: List[str] = []
    monkeypatch.setattr(gate, "before_write", writes.append)
    gone = operation("announce", netns="gone", ifname="eth0", mac="02:42:0a:00:00:02", addresses=["10.0.0.2/24"])
    leftover = operation("file.remove", path=str(files.directory / "leftover"))
    (files.directory / "leftover").write_text("")
    run = Session(Nowhere(), NoKernel(), False, Result(), Stopwatch(), None)  # type: ignore[arg-type]

    run.carry_out(Work("default", files.plan, finish=lambda actions: Finish((gone,), (leftover,))))

    ours = [write for write in writes if write == "announce" or "leftover" in write]
    assert ours[-1] == "announce" and len(ours) == 2


def test_what_is_kept_at_the_end_is_written_while_there_is_a_way_back(files: Files, journal_file: Path) -> None:
    reached = journal_file.parent.parent / "run" / "journal.json.reached"
    seen: List[str] = []
    finish = Finish(prepare=lambda: seen.append(reached.read_text().strip()))

    session().carry_out(Work("default", files.plan, finish=lambda actions: finish))

    assert seen == ["2"], "after the second of two actions, and before the mark that all is verified"


def test_what_cannot_be_written_for_the_end_takes_the_run_back(files: Files, journal_file: Path) -> None:
    def full() -> None:
        raise OSError("no space left")

    with pytest.raises(FabricError, match="no space left.*What the run had done was undone; the host is as before"):
        session().carry_out(Work("default", files.plan, finish=lambda actions: Finish(prepare=full)))

    assert files.says() == {"a": "old"}
    assert list(journal_file.parent.iterdir()) == []


def test_tidying_up_that_fails_leaves_the_journal_so_that_the_next_run_goes_on(files: Files) -> None:
    stuck = operation("file.write", path=str(files.directory), content="a directory is no file")

    with pytest.raises(FabricError, match="the host matches the declaration, but tidying up failed"):
        session().carry_out(Work("default", files.plan, finish=lambda actions: Finish((stuck,))))

    record = recovery.interrupted()
    assert record is not None
    assert recovery.foretell(record).actions == ("finish the interrupted run of topology default",)
    assert files.says() == {"a": "new", "b": "new"}


def test_a_run_with_a_timer_waits_for_its_confirmation(files: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal.process, "started", lambda pid: "7")
    finish: Tuple[Operation, ...] = (operation("file.remove", path=str(files.directory / "a")),)

    session(timer=Timer("00", 1, "7")).carry_out(Work("default", files.plan, finish=lambda actions: Finish(finish)))

    assert files.says() == {"a": "new", "b": "new"}
    with pytest.raises(FabricError, match="waits for its confirmation"):
        recovery.interrupted()

    monkeypatch.setattr(confirm, "Host", NoHost)
    assert confirm.confirm().actions == ("confirm the run of topology default",)
    assert files.says() == {"b": "new"}, "the end comes with the confirmation"
    assert journal.read() is None


class NoHost:
    def __enter__(self) -> None:
        return None

    def __exit__(self, *_exception: object) -> None:
        return None
