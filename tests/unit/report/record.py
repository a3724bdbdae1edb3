# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes data/answers.json and promises.json anew: what a lab host answers to a check, and to a verify. Needs root.

After a change of what the modules return, run ``python -m tests.unit.report.record``, and look at what changed.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Dict

from tests.lab import Lab

NETWORKS = {
    "front": {"ipam": {"config": [{"subnet": "172.20.0.0/24"}]}},
    "back": {"internal": True, "enable_ipv6": True},
}
CONTAINERS: Dict[str, Any] = {
    "web": {"networks": ["front", "back"], "ports": ["8080:80", "127.0.0.1:8443:443", "5353:53/udp"]},
    "db": {"networks": ["back"]},
    "sidecar": {"network_mode": "container:web"},
    "batch": {"network_mode": "none"},
    "agent": {"network_mode": "host"},
}
MORE = dict(CONTAINERS, cache={"networks": ["front"], "ports": ["6379:6379"]})


#: What somebody else's firewall says, so that a promise does not hold.
DROP = (
    "table ip other { chain forward { type filter hook forward priority 5; ip daddr 172.20.0.2 tcp dport 80 drop; }; }"
)


def main() -> None:
    _write("answers", _answers())
    _write("promises", _promises())


def _answers() -> Dict[str, Any]:
    answers: Dict[str, Any] = {}
    with Lab() as lab:

        def ask(name: str, containers: Dict[str, Any]) -> None:
            declared = {"name": "shop", "networks": NETWORKS, "containers": containers}
            answer = lab.host.module("topology", declared, check=True)
            kept = ("networks", "containers", "drift", "intended", "changed", "actions", "changes")
            answers[name] = {word: answer[word] for word in kept}

        ask("never_applied", CONTAINERS)
        lab.host.module("topology", {"name": "shop", "networks": NETWORKS, "containers": CONTAINERS})
        ask("clean", CONTAINERS)
        lab.host.run(["ip", "link", "set", "br-front", "mtu", "1400"])
        lab.host.run(["ip", "-n", "web", "addr", "add", "172.20.0.77/24", "dev", "eth0"])
        lab.host.run(["ip", "netns", "delete", "db"])
        lab.host.run(["sh", "-c", "for file in /etc/netns/.linuxnet-fabric-shop/*; do echo >> $file; break; done"])
        ask("drifted", CONTAINERS)
        ask("drifted_and_pending", MORE)
    return answers


def _promises() -> Dict[str, Any]:
    few = {name: MORE[name] for name in ("web", "db", "cache")}
    declared = {"name": "shop", "networks": NETWORKS, "containers": few}
    with Lab() as lab:
        lab.host.module("topology", declared)
        lab.host.run(["nft", "-f", "-"], input=DROP)
        answer = lab.host.module("topology_verify", declared)
    return {"broken": {word: answer[word] for word in answer if word != "invocation"}}


def _write(name: str, answers: Dict[str, Any]) -> None:
    path = Path(__file__).with_name("data") / (name + ".json")
    path.write_text(json.dumps(answers, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
