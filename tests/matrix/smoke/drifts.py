# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What somebody does behind our back: one of each kind of object, all at once, and how to see that it is as before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Dict, Tuple


@dataclass(frozen=True)
class Drift:
    """``script`` changes the host, what ``look`` prints shows it, and a check must say ``told`` of it."""

    what: str
    script: str
    look: str
    told: str


def drifts(answer: Dict[str, Any]) -> Tuple[Drift, ...]:
    """Of the host of declarations.FIRST, whose names of interfaces are in the module's answer."""
    port = {name: answer["containers"][name]["interfaces"]["eth0"]["host_interface"] for name in ("db", "far", "calm")}
    inside = "nsenter --net=/run/netns/{0} "
    return (
        Drift("a bridge deleted", "ip link delete br-open", "ip -br address show br-open | cut -d@ -f1", "br-open"),
        Drift(
            "an address of a bridge taken away",
            "ip address delete 172.20.1.1/24 dev br-front",
            "ip -br -4 address show br-front",
            "172.20.1.1/24",
        ),
        Drift(
            "an option of a bridge changed",
            "ip link set br-back type bridge ageing_time 1000",
            "ip -d link show br-back | grep -o 'ageing_time [0-9]*'",
            "ageing_time of br-back",
        ),
        Drift(
            "a bridge's mark changed", "ip link set br-vpn alias stray", "cat /sys/class/net/br-vpn/ifalias", "br-vpn"
        ),
        Drift(
            "a bridge's mtu changed",
            "ip link set br-plain mtu 1333",
            "cat /sys/class/net/br-plain/mtu",
            "mtu of br-plain",
        ),
        Drift(
            "a pair deleted", "ip -n two link delete eth0", "ip -n two -br -4 address | sed s/@if[0-9]*//", "two:eth0"
        ),
        Drift(
            "a pair down",
            "ip link set {0} down".format(port["far"]),
            "ip -o link show {0} | grep -o '[<,]UP'".format(port["far"]),
            port["far"],
        ),
        Drift(
            "a flag of a bridge's port changed",
            "bridge link set dev {0} isolated on".format(port["db"]),
            "cat /sys/class/net/{0}/brport/isolated".format(port["db"]),
            "isolated of bridge port {0}".format(port["db"]),
        ),
        Drift(
            "a pair out of its bridge",
            "ip link set {0} nomaster".format(port["calm"]),
            "ip -o link show {0} | grep -o 'master [^ ]*'".format(port["calm"]),
            "master of {0}".format(port["calm"]),
        ),
        Drift(
            "an address inside changed",
            "ip -n router -6 address flush dev eth0 scope global",
            "ip -n router -br -6 address show dev eth0 scope global | sed s/@if[0-9]*//",
            "router:eth0",
        ),
        Drift(
            "a MAC inside changed",
            "ip -n one link set eth0 address 02:00:00:00:00:99",
            "ip -n one -br link show eth0 | grep -o '..:..:..:..:..:..'",
            "mac of one:eth0",
        ),
        Drift(
            "a route inside deleted",
            "ip -n calm route delete blackhole 192.0.2.0/24",
            "ip -n calm route show type blackhole",
            "192.0.2.0/24",
        ),
        Drift(
            "a setting inside changed",
            inside.format("web") + "sh -c 'echo 99 > /proc/sys/net/ipv4/ip_unprivileged_port_start'",
            inside.format("web") + "cat /proc/sys/net/ipv4/ip_unprivileged_port_start",
            "ip_unprivileged_port_start",
        ),
        Drift("a namespace deleted", "ip netns delete batch", "ip -n batch -br link show lo up", "namespace batch"),
        Drift("a second handle taken away", "umount /run/netns/sidecar", "stat -fc %T /run/netns/sidecar", "sidecar"),
        Drift(
            "a setting of the host changed",
            "echo 0 > /proc/sys/net/ipv6/conf/all/forwarding",
            "cat /proc/sys/net/ipv6/conf/all/forwarding",
            "net.ipv6.conf.all.forwarding",
        ),
        Drift("a file changed", "echo '192.0.2.1 stray' >> /etc/netns/db/hosts", "cat /etc/netns/db/hosts", "hosts"),
        Drift(
            "a chain flushed",
            "nft flush chain inet fabric-default forward",
            "nft list chain inet fabric-default forward",
            "chain forward",
        ),
        Drift(
            "a table deleted",
            "nft delete table bridge fabric-default",
            "nft list table bridge fabric-default | grep -c .",
            "bridge fabric-default",
        ),
    )
