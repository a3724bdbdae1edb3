# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""While the kernel takes many links away a run goes on with what needs none of them, and is taken back as a whole."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path
from typing import Any, Callable, Dict, List, Mapping, Sequence, Tuple

import pytest

from ansible_collections.linuxnet.fabric.plugins.module_utils._engine import lengthy, operations
from ansible_collections.linuxnet.fabric.plugins.module_utils._engine.report import Result
from ansible_collections.linuxnet.fabric.plugins.module_utils._engine.session import Session, Work
from ansible_collections.linuxnet.fabric.plugins.module_utils._engine.stopwatch import Stopwatch
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.changes import Change, Subject
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.errors import FabricError
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.action import Action, operation

_DEADLINE = 20.0  # seconds, until a test that waits for ever fails
NO_HOST: Any = None


class NoKernel:
    """Of a view, what a run needs of it."""

    def before(self, touched: Any) -> Dict[str, Any]:
        return {}


def taking_away(count: int) -> Action:
    """That many links, whatever ``links.delete`` does here."""
    names = ["veth{0}".format(number) for number in range(count)]
    told = [Change("disconnect " + name, Subject(interface=name)) for name in names]
    there = operation("links.delete", ifnames=names, group=4011, joining=[])
    return Action(told[0].text, told[0].subject, (there,), (), also=tuple(told[1:]))


def removing(path: Path) -> Action:
    back = operation("file.write", path=str(path), content=path.read_text())
    return Action("remove " + path.name, Subject(host=path.name), (operation("file.remove", path=str(path)),), (back,))


def writing(path: Path) -> Action:
    there, back = operation("file.write", path=str(path), content="new"), operation("file.remove", path=str(path))
    return Action("write " + path.name, Subject(host=path.name), (there,), (back,))


def carry_out(work: Work) -> Result:
    view: Any = NoKernel()
    return Session(NO_HOST, view, False, Result(), Stopwatch()).carry_out(work)


def work_of(actions: Sequence[Action], **more: Any) -> Work:
    return Work("default", lambda: tuple(actions), left_after=lambda _actions, _meanwhile: (), **more)


@pytest.fixture
def deleting(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], object]], None]:
    """What the kernel does when links are taken away, for one test."""

    def put(do: Callable[[], object]) -> None:
        row = operations.row_of("links.delete")
        monkeypatch.setitem(operations.OPERATIONS, row.name, row._replace(do=lambda _host, **_words: do()))

    return put


@pytest.fixture
def files(tmp_path: Path, journal_file: Path) -> List[Path]:
    found = [tmp_path / name for name in ("a", "b", "c")]
    for path in found:
        path.write_text("old")
    return found


def test_files_go_while_links_do_and_what_is_written_waits(
    files: List[Path], deleting: Callable[[Callable[[], object]], None]
) -> None:
    gone, seen = threading.Event(), []  # type: threading.Event, List[bool]
    new = files[0].parent / "new"

    def tell(result: Result) -> Result:
        gone.set()  # all that may go on is done
        return replace(result, facts={"told": len(result.changes)})

    def wait() -> None:
        seen.extend((gone.wait(_DEADLINE), *(path.exists() for path in (*files, new))))

    deleting(wait)
    actions = [taking_away(lengthy.MANY), *map(removing, files), writing(new)]
    told = carry_out(work_of(actions, tell=tell))

    assert seen == [True, False, False, False, False]
    assert new.read_text() == "new"
    assert told.actions == tuple(line for action in actions for line in action.lines)
    assert told.facts == {"told": lengthy.MANY + 4}


def test_of_few_links_everything_waits_its_turn(
    files: List[Path], deleting: Callable[[Callable[[], object]], None]
) -> None:
    seen: List[Tuple[str, bool]] = []
    deleting(lambda: seen.append((threading.current_thread().name, files[0].exists())))
    carry_out(work_of([taking_away(lengthy.MANY - 1), removing(files[0])]))
    assert seen == [(threading.current_thread().name, True)]


def test_where_links_do_not_go_that_is_said_and_what_went_meanwhile_is_there_again(
    files: List[Path], journal_file: Path, deleting: Callable[[Callable[[], object]], None]
) -> None:
    def refuse() -> None:
        raise OSError("no memory")

    deleting(refuse)
    with pytest.raises(FabricError, match="failed at: disconnect veth0: no memory.*the host is as before"):
        carry_out(work_of([taking_away(lengthy.MANY), *map(removing, files)]))
    assert [path.read_text() for path in files] == ["old"] * 3
    assert list(journal_file.parent.iterdir()) == []


def test_where_something_fails_meanwhile_the_links_are_waited_for_before_the_way_back(
    files: List[Path], deleting: Callable[[Callable[[], object]], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    failed, order = threading.Event(), []  # type: threading.Event, List[str]
    remove, write = (operations.row_of(name) for name in ("file.remove", "file.write"))

    def refuse(host: Any, path: str) -> None:
        failed.set()
        raise OSError("read-only")

    def put_back(host: Any, **words: Any) -> None:
        order.append("put back")
        write.do(host, **words)

    def wait() -> None:
        failed.wait(_DEADLINE)
        order.append("links went")

    deleting(wait)
    monkeypatch.setitem(operations.OPERATIONS, remove.name, remove._replace(do=refuse))
    monkeypatch.setitem(operations.OPERATIONS, write.name, write._replace(do=put_back))
    with pytest.raises(FabricError, match="failed at: remove a: read-only"):
        carry_out(work_of([taking_away(lengthy.MANY), removing(files[0])]))
    assert order == ["links went", "put back"]


def test_many_of_one_kind_at_the_end_are_done_together(monkeypatch: pytest.MonkeyPatch) -> None:
    done: List[Tuple[str, Sequence[Mapping[str, Any]]]] = []
    discard, drop = (operations.row_of("netns." + name) for name in ("discard", "drop"))
    together = discard._replace(together=lambda _host, each: done.append(("together", each)))
    monkeypatch.setitem(operations.OPERATIONS, discard.name, together)
    by_itself = drop._replace(do=lambda _host, **words: done.append(("alone", [words])))
    monkeypatch.setitem(operations.OPERATIONS, drop.name, by_itself)

    steps = [operation("netns.drop", name="z"), *(operation("netns.discard", name=n, inode=1) for n in "ab")]
    operations.perform_all(NO_HOST, [*steps, operation("netns.drop", name="y")])

    both = [{"name": "a", "inode": 1}, {"name": "b", "inode": 1}]
    assert done == [("alone", [{"name": "z"}]), ("together", both), ("alone", [{"name": "y"}])]
