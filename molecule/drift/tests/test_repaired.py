# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What was broken is whole again."""

from __future__ import annotations

import json
import os
from pathlib import Path

from tests.lab.__main__ import held

LAB = Path(os.environ["MOLECULE_EPHEMERAL_DIRECTORY"], "lab.json")

testinfra_hosts = ["ansible://node1"]


def test_the_published_port_answers_outside_again():
    node, client = held(LAB, "node1"), held(LAB, "client")
    node.container("web").serve("http", 80)
    answer = client.ask("http", node.ipv4, 8080)
    node.stop()
    assert answer["server"] == "web"


def test_the_neighbour_reaches_it_by_name_again():
    node = held(LAB, "node1")
    node.container("web").serve("http", 80)
    answer = node.container("db").ask("http", "web", 80)
    node.stop()
    assert answer["server"] == "web"


def test_the_bridge_has_its_mtu_again(host):
    assert json.loads(host.run("ip -json link show br-front").stdout)[0]["mtu"] == 1400
