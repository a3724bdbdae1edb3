# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The runtime in Docker's file: put in, found, and taken out again so that the file is what it was, byte for byte."""

from __future__ import annotations

import json
from typing import Any, Dict, Optional

import pytest

from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.errors import FabricError
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.daemon_json import (
    WANTED,
    runtime_in,
    with_runtime,
    without_runtime,
)

NVIDIA = '"nvidia": {"path": "/usr/bin/nvidia", "runtimeArgs": ["}", "\\"{"]}'
FILES = {
    "empty": "{}",
    "empty with a blank": "{ }\n",
    "empty over lines": "{\n}\n",
    "one line": '{"debug": true}',
    "several lines": '{\n    "debug": true,\n    "log-opts": {"max-size": "10m"}\n}\n',
    "tabs and carriage returns": '{\r\n\t"debug": true\r\n}\r\n',
    "no blank at all": '{"debug":true,"mtu":1400}',
    "runtimes of others": '{\n  "runtimes": {\n    ' + NVIDIA + '\n  },\n  "debug": true\n}\n',
    "runtimes of others in a line": '{"debug": true, "runtimes": {' + NVIDIA + "}}",
    "no runtimes in the list of them": '{"runtimes": {}, "debug": false}',
    "numbers as they are written": '{"mtu": 1.50e3, "ip": "\\u0031"}',
    "a brace in a name": '{"{": "}", "runtimes ": {"fabric": 1}}',
}


@pytest.mark.parametrize("text", FILES.values(), ids=FILES)
def test_with_it_and_without_it_again_the_file_is_what_it_was(text: str) -> None:
    made = with_runtime(text)
    there: Dict[str, Any] = json.loads(text)
    wanted = {**there, "runtimes": {**there.get("runtimes", {}), "fabric": WANTED}}
    assert json.loads(made) == wanted and runtime_in(made) == WANTED
    assert with_runtime(made) == made
    assert without_runtime(made) == text


def test_a_file_that_was_not_there_is_gone_again() -> None:
    made = with_runtime(None)
    assert json.loads(made) == {"runtimes": {"fabric": WANTED}}
    assert without_runtime(made) is None
    assert json.loads(without_runtime(made.replace("{\n", '{\n  "debug": true,\n', 1)) or "") == {"debug": True}


@pytest.mark.parametrize(
    "text, rest",
    [
        (
            '{"runtimes": {"fabric": {"path": "/elsewhere"}, "crun": {"path": "/c"}}}',
            {"runtimes": {"crun": {"path": "/c"}}},
        ),
        ('{"runtimes": {"crun": {"path": "/c"}, "fabric": {"path": "/x"}}}', {"runtimes": {"crun": {"path": "/c"}}}),
        ('{\n "a": 1,\n "runtimes": {\n  "fabric": {"path": "/x"}\n }\n}', {"a": 1}),
    ],
)
def test_one_that_somebody_has_written_otherwise_is_found_set_right_and_taken_out(text: str, rest: Any) -> None:
    assert runtime_in(text) != WANTED
    assert runtime_in(with_runtime(text)) == WANTED
    assert json.loads(without_runtime(with_runtime(text)) or "") == rest


@pytest.mark.parametrize("text", ["", "nonsense", "[]", '{"a": 1,}', '{"a": 1} x', '{"runtimes": []}', "[" * 100000])
def test_what_is_no_json_object_is_told_with_its_path(text: Optional[str]) -> None:
    with pytest.raises(FabricError, match="/etc/docker/daemon.json is not the JSON that Docker reads"):
        with_runtime(text)
