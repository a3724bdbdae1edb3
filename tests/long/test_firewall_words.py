# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every word that a firewall of the host understands, and the whole story after each."""

from __future__ import annotations

import pytest
from story import Story

from tests.lab.booted import BootedLab, missing

pytestmark = pytest.mark.skipif(bool(missing()), reason="a lab host that boots needs " + missing())


@pytest.mark.parametrize("firewall", ["nftables", "firewalld"])
def test_after_each_word_every_probe_holds_and_the_service_in_a_namespace_lives_on(firewall: str) -> None:
    with BootedLab() as lab:
        lab.host.run(["systemctl", "start", firewall])
        story = Story(lab, firewall="integrate")
        before, pid = story.seen(), story.pid()
        for word in ("restart", "reload", "stop", "start", "reload", "restart"):
            story.tell(word, firewall)
            if word != "stop":
                story.is_as_before(before, within=30)
            assert story.pid() == pid, word
