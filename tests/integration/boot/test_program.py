# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The program of the host is part of what is declared: compared, repaired, put back, and gone with the last project."""

from __future__ import annotations

from typing import Any, Dict, Iterator, List

import pytest

from tests.lab.booted import BootedLab, missing
from tests.lab.booted_host import BootedHost

PROGRAM = "/usr/local/sbin/linuxnet-fabric"
MANUAL = "/usr/local/share/man/man8/linuxnet-fabric.8"
COMPLETION = "/usr/local/share/bash-completion/completions/linuxnet-fabric"
WORDS: Dict[str, Any] = {
    "networks": {"front": {}},
    "containers": {"web": {"networks": ["front"]}},
    "restore": "false",
    "host_program": True,
}
OTHER = dict(WORDS, name="farm", networks={"yard": {}}, containers={"goat": {"networks": ["yard"]}})
NONE: Dict[str, Any] = {"state": "absent", "networks": {}, "containers": {}}


@pytest.fixture(scope="module")
def host() -> Iterator[BootedHost]:
    if missing():
        pytest.skip("a lab host that boots needs " + missing())
    with BootedLab() as lab:
        lab.host.module("topology", WORDS)
        yield lab.host


def there(host: BootedHost) -> List[str]:
    return [
        path for path in (PROGRAM, MANUAL, COMPLETION) if host.run(["test", "-e", path], check=False).returncode == 0
    ]


def test_it_is_of_the_release_that_applied_and_a_second_run_leaves_it(host: BootedHost) -> None:
    assert there(host) == [PROGRAM, MANUAL, COMPLETION]
    assert host.run([PROGRAM, "check"]).stdout == "default: as it was applied\n"
    assert host.module("topology", WORDS)["actions"] == []


@pytest.mark.parametrize(
    ("damage", "line"),
    [
        ("rm " + PROGRAM, "install " + PROGRAM),
        ("echo '#!/bin/sh' > " + PROGRAM, "install {0} again".format(PROGRAM)),
        ("chmod 644 " + PROGRAM, "install {0} again".format(PROGRAM)),
        ("rm {0}; echo > {1}".format(MANUAL, COMPLETION), "install {0} and {1} again".format(COMPLETION, MANUAL)),
    ],
    ids=["removed", "another one", "not executable", "what goes with it"],
)
def test_one_that_is_another_is_named_and_repaired(host: BootedHost, damage: str, line: str) -> None:
    host.run(["sh", "-c", damage])
    assert host.module("topology", WORDS, check=True)["drift"] == [line]
    assert host.module("topology", WORDS)["actions"] == [line]
    assert host.module("topology", WORDS)["actions"] == []
    assert host.run([PROGRAM, "check"]).returncode == 0


def test_it_stays_for_as_long_as_a_project_wants_it_and_goes_with_the_last(host: BootedHost) -> None:
    host.module("topology", WORDS)
    host.module("topology", OTHER)

    host.module("topology", NONE)
    assert there(host) == [PROGRAM, MANUAL, COMPLETION]
    assert host.run([PROGRAM, "check"]).stdout == "farm: as it was applied\n"

    assert "remove " + PROGRAM in host.module("topology", dict(NONE, name="farm"))["actions"]
    assert there(host) == []
