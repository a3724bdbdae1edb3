# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a host is to do for its networks by itself: the words, the host, and what follows from both."""

from __future__ import annotations

import pytest

from ansible_collections.linuxnet.fabric.plugins.module_utils._declaration.restore import Wanted, Words, parse_restore
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.errors import DeclarationError

NO_SYSTEMD = "systemd is not process 1 here"
HERE, LAB_HOST, CONTAINER = ("", True), ("systemd is not in the network namespace", False), (NO_SYSTEMD, True)


@pytest.mark.parametrize(
    "words, host, wanted",
    [
        (Words("auto"), HERE, Wanted(units=True, restore=True, program=True)),
        (Words("auto"), LAB_HOST, Wanted()),
        (Words("auto"), CONTAINER, Wanted(program=False)),
        (Words("auto", program=True), CONTAINER, Wanted(program=True)),
        (Words("auto", heal=5), HERE, Wanted(units=True, restore=True, heal=5, program=True)),
        (Words("true"), HERE, Wanted(units=True, restore=True, program=True)),
        (Words("false"), HERE, Wanted(units=True, program=False)),
        (Words("false", heal=5), HERE, Wanted(units=True, heal=5, program=True)),
        (Words("false"), LAB_HOST, Wanted()),
        (Words("true", dns=True), HERE, Wanted(units=True, restore=True, program=True, dns=True)),
        (Words(), HERE, Wanted()),
        (Words(program=True), HERE, Wanted(program=True)),
    ],
)
def test_what_follows_from_the_words_and_the_host(words: Words, host: tuple, wanted: Wanted) -> None:
    assert words.on(*host) == wanted


def test_what_is_wanted_by_name_and_impossible_is_refused_with_the_reason() -> None:
    with pytest.raises(DeclarationError) as refused:
        Words("true", heal=3, dns=True).on(*CONTAINER)
    told = str(refused.value)
    assert "topology_restore: true: systemd is not process 1 here" in told
    assert "topology_heal: 3: systemd is not process 1 here" in told
    assert "topology_dns: unbound: systemd is not process 1 here" in told


@pytest.mark.parametrize("heal", [-1, 10081])
def test_minutes_that_make_no_sense_are_refused(heal: int) -> None:
    with pytest.raises(DeclarationError, match="topology_heal"):
        parse_restore({"restore": "auto", "heal": heal})


def test_a_timer_that_is_asked_for_without_restore_is_all_that_is_wanted() -> None:
    assert parse_restore({"heal": 5}).on(*HERE) == Wanted(units=True, heal=5, program=True)


def test_a_directory_of_metrics_wants_the_program_and_names_the_file() -> None:
    asked = parse_restore({"metrics_directory": "/var/lib/node-exporter/"})
    assert asked == Words(program=True, metrics="/var/lib/node-exporter/linuxnet-fabric.prom")
    assert asked.on(*HERE) == Wanted(program=True)


@pytest.mark.parametrize("directory", ["var/lib", "/var/lib/a b", "/var/%i", "/var/../etc"])
def test_a_directory_that_a_unit_would_read_otherwise_is_refused(directory: str) -> None:
    with pytest.raises(DeclarationError, match="topology_metrics_directory: .*expected the absolute path"):
        parse_restore({"metrics_directory": directory})
