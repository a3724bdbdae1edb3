# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The prober beside services that run: they see nothing of it, and nothing of it stays."""

from __future__ import annotations

import itertools
import signal
import sys

import pytest

from tests.lab.talk import Talk
from tests.lab.waiting import wait_for

DECLARED = {
    "networks": {"front": {"ipam": {"config": [{"subnet": "172.20.0.0/24"}]}}, "other": {}},
    "containers": {
        "web": {"networks": ["front"], "ports": ["8080:80", "5353:53/udp", "2905:2905/sctp"]},
        "app": {"networks": ["other"]},
        "near": {"networks": ["front"]},
    },
}


@pytest.fixture(scope="module")
def host(shared_lab):
    shared_lab.host.module("topology", DECLARED)
    return shared_lab.host


@pytest.fixture
def talk(shared_lab):
    made = Talk(shared_lab)
    yield made
    made.close()


def results(answer):
    return {cell["text"]: (cell["result"], cell["said"]) for cell in answer["cells"]}


def test_a_service_that_listens_sees_neither_connection_nor_datagram(host, talk):
    tcp, udp = talk.serve("web", 80), talk.serve("web", 53, "udp")
    answer = host.module("topology_verify", DECLARED)
    told = results(answer)
    assert told["app reaches web at {0}:8080/tcp: web publishes 80/tcp".format(host.ipv4)] == ("held", "")
    result, why = told["app reaches web at {0}:5353/udp: web publishes 53/udp".format(host.ipv4)]
    assert (result, why) == ("unprobed", "a service has this port, and it would see the datagram")
    assert answer["promises"]["broken"] == 0
    for server in (tcp, udp):
        server.setblocking(False)
    with pytest.raises(BlockingIOError):
        tcp.accept()
    with pytest.raises(BlockingIOError):
        udp.recvfrom(64)
    assert talk.reach("app", host.ipv4, 8080, tcp) is not None


def test_somebody_on_the_wire_is_played_who_comes_in_by_the_uplink(host):
    told = results(host.module("topology_verify", DECLARED))
    for port in (
        "8080/tcp: web publishes 80/tcp",
        "5353/udp: web publishes 53/udp",
        "2905/sctp: web publishes 2905/sctp",
    ):
        assert told["the wire reaches web at {0}:{1}".format(host.ipv4, port)] == ("held", "")
    assert told["the wire does not reach app at 172.17.0.2 (tcp): it is not published"] == ("held", "nothing came back")
    assert not [text for text, (result, _said) in told.items() if result != "held"]


def test_what_a_filter_of_the_uplink_drops_is_named(host):
    host.run(["nft", "add table ip other; add chain ip other c { type filter hook forward priority 5; }"])
    host.run(["nft", "add rule ip other c iifname eth0 meta l4proto { tcp, sctp } drop"])
    try:
        broken = [each for each in host.module("topology_verify", DECLARED)["cells"] if each["result"] == "broken"]
    finally:
        host.run(["nft", "delete table ip other"])
    texts = [each["text"] for each in broken]
    calls = ("2905/sctp: web publishes 2905/sctp", "8080/tcp: web publishes 80/tcp")
    assert sorted(texts) == ["the wire reaches web at {0}:{1}".format(host.ipv4, each) for each in calls]
    assert {each["place"]["text"] for each in broken} == {
        'the host drops it: ip other c: iifname "eth0" meta l4proto { tcp, sctp } drop'
    }


def test_a_prober_that_is_killed_leaves_no_listener_and_nobody_on_the_wire(host):
    before = host.container("web").run(["ss", "-Hlntu"]).stdout
    code = "import sys; sys.path[:0] = sys.argv[1].split(':'); from tests.paths import importable; importable()\n" + (
        "import json\n"
        "from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.host import Host\n"
        "from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.probe import prober\n"
        "from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.probe.model import Probe\n"
        "from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.probe.outsider import WIRE, outsider\n"
        "prober.PATIENCE = 600\n"
        "sent = [Probe('app', 'web', '172.20.0.2', protocol, 7777) for protocol in ('tcp', 'udp')]\n"
        "sent += [Probe(WIRE, 'web', '172.20.0.2', 'tcp', 7778)]\n"
        "host = Host()\n"
        "with outsider(host, {4: '198.18.0.99'}):\n"
        "    prober.probe_all(host, sent)\n"
    )
    running = host.popen([sys.executable, "-c", code, ":".join(path for path in sys.path if path)])
    wait_for(lambda: ":7777" in host.container("web").run(["ss", "-Hlntu"]).stdout, what="the prober's listeners")
    assert "linuxnet-fabric-wire" in host.run(["nft", "list", "tables"]).stdout
    running.send_signal(signal.SIGKILL)
    running.wait()
    wait_for(lambda: host.container("web").run(["ss", "-Hlntu"]).stdout == before, what="their end")
    wait_for(lambda: not played(host), what="the end of who was played")
    wait_for(
        lambda: "linuxnet-fabric-wire" not in host.run(["nft", "list", "tables"]).stdout, what="the end of its table"
    )


def played(host):
    return [line for line in host.run(["ip", "-o", "link"]).stdout.splitlines() if "fabric-wire" in line]


def test_nothing_is_written_to_the_kernel_but_who_is_played_on_the_wire(host):
    rules = host.run(["nft", "list", "ruleset"]).stdout
    tentative = ["ip", "-6", "-o", "address", "show", "tentative"]  # the kernel itself tells when one is not any more
    wait_for(lambda: not host.run(tentative).stdout, what="every address is settled")
    watched = host.popen(["ip", "-o", "monitor", "link", "address", "route", "rule"])
    mark(host, "first0")
    heard(watched, "first0")
    assert host.module("topology_verify", DECLARED)["changed"] is False
    wait_for(lambda: not played(host), what="the end of who was played")
    mark(host, "last0")
    lines = heard(watched, "last0")
    assert [line for line in lines if "first0" not in line and "fabric-wire" not in line] == []
    assert any("fabric-wire" in line for line in lines)
    assert host.run(["nft", "list", "ruleset"]).stdout == rules


def mark(host, ifname):
    host.run(["ip", "link", "add", ifname, "type", "bridge"])
    host.run(["ip", "link", "delete", ifname])


def heard(watched, ifname):
    """What is told before the first word of an interface."""
    return list(itertools.takewhile(lambda line: ifname not in line, watched.stdout))
