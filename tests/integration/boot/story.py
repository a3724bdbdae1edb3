# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A host of networks, containers and a service in one of them, and what has to hold of it after whatever happens to it.

``Story`` declares and applies it; ``seen`` is all that must be the same again, ``holds`` what a user tries.
"""

from __future__ import annotations

import json
import sys
import time
from typing import Any, Dict, List, Mapping

from tests.lab.booted import BootedLab
from tests.lab.booted_host import BootedHost
from tests.lab.place import SERVERS
from tests.lab.waiting import wait_for

PROGRAM = "/usr/local/sbin/linuxnet-fabric"
UNIT = """\
[Unit]
Description=A program in the namespace of web
Wants=linuxnet-fabric@default.service linuxnet-fabric-late@default.service
After=linuxnet-fabric@default.service linuxnet-fabric-late@default.service

[Service]
NetworkNamespacePath=/run/netns/web
BindReadOnlyPaths=/etc/netns/web/hosts:/etc/hosts /etc/netns/web/resolv.conf:/etc/resolv.conf
ExecStart={python} {servers} serve http "" 80 web

[Install]
WantedBy=multi-user.target
"""


def declared(others: int) -> Dict[str, Any]:
    """Two networks, one with IPv6, a published web, and ``others`` beside it: every kind of word that a boot takes."""
    names = ["c{0:03}".format(number) for number in range(others)]
    containers: Dict[str, Any] = {
        "web": {
            "networks": {"front": {"aliases": ["www"]}, "back": {}},
            "ports": ["8080:80", "127.0.0.1:8081:80"],
            "bandwidth": {"egress": "500mbit"},
        },
        "db": {"networks": ["back"], "hostname": "db", "sysctls": {"net.ipv4.ip_default_ttl": "70"}},
        "side": {"network_mode": "container:db"},
        "batch": {"network_mode": "none"},
        "lan": {"networks": {"lan": {}}},
    }
    containers.update({name: {"networks": ["front"], "ports": ["80"]} for name in names})
    return {
        "networks": {
            "front": {"enable_ipv6": True},
            "back": {"internal": True, "icc": False},
            "lan": {"driver": "macvlan", "parent": "eth0", "ipam": {"config": [{"ip_range": "198.51.100.192/28"}]}},
        },
        "containers": containers,
    }


class Story:
    """A booted host with all of it applied. ``words``: those of the module."""

    def __init__(self, lab: BootedLab, others: int = 3, **more: Any) -> None:
        self.lab, self.host = lab, lab.host
        self.words: Mapping[str, Any] = {**declared(others), "restore": "auto", **more}
        self.host.write("/etc/systemd/system/web.service", UNIT.format(python=sys.executable, servers=SERVERS))
        self.told = self.apply()
        self.host.run(["systemctl", "enable", "--now", "web"])
        wait_for(lambda: self.unit("linuxnet-fabric@default.service") == "active", 30, "the units to be active")

    def apply(self, **more: Any) -> Dict[str, Any]:
        return self.host.module("topology", {**self.words, **more})

    def unit(self, name: str) -> str:
        return self.host.run(["systemctl", "show", "--property=ActiveState", "--value", name]).stdout.strip()

    def pid(self) -> str:
        """Of the service that lives in the namespace of web."""
        return self.host.run(["systemctl", "show", "--property=MainPID", "--value", "web"]).stdout.strip()

    def tell(self, word: str, firewall: str) -> None:
        """``systemctl WORD FIREWALL``, and wait until all that came of it is done."""
        self.host.run(["systemctl", word, firewall])
        wait_for(lambda: not self._busy(), 30, "what came of {0} {1}".format(word, firewall))

    def _busy(self) -> str:
        """Jobs of systemd about our units, and those of our units that run."""
        ask = "systemctl list-jobs --no-legend 'linuxnet-fabric*'; "
        ask += "systemctl list-units --no-legend --state=running,reload 'linuxnet-fabric*.service'"
        return self.host.run(["sh", "-c", ask]).stdout.strip()

    # --- what a user tries

    def holds(self, within: float = 10.0) -> float:
        """Every probe, each waited for; returns seconds since the machine was started. ``within``: of now."""
        host, end = self.host, time.monotonic() + within
        addresses = self.told["containers"]
        db = addresses["db"]["interfaces"]["eth0"]["ipv4"].split("/")[0]
        probes = {
            "a published port": lambda: self.lab.client.ask("http", host.ipv4, 8080, timeout=1),
            "a published port over IPv6": lambda: self.lab.client.ask("http", host.ipv6, 8080, timeout=1),
            "one published on loopback": lambda: host.ask("http", "127.0.0.1", 8081, timeout=1),
            "a neighbour by its name": lambda: host.container("c000").ask("http", "www", 80, timeout=1),
            "the way out": lambda: self._pings("web", self.lab.client.ipv4),
            "the LAN": lambda: self._pings("lan", self.lab.client.ipv4),
        }
        for what, probe in probes.items():
            wait_for(probe, max(0.5, end - time.monotonic()), "{0}: {1}".format(what, host.console()[-1500:]))
        seconds = time.monotonic() - host.began
        assert not self._pings("c000", db), "from front nobody gets to back"
        assert not self._pings("web", db), "neighbours on back do not talk (icc)"
        return seconds

    def _pings(self, container: str, address: str) -> bool:
        asked = self.host.container(container).run(["ping", "-c", "1", "-W", "1", address], check=False)
        return asked.returncode == 0

    # --- what has to be the same again

    def seen(self) -> Dict[str, Any]:
        """Leases, addresses, MACs and routes of every container, the host's links of ours, rules and files."""
        host = self.host
        info = host.module("topology_info", {})
        inside = {name: self._inside(name) for name in host.run(["ls", "/run/netns"]).stdout.split()}
        links = [link for link in host.json(["ip", "-j", "addr"]) if "linuxnet.fabric/" in link.get("ifalias", "")]
        files = "cd /etc/netns && for each in */*; do echo $each; cat $each; done"
        return {
            "leases": info["leases"],
            "inside": inside,
            "links": _links(links),
            "rules": _rules(host),
            "files": host.run(["sh", "-c", files]).stdout,
        }

    def _inside(self, name: str) -> Any:
        place = self.host.container(name)
        links = {
            link["ifname"]: [link["address"], link["mtu"], _addresses(link)]
            for link in place.json(["ip", "-j", "addr"])
        }
        routes = sorted(json.dumps(route, sort_keys=True) for route in place.json(["ip", "-j", "route"]))
        return [links, routes]

    def check(self) -> "tuple[int, str]":
        """What the program on the host says: exit status, and its words."""
        done = self.host.run([PROGRAM, "check"], check=False)
        return done.returncode, done.stdout + done.stderr

    def is_as_before(self, before: Dict[str, Any], within: float = 10.0) -> float:
        """All of it; returns the seconds from the machine's start until every probe held."""
        seconds = self.holds(within)
        now = self.seen()
        for what, then in before.items():
            assert now[what] == then, what
        assert self.check()[0] == 0, self.check()
        found = self.host.module("topology", self.words, check=True)
        assert found["actions"] == [], found["actions"]
        assert self.host.failed_units() == []
        return seconds


def _links(links: List[Mapping[str, Any]]) -> Dict[str, Any]:
    return {link["ifname"]: [link["address"], link["mtu"], _addresses(link)] for link in links}


def _addresses(link: Mapping[str, Any]) -> List[str]:
    """Without those that the kernel makes."""
    return sorted("{local}/{prefixlen}".format(**each) for each in link["addr_info"] if each["scope"] == "global")


def _rules(host: BootedHost) -> str:
    """Ours, without counters."""
    text = ""
    for line in host.run(["nft", "list", "tables"]).stdout.splitlines():
        if " fabric" in line:
            text += host.run(["nft", "--stateless", "list", *line.split()]).stdout
    return text
