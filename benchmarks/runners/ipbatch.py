# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The shell script that a careful administrator would write: ip -batch, and one nft -f for the ports."""

from __future__ import annotations

from pathlib import Path
from typing import Iterator, Optional

from ..declaration import endpoints
from ..places import program
from ..sample import run
from ..trials import Trial
from . import Runner, Steps

_RULES = """table ip bench {{
map ports {{ type inet_proto . inet_service : ipv4_addr . inet_service
elements = {{ {elements} }} }}
chain pre {{ type nat hook prerouting priority dstnat
fib daddr type local dnat ip to meta l4proto . th dport map @ports; }}
chain post {{ type nat hook postrouting priority srcnat; ip saddr 10.100.0.0/16 masquerade; }}
}}
"""


class IpBatch(Runner):
    name = "ip -batch + nft"

    def missing(self) -> Optional[str]:
        return None if program("ip") and program("nft") else "iproute2 and nftables"

    def steps(self, trial: Trial, folder: Path) -> Steps:
        """One ip for the host's side, then one for each namespace: -batch cannot change its namespace."""
        (folder / "host").write_text("\n".join(_host(trial.size)) + "\n")
        for item in endpoints(trial.size):
            (folder / item.name).write_text(_inside(item.address, item.gateway))
        elements = ", ".join("tcp . {0.port} : {0.address} . 80".format(item) for item in endpoints(trial.size))
        (folder / "rules").write_text(_RULES.format(elements=elements))
        names = " ".join(item.name for item in endpoints(trial.size))
        (folder / "build").write_text(
            "set -e; cd {0}\nip -batch host\nfor name in {1}; do ip -n $name -batch $name; done\nnft -f rules\n".format(
                folder, names
            )
        )
        bridges = " ".join(sorted({"br-" + item.network for item in endpoints(trial.size)}))
        (folder / "teardown").write_text(
            "set -e\nnft delete table ip bench\nfor bridge in {0}; do ip link del $bridge; done\n"
            "for name in {1}; do echo netns del $name; done | ip -batch -\n".format(bridges, names)
        )
        yield "build", run(["sh", str(folder / "build")])
        yield "teardown", run(["sh", str(folder / "teardown")])


def _host(size: int) -> Iterator[str]:
    bridges = set()
    for number, item in enumerate(endpoints(size)):
        bridge = "br-" + item.network
        if bridge not in bridges:
            bridges.add(bridge)
            yield "link add {0} type bridge".format(bridge)
            yield "address add {0}/22 dev {1}".format(item.gateway, bridge)
            yield "link set {0} up".format(bridge)
        yield "netns add {0}".format(item.name)
        yield "link add veth{0} master {1} up type veth peer name eth0 netns {2} address {3}".format(
            number, bridge, item.name, item.mac
        )


def _inside(address: str, gateway: str) -> str:
    return "address add {0}/22 dev eth0\nlink set eth0 up\nroute add default via {1}\nlink set lo up\n".format(
        address, gateway
    )
