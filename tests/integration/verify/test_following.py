# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""linuxnet-fabric trace, capture and metrics: what whoever watches a host is told of a container's packets."""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys
from pathlib import Path
from typing import Tuple

import pytest

pytest.importorskip("hypothesis")

from mutations import shell

from ansible_collections.linuxnet.fabric.plugins.module_utils._host_program.main import main

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="needs root, for namespaces of its own")
COUNTED = {"networks": "3", "containers": "4", "published_ports": "2", "drifted": "0", "check_success": "1"}
CALL = "app reaches web at 198.51.100.2:8080/tcp: web publishes 80/tcp"


def program(*arguments: str) -> Tuple[int, str]:
    """The exit status, and all that it prints."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        status = main(list(arguments))
    return status, said.getvalue()


def program_with(script: str, undo: str, *arguments: str) -> Tuple[int, str]:
    shell(script)
    try:
        return program(*arguments)
    finally:
        shell(undo)


def captured(directory: str, *arguments: str) -> str:
    """What a tcpdump prints that tells its words and the addresses that it sees."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.dup2(write, 1)
        os.environ["PATH"] = directory + ":" + os.environ["PATH"]
        status = main(["capture", *arguments])
        sys.stdout.flush()
        os._exit(status)
    os.close(write)
    with os.fdopen(read) as told:
        text = told.read()
    assert os.waitpid(child, 0)[1] == 0
    return text


def test_trace_tells_the_way_of_a_call_in_words(host):
    status, said = host.run(program, "trace", "web", "8080/tcp")
    assert status == 0
    of_the_call = said[said.index(CALL) :].split("\n\n")[0].splitlines()
    told = iter(of_the_call)
    for line in (
        "  app: goes out by eth0, from 172.21.0.10 to 198.51.100.2",
        "  the host: comes in by br-other, from 172.21.0.10 to 198.51.100.2",
        "  the host: inet fabric-default publish: dnat ip to meta l4proto . th dport map @published4 (accept)",
        "  the host: inet fabric-default into: ct status dnat accept (accept)",
        "  the host: inet fabric-default postrouting: ip saddr @masquerade4 masquerade fully-random (accept)",
        "  web: comes in by eth0, from 172.20.0.1 to 172.20.0.10",
        "  answer: web: goes out by eth0, from 172.20.0.10 to 172.20.0.1",
        "  => it was answered",
    ):
        assert line in told, line  # each behind the one before


def test_trace_names_the_rule_at_which_a_call_ends(host):
    foreign = "nft 'add table ip other; add chain ip other c { type filter hook forward priority 5; };"
    foreign += " add rule ip other c tcp dport 80 drop'"
    undo = "nft delete table ip other"
    _status, said = host.run(program_with, foreign, undo, "trace", "web", "8080/tcp", "--json")
    (way,) = [each for each in json.loads(said)["ways"] if each["text"] == CALL]
    assert way["steps"][-1] == "the host: ip other c: tcp dport 80 drop (drop)"
    assert way["place"] == {"kind": "rule", "netns": "", "text": "the host drops it: ip other c: tcp dport 80 drop"}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["trace", "web", "81/tcp"], "web publishes or exposes no port 81/tcp; there is: 53/udp, 5353/udp, 80/tcp"),
        (["trace", "web", "eighty"], "eighty: write a port as 8080/tcp or 53/udp, between 1 and 65535"),
        (["trace", "nobody"], "there is no container nobody on this host; there is: app, db, near, web"),
        (["capture", "nobody"], "there is no container nobody on this host; there is: app, db, near, outside, web"),
    ],
)
def test_a_wrong_word_is_a_failure_that_says_what_there_is(host, words, said):
    assert host.run(program, *words)[0] == 1
    assert said in host.run(program, *words)[1]


def test_capture_runs_tcpdump_in_the_namespace_of_the_container(host, tmp_path: Path):
    fake = tmp_path / "tcpdump"
    fake.write_text('#!/bin/sh\necho "$@"\nip -4 -br address\n')
    fake.chmod(0o755)
    said = host.run(captured, str(tmp_path), "web", "--", "port", "80")
    assert said.splitlines()[0] == "-i any -nn port 80"
    assert "172.20.0.10/24" in said
    told = json.loads(host.run(captured, str(tmp_path), "--json", "web", "--", "-c", "1"))
    assert told["command"] == [str(fake), "-i", "any", "-nn", "-c", "1"]


def test_metrics_count_containers_leases_ports_and_bytes(host):
    host.run(shell, "ip netns exec near ping -c1 -W5 172.20.0.10")
    status, said = host.run(program, "metrics")
    found = dict(line.rsplit(" ", 1) for line in said.splitlines() if not line.startswith("#"))
    of_the_default = '{topology="default"}'
    assert status == 0
    assert {name: found["linuxnet_fabric_" + name + of_the_default] for name in COUNTED} == COUNTED
    front = 'topology="default",network="front",family="ipv4",subnet="172.20.0.0/24"'
    assert found["linuxnet_fabric_addresses_leased{" + front + "}"] == "3"  # web, near, and the gateway
    assert found["linuxnet_fabric_addresses_free{" + front + "}"] == "251"
    near = 'topology="default",container="near",interface="eth0",network="front"'
    assert int(found["linuxnet_fabric_transmit_bytes_total{" + near + "}"]) >= 98
    figures = json.loads(host.run(program, "ls", "--json")[1])["topologies"]["default"]["figures"]
    assert figures["containers"] == 4 and figures["pools"][0]["free"] == 251


def test_metrics_are_written_whole_and_tell_drift(host, tmp_path: Path):
    file = tmp_path / "fabric.prom"
    made, taken_back = "ip link set br-other mtu 1400", "ip link set br-other mtu 1500"
    assert host.run(program_with, made, taken_back, "metrics", str(file))[0] == 0
    assert 'linuxnet_fabric_drifted{topology="default"} 1\n' in file.read_text()
    assert [each.name for each in tmp_path.iterdir()] == ["fabric.prom"]
    status, said = host.run(program, "metrics", str(tmp_path / "nowhere" / "fabric.prom"))
    assert status == 1 and "nowhere is no directory" in said
