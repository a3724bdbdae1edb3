# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What several plugins say in the same words, where Ansible has no fragment for it, stays the same."""

from __future__ import annotations

import re
from typing import Any

import yaml

from tests.paths import ROOT

SMALL = ("bridge", "ipam_lease", "nat_rule", "netns", "veth")


def block(path: str, name: str) -> Any:
    text = (ROOT / "plugins" / path).read_text(encoding="utf-8")
    found = re.search(r'^{0} = r"""\n(.*?)^"""'.format(name), text, re.DOTALL | re.MULTILINE)
    assert found is not None
    return yaml.safe_load(found.group(1))


def test_the_small_modules_tell_their_changes_in_the_same_words() -> None:
    told = [block("modules/{0}.py".format(name), "RETURN") for name in SMALL]
    for key in ("actions", "changes"):
        assert len({str(each[key]["description"]) for each in told}) == 1


def test_both_connections_have_the_options_of_become_in_the_same_words() -> None:
    lab, netns = (block("connection/{0}.py".format(name), "DOCUMENTATION")["options"] for name in ("lab", "netns"))
    for option in ("become_success_timeout", "become_strip_preamble"):
        without_variables = [
            {word: said for word, said in each[option].items() if word != "vars"} for each in (lab, netns)
        ]
        assert without_variables[0] == without_variables[1]
