# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Work that two processes share, or one does alone."""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import threading
import time

import pytest

from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel import lasting, second_process
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.lasting import Lasting
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.second_process import SecondProcess


@pytest.fixture
def two_processors(monkeypatch):
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: {0, 1})


def own():
    """The number of the process that does it."""
    yield os.getpid()


def test_two_do_all_of_it(two_processors):
    process = SecondProcess(lambda portion: portion * 2, [1, 2, 3, 4])
    try:
        assert sorted(process.work()) == [2, 4, 6, 8]
    finally:
        process.close()


def test_a_process_with_threads_does_not_fork(two_processors, monkeypatch):
    forks = []
    monkeypatch.setattr(os, "fork", lambda: forks.append("fork") or 1)
    end = threading.Event()
    thread = threading.Thread(target=end.wait)
    thread.start()
    try:
        assert SecondProcess(lambda portion: portion * 2, [1, 2]).work() == [2, 4]
    finally:
        end.set()
        thread.join()
    assert forks == []


@pytest.fixture
def worth_it(monkeypatch):
    monkeypatch.setattr(second_process, "is_worth_it", lambda: True)


def test_one_that_lasts_does_what_it_is_asked_for_beside_this_one(worth_it):
    process = Lasting(lambda portion: portion * 2, [1, 2], own)
    try:
        assert sorted(process.work()) == [2, 4]
        process.ask()
        assert next(process.answers()) not in (0, os.getpid())
    finally:
        process.close()


@pytest.mark.parametrize("is_asked", [True, False])
def test_one_that_is_asked_for_what_takes_long_leaves_the_last_portions_to_this_one(worth_it, tmp_path, is_asked):
    """And does them where it is not: here nobody else would."""

    def by(portion):
        while portion == 0 and not (tmp_path / "asked, or not").exists():
            time.sleep(0.005)
        return portion, os.getpid()

    process = Lasting(by, range(20), own)
    try:
        if is_asked:
            process.ask()
        (tmp_path / "asked, or not").touch()
        by_it = dict(process._answer.receive())  # all that it does alone
        left = [portion for portion, pid in process.work() if pid == os.getpid()]
        assert set(by_it.values()) == {process._child}
        assert sorted([*by_it, *left]) == list(range(20))
        assert (len(left) > 0) == is_asked
        assert left == list(range(20))[20 - len(left) :]
    finally:
        process.close()


def test_what_one_that_lasts_was_not_asked_for_is_not_done(worth_it, tmp_path):
    process = Lasting(lambda portion: portion, [1], lambda: [(tmp_path / "done").touch()])
    process.work()
    process.close()
    assert not (tmp_path / "done").exists()


def test_what_one_that_died_was_asked_for_is_done_here(worth_it):
    process = Lasting(lambda portion: portion, [], own)
    try:
        second_process.os.kill(process._child, signal.SIGKILL)
        process.ask()
        assert next(process.answers()) == os.getpid()
    finally:
        process.close()


def test_of_what_one_that_died_was_asked_for_the_rest_is_done_here(worth_it):
    def dying():
        yield os.getpid()
        if os.getpid() != here:
            os.kill(os.getpid(), signal.SIGKILL)
        yield os.getpid()

    here = os.getpid()
    process = Lasting(lambda portion: portion, [], dying)
    try:
        process.ask()
        first, second = process.answers()
        assert first != here
        assert second == here
    finally:
        process.close()


def say(descriptor, *words):
    os.write(descriptor, "{0} {1}".format(os.getpid(), " ".join(words)).encode())
    os.close(descriptor)


def said(reader):
    pid, words = os.read(reader, 100).decode().split(" ", 1)
    return int(pid) != os.getpid(), words


def test_an_errand_is_done_by_the_other_process_with_a_descriptor_of_this_one(worth_it):
    reader, writer = os.pipe()
    process = Lasting(lambda portion: portion, [1], own)
    process.work()
    assert process.errand(say, writer, "here", "it is")
    os.close(writer)
    assert said(reader) == (True, "here it is")
    process.ask()
    assert next(process.answers()) != os.getpid(), "and it goes on to wait for what is asked for"
    process.close()
    os.close(reader)


def test_errands_are_done_before_this_process_ends(worth_it):
    reader, writer = os.pipe()
    process = Lasting(lambda portion: portion, [1], own, lambda: time.sleep(0.2) or [])
    process.work()
    assert process.errand(say, writer, "late")
    process.spare()
    process.close()
    lasting.reap()  # as at the end of this one
    os.set_blocking(reader, False)
    assert said(reader) == (True, "late")
    os.close(reader)
    os.close(writer)


@contextlib.contextmanager
def with_an_errand(also=tuple):
    """A process with an errand that ends behind the body: whoever waits for it in there waits for ever."""
    reader, writer = os.pipe()
    process = Lasting(lambda portion: portion, [1], own, also)
    assert process.errand(wait_for_a_word, reader)
    process.work()
    yield process
    os.write(writer, b"now")
    process.close()
    lasting.reap()
    os.close(reader)
    os.close(writer)


def wait_for_a_word(descriptor):
    os.read(descriptor, 9)


def test_nobody_waits_for_an_errand_when_a_process_is_closed(worth_it):
    with with_an_errand() as process:
        process.close()


def test_what_comes_besides_does_not_wait_for_an_errand(worth_it):
    with with_an_errand(lambda: iter(range(9))) as process:
        assert process.also() == list(range(9))


def test_a_fork_of_this_process_leaves_those_alone_that_it_did_not_begin(worth_it):
    with with_an_errand() as process:
        process.close()
        fork = os.fork()
        if fork == 0:
            lasting.reap()
            os._exit(0)
        assert os.waitpid(fork, 0) == (fork, 0)
        os.kill(lasting._left[-1].child, 0)  # it is there still


def test_who_died_takes_no_errand_and_keeps_nobody_waiting(worth_it):
    process = Lasting(lambda portion: portion, [], own)
    os.kill(process._child, signal.SIGKILL)
    os.waitid(os.P_PID, process._child, os.WEXITED | os.WNOWAIT)
    assert not process.errand(say, 1, "nothing")
    process.close()


def test_one_that_dies_of_an_errand_keeps_nobody_waiting(worth_it):
    process = Lasting(lambda portion: portion, [], own)
    assert process.errand(os.close, 1, "one argument too many")
    process.close()


def test_nobody_takes_an_errand_where_there_is_one_process(worth_it):
    process = Lasting(lambda portion: portion, [], own, alone=True)
    assert not process.errand(say, 1, "nothing")
    process.close()


def test_of_one_that_lasts_nothing_is_left_once_this_process_ends(worth_it):
    process = Lasting(lambda portion: portion, [1], own)
    process.close()
    lasting.reap()
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


def test_one_that_lasts_holds_nothing_of_this_one_open(worth_it):
    reader, writer = os.pipe()
    process = Lasting(lambda portion: portion, [1], own)
    try:
        process.work()
        os.close(writer)
        os.set_blocking(reader, False)
        assert os.read(reader, 1) == b""
    finally:
        process.close()
        os.close(reader)


def test_what_comes_besides_does_not_keep_what_was_asked_for_waiting(worth_it, tmp_path):
    asked = tmp_path / "asked"

    def slowly():
        yield "begun"
        while not asked.exists():
            time.sleep(0.01)
        yield "goes on"
        while True:
            time.sleep(0.01)

    process = Lasting(lambda portion: portion, [1], own, slowly)
    try:
        process.work()
        process.ask()
        asked.touch()
        assert next(process.answers()) != os.getpid()
    finally:
        process.close()


def test_what_comes_besides_is_all_there_or_not_at_all(worth_it):
    def dying():
        yield "begun"
        os.kill(os.getpid(), signal.SIGKILL)

    for also, found in ((dying, None), (lambda: ["one", "two"], ["one", "two"]), (tuple, [])):
        process = Lasting(lambda portion: portion, [1], own, also)
        process.work()
        try:
            assert process.also() == found
        finally:
            process.close()


def test_results_come_over_while_both_still_work(worth_it):
    process = SecondProcess(lambda portion: (portion, "x" * 100_000, os.getpid()), range(200))
    try:
        found = process.work()
    finally:
        process.close()
    assert sorted(portion for portion, _text, _pid in found) == list(range(200))
    assert {len(text) for _portion, text, _pid in found} == {100_000}


def test_more_descriptors_than_select_takes_are_no_matter(worth_it):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 4096), hard))
    held = [os.open("/dev/null", os.O_RDONLY) for _number in range(1100)]
    process = SecondProcess(lambda portion: portion * 2, [1, 2, 3])
    try:
        assert sorted(process.work()) == [2, 4, 6]
    finally:
        process.close()
        for each in held:
            os.close(each)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_where_no_second_process_is_worth_it_one_that_lasts_is_this_one(monkeypatch):
    monkeypatch.setattr(second_process, "is_worth_it", lambda: False)
    process = Lasting(lambda portion: portion * 2, [1, 2], own)
    process.ask()
    assert (process.work(), next(process.answers())) == ([2, 4], os.getpid())
    process.close()
