# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the program of the host prints and exits with."""

from __future__ import annotations

from typing import List

import pytest

from ansible_collections.linuxnet.fabric.plugins.module_utils._engine.declared import Kept
from ansible_collections.linuxnet.fabric.plugins.module_utils._host_program import completing
from ansible_collections.linuxnet.fabric.plugins.module_utils._host_program.answer import outline, table, worst
from ansible_collections.linuxnet.fabric.plugins.module_utils._host_program.commands import COMMANDS, parser
from ansible_collections.linuxnet.fabric.plugins.module_utils._host_program.completing import complete
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.names import MANUAL
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.program_texts import TEXTS


@pytest.mark.parametrize(("statuses", "expected"), [([], 0), ([0, 0], 0), ([0, 2], 2), ([2, 1, 0], 1), ([1, 2], 1)])
def test_of_several_that_one_could_not_be_checked_is_worse_than_drift(statuses: List[int], expected: int) -> None:
    assert worst(statuses) == expected


def test_a_table_is_as_wide_as_what_is_in_it_and_shows_that_there_is_nothing() -> None:
    assert table(("NAME", "PORTS"), [("web", "80"), ("database", "")]) == [
        "NAME      PORTS",
        "web       80",
        "database  -",
    ]
    assert table(("NAME",), []) == []


def test_an_outline_has_a_line_for_each_word() -> None:
    assert outline({"name": "web", "up": True, "networks": {"front": None}, "ports": ["80:80"], "dns": []}) == [
        "name: web",
        "up: yes",
        "networks:",
        "  front: -",
        "ports:",
        "  80:80",
        "dns: -",
    ]


@pytest.mark.parametrize(
    "words", [[], ["trace"], ["check", "--jsno"], ["inspect"], ["exec"], ["exec", "--json", "web"], ["ls", "web"]]
)
def test_a_wrong_word_is_a_failure_like_any_other(words: List[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exited:
        parser().parse_args(words)
    assert exited.value.code == 1
    assert "linuxnet-fabric: " in capsys.readouterr().err


def test_all_but_exec_answer_in_json_too() -> None:
    assert [command.name for command in COMMANDS if not command.as_json] == ["exec"]
    for command in COMMANDS:
        if command.as_json:
            required = ["x" for argument in command.arguments if argument.required]
            assert parser().parse_args([command.name, *required, "--json"]).json


def test_the_words_after_the_dashes_are_the_commands_own() -> None:
    words = parser().parse_args(["exec", "web", "--", "ip", "--json", "address"])
    assert (words.name, [word for word in words.words if word != "--"]) == ("web", ["ip", "--json", "address"])


def test_the_manual_has_every_command_and_flag() -> None:
    page = TEXTS[MANUAL].replace("\\-", "-")
    for command in COMMANDS:
        assert ".B {0}\n".format(command.name) in page or ".BI {0} ".format(command.name) in page, command.name
        assert [flag for flag, _meaning in command.flags if flag not in page] == []


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("linuxnet-fabric re", ["repair", "restore"]),
        ("linuxnet-fabric check ", ["farm", "shop"]),
        ("linuxnet-fabric check s", ["shop"]),
        ("linuxnet-fabric check shop ", []),
        ("linuxnet-fabric restore --", ["--early", "--heal", "--json", "--rules"]),
        ("linuxnet-fabric exec ", ["db", "web"]),
        ("linuxnet-fabric inspect ", ["back", "db", "web"]),
        ("linuxnet-fabric exec web -- l", []),
        ("linuxnet-fabric nothing ", []),
    ],
)
def test_bash_is_offered_what_may_come_next(monkeypatch: pytest.MonkeyPatch, line: str, offered: List[str]) -> None:
    words = {"networks": {"back": {}}, "containers": {"web": {}, "db": None}}
    monkeypatch.setattr(completing.kept, "topologies", lambda: ["shop", "farm"])
    monkeypatch.setattr(
        completing.kept, "kept", lambda name: Kept(words if name == "shop" else {"networks": None, "containers": {}})
    )
    assert complete(line) == offered
