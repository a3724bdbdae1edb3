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
from resolver import AAAA, NOERROR, NXDOMAIN, PTR, REFUSED, WORLD, A, asked, servers_of

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
        return servers_of(self.host, name)

    def ask(self, who: str, name: str, kind: str = A, protocol: str = "udp", server: str = "") -> List[str]:
        """The rcode, then the answers; empty where nobody answers."""
        return asked(self.host.container(who), server or self.servers(who)[0], name, kind, protocol)

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
    assert asked(names.host, server, "web") == [REFUSED]
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
