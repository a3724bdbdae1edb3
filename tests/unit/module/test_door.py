# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever the system refuses, and wherever: a user reads one line with the path, never a traceback."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys

import pytest

from ansible_collections.linuxnet.fabric.plugins.module_utils._module import frame, handing_over, small


class Ended(Exception):
    """What a module says at its end."""


class Module:
    params, check_mode, _verbosity, _diff, engine = {}, False, 0, False, None

    def __init__(self, **_arguments):
        pass

    def fail_json(self, **answer):
        raise Ended(answer)


@pytest.fixture
def run(monkeypatch):
    """A function: what a module performs → what it answers."""
    monkeypatch.setattr(frame, "Module", Module)
    monkeypatch.setattr(frame.os, "geteuid", lambda: 0)
    monkeypatch.setattr(frame.gc, "disable", lambda: None)
    monkeypatch.setattr(frame.sys, "setswitchinterval", lambda seconds: None)

    def call(error):
        def perform(params, check_mode):
            raise error

        monkeypatch.setattr(small, "perform_netns", perform)
        with pytest.raises(Ended) as ended:
            handing_over.hand_over({}, "small.perform_netns", keeps=False)
        return ended.value.args[0]

    return call


@pytest.mark.parametrize(
    "error, told",
    [
        (PermissionError(errno.EACCES, "Permission denied", "/etc/netns/web"), "/etc/netns/web: Permission denied"),
        (OSError(errno.ENOSPC, "No space left on device", "/a", None, "/b"), "/a -> /b: No space left on device"),
        (OSError(errno.ENETDOWN, "Network is down"), "the system refused: Network is down"),
        (TimeoutError(), "the system refused: TimeoutError"),
        (BlockingIOError(errno.EAGAIN, "Try again", "/run/\x1b[2J"), "/run/\\x1b[2J: Try again"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, OSError) else "",
)
def test_an_error_that_nobody_foresaw_is_told_with_its_path(run, error, told):
    answer = run(error)
    assert (answer["msg"], answer["errno"]) == (told, error.errno)


class Leaving:
    """``exit_json`` as Ansible has it: it adds what is its own, prints, and ends."""

    def __init__(self, secrets=(), prints=True):
        self.no_log_values, self.prints, self.walked = set(secrets), prints, []
        self.params = {"name": "site"}

    def exit_json(self, **answer):
        self.walked.append(answer)
        if self.prints:
            print("\n" + json.dumps({"invocation": {"module_args": self.params}, **answer, "warnings": ["late"]}))
        raise SystemExit(0)


def test_an_answer_is_one_object_with_what_ansible_adds(capsys):
    with pytest.raises(SystemExit):
        frame._leave(Leaving(), {"changed": True, "actions": ["create eth0\x1b[2J"]})
    assert json.loads(capsys.readouterr().out) == {
        "changed": True,
        "actions": ["create eth0\\x1b[2J"],
        "warnings": ["late"],
        "invocation": {"module_args": {"name": "site"}},
    }


@pytest.mark.parametrize("module", [Leaving(secrets=["word"]), Leaving(prints=False)], ids=["secrets", "no print"])
def test_ansible_gets_the_whole_answer_where_it_has_to_look_through_it(module):
    with pytest.raises(SystemExit):
        frame._leave(module, {"changed": True})
    assert module.walked[-1] == {"changed": True}


def test_arguments_are_shown_without_ansible_looking_through_each_of_them(capsys):
    leaving = Leaving()
    with pytest.raises(SystemExit):
        frame._leave(leaving, {"changed": False})
    assert leaving.walked == [{"invocation": None}]


#: A module in a process of its own, in which somebody else has something to do at the end, too.
ALONE = """
import atexit, os, sys
from ansible.module_utils import basic
from ansible_collections.linuxnet.fabric.plugins.module_utils._module import answer, frame

class Much:
    def __del__(self, tell=os.write):
        tell(2, b"given back\\n")

ARGUMENT_SPEC, much = {{}}, Much()
basic._ANSIBLE_ARGS, basic._ANSIBLE_PROFILE = b'{{"ANSIBLE_MODULE_ARGS": {{}}}}', "legacy"
module = frame.begin({spec})
atexit.register(print, "registered", file=sys.stderr)
sys.settrace({tracer})
try:
    frame.end(module, answer.Answer({{"msg": "said"}}, failed={failed}))
finally:
    print("around it", file=sys.stderr)
"""


def alone(failed=False, spec="ARGUMENT_SPEC", tracer=None):
    command = [sys.executable, "-c", ALONE.format(failed=failed, spec=spec, tracer=tracer)]
    surroundings = dict(os.environ, PYTHONPATH=os.pathsep.join(filter(None, sys.path)))
    return subprocess.run(command, capture_output=True, text=True, env=surroundings)


root = pytest.mark.skipif(os.geteuid() != 0, reason="a module is root's")


@root
@pytest.mark.parametrize("failed", [False, True])
def test_a_process_ends_once_all_is_said_and_everybody_was_called(failed):
    done = alone(failed)
    assert (json.loads(done.stdout)["msg"], done.returncode) == ("said", int(failed))
    assert done.stderr.split("\n") == ["around it", "registered", ""]


@root
@pytest.mark.parametrize("other", [{"spec": "dict()"}, {"tracer": "lambda *_: None"}], ids=["of others", "measured"])
def test_a_process_of_others_and_one_that_is_measured_end_as_python_does(other):
    done = alone(failed=True, **other)
    assert (json.loads(done.stdout)["msg"], done.returncode) == ("said", 1)
    assert done.stderr.split("\n") == ["around it", "registered", "given back", ""]
