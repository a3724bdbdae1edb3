# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bridge mode built from its parts does what bridge mode does."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.lab.__main__ import held

LAB = Path(os.environ["MOLECULE_EPHEMERAL_DIRECTORY"], "lab.json")

testinfra_hosts = ["ansible://node1"]


@pytest.fixture(scope="module")
def node():
    made = held(LAB, "node1")
    made.container("hello").serve("http", 80)
    yield made
    made.stop()


@pytest.fixture
def client():
    return held(LAB, "client")


def test_the_published_port_answers_outside_and_sees_the_real_client(node, client):
    answer = client.ask("http", node.ipv4, 8088)
    assert answer["server"] == "hello"
    assert answer["peer"] == client.ipv4


@pytest.mark.parametrize("address", ["127.0.0.1", "10.213.0.1", "own"])
def test_the_published_port_answers_the_host(node, address):
    assert node.ask("http", node.ipv4 if address == "own" else address, 8088)["server"] == "hello"


def test_the_container_reaches_its_own_published_port(node):
    assert node.container("hello").ask("http", "10.213.0.1", 8088)["server"] == "hello"


def test_what_leaves_the_subnet_has_the_address_of_the_host(node, client):
    client.serve("tcp", 7777)
    answer = node.container("hello").ask("tcp", client.ipv4, 7777)
    client.stop()
    assert answer["peer"] == node.ipv4


def test_every_end_says_whose_it_is(host):
    link = json.loads(host.run("ip -json -details link show veth-hello").stdout)[0]
    assert link["ifalias"] == "linuxnet.fabric/by_hand hello:eth0"
    assert link["master"] == "br-hand"
