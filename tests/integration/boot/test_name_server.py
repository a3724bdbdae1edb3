# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names by a server: what each container is told, as bytes on the wire, and how a name comes and goes."""

from __future__ import annotations

import shutil
import sys
from typing import Any, Dict, Iterator, List

import pytest
import yaml

from tests.integration.docs.walk import ROOT, blocks, commands
from tests.lab.booted import BootedLab, missing
from tests.lab.waiting import wait_for

UNIT, CONFIG = "linuxnet-fabric-dns@default.service", "/var/lib/linuxnet-fabric/dns/default.conf"
UPSTREAM = "198.51.100.53"
PAGE, WHY = ROOT / "docs" / "dns.md", "needs a host that boots"
WORDS: Dict[str, Any] = {
    "networks": {"front": {"enable_ipv6": True}, "back": {"internal": True}},
    "containers": {
        "web": {"networks": {"front": {"aliases": ["www"]}, "back": {}}},
        "front1": {"networks": ["front"]},
        "db": {"networks": ["back"], "hostname": "database"},
        "own": {"networks": ["front"], "dns": ["192.0.2.1"]},
    },
    "restore": "auto",
    "dns": "unbound",
}
FARM = {"name": "farm", "networks": {"yard": {}}, "containers": {"goat": {"networks": ["yard"]}}, "dns": "unbound"}
#: RFC 1035, section 4: asks SERVER for NAME TYPE by PROTOCOL; prints the rcode, and the data of the answers in order.
ASK = r"""
import socket, struct, sys
server, name, kind, protocol = sys.argv[1:]
labels = b"".join(bytes([len(each)]) + each.encode() for each in name.split("."))
query = struct.pack(">6H", 1, 0x100, 1, 0, 0, 0) + labels + b"\0" + struct.pack(">HH", int(kind), 1)
family = socket.AF_INET6 if ":" in server else socket.AF_INET
asked = socket.socket(family, socket.SOCK_STREAM if protocol == "tcp" else socket.SOCK_DGRAM)
asked.settimeout(2)
asked.connect((server, 53))
asked.sendall((struct.pack(">H", len(query)) if protocol == "tcp" else b"") + query)
answer = asked.recv(4096)
while protocol == "tcp" and len(answer) < 2 + struct.unpack(">H", answer[:2])[0]:
    answer += asked.recv(4096)
answer = answer[2:] if protocol == "tcp" else answer
def skip(at):
    while answer[at] and answer[at] < 192:
        at += answer[at] + 1
    return at + (1 if not answer[at] else 2)
def read(at):
    labels = []
    while answer[at]:
        if answer[at] >= 192:
            return ".".join([*labels, read(struct.unpack(">H", answer[at : at + 2])[0] & 0x3FFF)])
        labels.append(answer[at + 1 : at + 1 + answer[at]].decode())
        at += answer[at] + 1
    return ".".join(labels)
flags, questions, answers = struct.unpack(">3H", answer[2:8])
at, found = skip(12) + 4 if answers else 0, []
for each in range(answers):
    at = skip(at)
    kind, length = struct.unpack(">H6xH", answer[at : at + 10])
    at += 10
    data = answer[at : at + length]
    found.append(read(at) if kind == 12 else socket.inet_ntop(2 if kind == 1 else 10, data))
    at += length
print(flags & 15, *sorted(found))
"""
#: A name server of the world outside: every name has the address 192.0.2.7.
WORLD = r"""
import socket, struct, sys
asked = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
asked.bind((sys.argv[1], 53))
while True:
    query, who = asked.recvfrom(512)
    end = query.index(b"\0", 12) + 5
    head = query[:2] + struct.pack(">5H", 0x8180, 1, 1, 0, 0)
    asked.sendto(head + query[12:end] + struct.pack(">3HIH4B", 0xC00C, 1, 1, 60, 4, 192, 0, 2, 7), who)
"""
A, PTR, AAAA = "1", "12", "28"
NOERROR, NXDOMAIN, REFUSED = "0", "3", "5"


class Names:
    """A host with two topologies and their name servers, and a world outside."""

    def __init__(self, lab: BootedLab) -> None:
        self.lab, self.host = lab, lab.host
        lab.client.run(["ip", "addr", "add", UPSTREAM + "/32", "dev", "lo"])
        lab.client.popen([sys.executable, "-c", WORLD, UPSTREAM])
        self.host.write("/etc/resolv.conf", "nameserver {0}\n".format(UPSTREAM))
        self.farm = self.host.module("topology", FARM)
        self.told = self.host.module("topology", WORDS)
        self.ready()

    def ready(self) -> None:
        for name, known in (("web", "front1"), ("db", "web")):
            wait_for(lambda: self.ask(name, known)[:1] == [NOERROR], 30, "the name server")  # noqa: B023

    def servers(self, name: str) -> List[str]:
        lines = self.host.run(["cat", "/etc/netns/{0}/resolv.conf".format(name)]).stdout.splitlines()
        return [line.split()[1] for line in lines if line.startswith("nameserver ")]

    def ask(self, who: str, name: str, kind: str = A, protocol: str = "udp", server: str = "") -> List[str]:
        """The rcode, then the answers; empty where nobody answers."""
        words = [sys.executable, "-c", ASK, server or self.servers(who)[0], name, kind, protocol]
        return self.host.container(who).run(words, check=False).stdout.split()

    def address(self, name: str, interface: str, family: str = "ipv4") -> str:
        return str(self.told["containers"][name]["interfaces"][interface][family].split("/")[0])

    def pid(self) -> str:
        return self.host.run(["systemctl", "show", "--property=MainPID", "--value", UNIT]).stdout.strip()


@pytest.fixture(scope="module")
def names() -> Iterator[Names]:
    lack = missing() or ("" if shutil.which("unbound", path="/usr/sbin") else "unbound")
    if lack:
        pytest.skip("a lab host that boots, and names, need " + lack)
    with BootedLab() as lab:
        yield Names(lab)


def test_a_container_knows_those_on_its_networks_and_nobody_else(names: Names) -> None:
    web = [names.address("web", "eth0"), names.address("web", "eth1")]
    assert names.ask("front1", "web") == [NOERROR, web[0]], "its own network"
    assert names.ask("front1", "www") == [NOERROR, web[0]], "an alias"
    assert names.ask("front1", "WEB") == [NOERROR, web[0]], "names have no case"
    assert names.ask("web", "web") == [NOERROR, *sorted(web)], "two networks"
    assert names.ask("web", "database") == [NOERROR, names.address("db", "eth0")], "a host name, on the second one"
    assert names.ask("db", "web") == [NOERROR, web[1]]
    assert names.ask("db", "front1") == [NXDOMAIN], "of another network"
    assert names.ask("db", "goat") == [NXDOMAIN], "of another topology"
    assert names.ask("goat", "goat")[:1] == [NOERROR], "which has a name server of its own"


def test_it_answers_over_tcp_and_ipv6_in_both_families_and_in_reverse(names: Names) -> None:
    ipv4, ipv6 = names.address("web", "eth0"), names.address("web", "eth0", "ipv6")
    servers = names.servers("front1")
    assert [":" in each for each in servers] == [False, True]
    for server in servers:
        for protocol in ("udp", "tcp"):
            assert names.ask("front1", "web", A, protocol, server) == [NOERROR, ipv4]
            assert names.ask("front1", "web", AAAA, protocol, server) == [NOERROR, ipv6]
    assert names.ask("db", "web", AAAA) == [NOERROR], "there, without such an address"
    reverse = ".".join(reversed(ipv4.split("."))) + ".in-addr.arpa"
    assert names.ask("front1", reverse, PTR) == [NOERROR, "web"]
    assert names.ask("db", reverse, PTR) == [NXDOMAIN], "of another network"


def test_other_names_are_asked_where_the_host_asks_and_from_internal_networks_nowhere(names: Names) -> None:
    assert names.ask("front1", "example.org") == [NOERROR, "192.0.2.7"]
    assert names.ask("web", "example.org") == [NOERROR, "192.0.2.7"]
    assert names.ask("db", "example.org") == [NXDOMAIN]


def test_who_says_where_to_ask_has_ours_refuse_and_that_one_next(names: Names) -> None:
    assert names.ask("own", "web")[:1] == [NOERROR]
    assert names.ask("own", "example.org") == [REFUSED]
    assert names.servers("own")[-1] == "192.0.2.1"


def test_only_containers_of_its_networks_are_answered(names: Names) -> None:
    server = names.servers("front1")[0]
    asked = names.host.run([sys.executable, "-c", ASK, server, "web", A, "udp"]).stdout.split()
    assert asked == [REFUSED]
    assert names.ask("goat", "web", server=server) in ([], [REFUSED])


def test_a_name_that_comes_or_goes_is_known_at_once_without_a_restart(names: Names) -> None:
    before, containers = names.pid(), {**WORDS["containers"], "late": {"networks": ["front"]}}
    announced = names.host.module("topology", {**WORDS, "containers": containers}, check=True)["actions"]
    made = names.host.module("topology", {**WORDS, "containers": containers})
    assert made["actions"] == announced and "rewrite " + CONFIG in announced
    late = made["containers"]["late"]["interfaces"]["eth0"]["ipv4"].split("/")[0]
    wait_for(lambda: names.ask("front1", "late") == [NOERROR, late], what="the new name")
    names.host.module("topology", WORDS)
    wait_for(lambda: names.ask("front1", "late") != [NOERROR, late], what="the name is gone")
    assert names.pid() == before


def test_a_network_that_comes_is_served_too(names: Names) -> None:
    more = {
        **WORDS,
        "networks": {**WORDS["networks"], "more": {}},
        "containers": {**WORDS["containers"], "m1": {"networks": ["more"]}, "m2": {"networks": ["more"]}},
    }
    names.host.module("topology", more)
    wait_for(lambda: names.ask("m1", "m2")[:1] == [NOERROR], 30, "the new network's names")
    names.host.module("topology", WORDS)
    names.ready()


def test_a_configuration_that_somebody_changed_is_drift_and_one_that_died_is_started(names: Names) -> None:
    names.host.run(["sed", "-i", "s/www/other/", CONFIG])
    assert names.host.module("topology", WORDS, check=True)["drift"] == ["rewrite " + CONFIG]
    names.host.module("topology", WORDS)
    names.host.run(["systemctl", "kill", "--signal=KILL", UNIT])
    names.ready()
    names.host.run(["systemctl", "stop", UNIT])
    assert names.host.module("topology", WORDS, check=True)["drift"] == ["start " + UNIT]
    names.host.module("topology", WORDS)
    names.ready()


def test_names_are_there_after_a_boot(names: Names) -> None:
    names.host.crash()
    names.ready()
    assert names.host.failed_units() == []
    assert names.host.module("topology", WORDS, check=True)["actions"] == []


def test_the_page_declares_what_can_be_made_and_every_command_on_it_does_what_it_says(names: Names) -> None:
    declared, console = [block.text for block in blocks(PAGE) if block.why == WHY]
    words = {key.replace("topology_", "", 1): value for key, value in yaml.safe_load(declared).items()}
    assert words["dns"] == "unbound" and names.host.module("topology", words, check=True)["actions"]
    lines = list(commands(console))
    done = {line: names.host.run(["sh", "-c", line]).stdout for line in lines}
    assert "active (running)" in done["systemctl status 'linuxnet-fabric-dns@default'"] and len(lines) > 3


def test_files_takes_the_server_away_and_absent_leaves_nothing(names: Names) -> None:
    gone = names.host.module("topology", {**WORDS, "dns": "files"})["actions"]
    assert "remove " + CONFIG in gone and "remove " + UNIT in gone
    assert names.servers("front1") == [UPSTREAM]
    names.host.module("topology", {"name": "farm", "state": "absent"})
    names.host.module("topology", {"state": "absent"})
    ls = ["sh", "-c", "ls -A /var/lib/linuxnet-fabric/dns /run/linuxnet-fabric/dns; pgrep -x unbound"]
    assert ".conf" not in names.host.run(ls, check=False).stdout and not names.pid().strip("0")
