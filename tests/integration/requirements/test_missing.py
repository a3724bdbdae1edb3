# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A fresh host without nft: an apply says what is missing, and so does a check before an apply that installs it."""

from __future__ import annotations

import shutil

import pytest

WORDS = {"topology_networks": {"front": {}}, "topology_containers": {"web": {"networks": ["front"]}}}


@pytest.fixture
def fresh(lab, tmp_path):
    """A host on which nft is no program."""
    nothing = tmp_path / "nothing"
    nothing.write_text("")
    for directory in ("/usr/sbin", "/sbin", "/usr/local/sbin", "/usr/bin"):
        if shutil.which("nft", path=directory):
            lab.host.run(["mount", "--bind", str(nothing), directory + "/nft"])
    return lab.host


def shown(ran):
    return [str(each.get("msg")) for each in ran.results if "lacks the program nft" in str(each.get("msg"))]


@pytest.mark.parametrize("check", [False, True], ids=["apply", "check"])
def test_what_is_missing_is_named_with_the_variable_that_installs_it(fresh, check):
    ran = fresh.playbook("playbooks/site.yml", extra_vars=WORDS, check=check, fail=True)
    (told,) = shown(ran)
    assert "node1 lacks the program nft >= 1.0.1 (package nftables), for packet rules" in told
    assert "topology_install_dependencies: true" in told


def test_a_check_before_an_apply_that_would_install_it_says_so_and_is_no_failure(fresh):
    words = {**WORDS, "topology_install_dependencies": True, "topology_dependencies": [], "topology_summary": True}
    ran = fresh.playbook("playbooks/site.yml", extra_vars=words, check=True)
    assert "lacks the program nft" in shown(ran)[-1]
    assert ran.changed == 1


def test_what_is_wrong_in_the_declaration_is_told_first(fresh):
    wrong = {**WORDS, "topology_containers": {"web": {"networks": ["back"]}}, "topology_install_dependencies": True}
    wrong["topology_dependencies"] = []
    told = fresh.playbook("playbooks/site.yml", extra_vars=wrong, check=True, fail=True).told
    assert "there is no such network" in told
