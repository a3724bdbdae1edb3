# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The four network modes, as bytes on the wire and as the kernel shows them."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.lab.__main__ import held

LAB = Path(os.environ["MOLECULE_EPHEMERAL_DIRECTORY"], "lab.json")
WEB = "172.20.0.10"

testinfra_hosts = ["ansible://node1"]


@pytest.fixture(scope="module")
def node():
    made = held(LAB, "node1")
    web = made.container("web")
    web.serve("http", 80)
    web.serve("http", 443)
    web.serve("udp", 53)
    yield made
    made.stop()


@pytest.fixture
def client():
    return held(LAB, "client")


def test_a_published_port_answers_outside_and_sees_the_real_client(node, client):
    answer = client.ask("http", node.ipv4, 8080)
    assert answer["server"] == "web"
    assert answer["peer"] == client.ipv4


def test_a_published_udp_port_answers_outside(node, client):
    assert client.ask("udp", node.ipv4, 5353)["server"] == "web"


@pytest.mark.parametrize("address", ["127.0.0.1", "172.20.0.1", "own"])
def test_a_published_port_answers_the_host_on_each_of_its_addresses(node, address):
    assert node.ask("http", node.ipv4 if address == "own" else address, 8080)["server"] == "web"


def test_a_port_on_the_loopback_address_answers_the_host_and_nobody_else(node, client):
    assert node.ask("http", "127.0.0.1", 8443)["server"] == "web"
    assert client.ask("http", node.ipv4, 8443, timeout=1) is None


def test_an_address_of_a_container_does_not_answer_outside(node):
    attacker = held(LAB, "attacker")
    attacker.run(["ip", "route", "replace", "172.20.0.0/24", "via", node.ipv4])
    assert attacker.ask("http", WEB, 80, timeout=1) is None


@pytest.mark.parametrize("name", ["web", "www", WEB])
def test_a_neighbour_reaches_it_by_name_by_alias_and_by_address(node, name):
    assert node.container("cache").ask("http", name, 80)["server"] == "web"


def test_the_container_reaches_its_own_published_port(node):
    assert node.container("web").ask("http", "172.20.0.1", 8080)["server"] == "web"


def test_a_sidecar_reaches_it_over_loopback(node):
    assert node.container("sidecar").ask("http", "127.0.0.1", 80)["server"] == "web"


def test_a_container_reaches_the_outside_under_the_address_of_the_host(node, client):
    client.serve("tcp", 7777)
    answer = node.container("cache").ask("tcp", client.ipv4, 7777)
    client.stop()
    assert answer["peer"] == node.ipv4


def test_a_network_without_a_way_out_has_none(node, client):
    client.serve("tcp", 7778)
    answer = node.container("db").ask("tcp", client.ipv4, 7778, timeout=1)
    client.stop()
    assert answer is None


def test_none_has_lo_and_nothing_else(host):
    links = json.loads(host.run("ip -n batch -json link").stdout)
    assert [link["ifname"] for link in links] == ["lo"]
    assert "UP" in links[0]["flags"]


def test_host_is_the_namespace_of_the_host(host):
    numbers = host.run("stat --dereference --format %i /run/netns/agent /proc/self/ns/net").stdout.split()
    assert len(set(numbers)) == 1


def test_container_is_the_namespace_of_the_other(host):
    numbers = host.run("stat --dereference --format %i /run/netns/sidecar /run/netns/web").stdout.split()
    assert len(set(numbers)) == 1


def test_addresses_are_those_declared_or_from_the_range(host):
    def address(container, interface):
        found = json.loads(host.run("ip -n %s -json -4 addr show %s" % (container, interface)).stdout)
        return found[0]["addr_info"][0]["local"]

    assert address("web", "eth0") == WEB
    assert address("cache", "eth0") == "172.20.0.128"


def test_the_mac_address_comes_from_the_address(host):
    link = json.loads(host.run("ip -n web -json link show eth0").stdout)[0]
    assert link["address"] == "02:42:ac:14:00:0a"
