# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What may go wrong on the other host of a call, each with the promise that it breaks and the place to be named.

Between ``CONTAINERS`` of two hosts on the overlay ``shop``; node1 calls, and the faults are on node2.
"""

from __future__ import annotations

import re
from typing import Any, Dict, Mapping, NamedTuple, Tuple

CONTAINERS: Dict[str, Dict[str, Any]] = {
    "node1": {"web": {"networks": ["shop"]}, "app": {"networks": ["front"]}},
    "node2": {
        **{"db%d" % number: {"networks": ["shop"]} for number in range(12)},
        "door": {"networks": ["front"], "ports": ["8080:80", "5353:53/udp"]},
    },
}


class Fault(NamedTuple):
    """``command``: of a shell on node2, with words filled in. ``who`` is called, ``protocol``: by what. ``place``: the
    beginning of what is named, and ``words`` in it. ``modes``: of which overlay it breaks something. ``undo``: of what
    another run leaves alone."""

    name: str
    command: str
    who: str
    protocol: str
    place: str
    words: Tuple[str, ...] = ()
    modes: Tuple[str, ...] = ("routed", "bridged")
    undo: str = ""

    def filled(self, words: Mapping[str, str]) -> str:
        return filled(self.command, words)


def filled(text: str, words: Mapping[str, str]) -> str:
    """With each ``{word}`` replaced; other braces are nft's."""
    return re.sub(r"\{(\w+)\}", lambda found: words[found.group(1)], text)


def _drop(hook: str, rule: str, family: str = "inet", where: str = "", priority: int = 5) -> str:
    return where + _foreign(family, "other", hook, priority, rule + " drop")


def _foreign(family: str, table: str, hook: str, priority: int, rule: str, device: str = "") -> str:
    made = "add table {0} {1}; add chain {0} {1} {2} ".format(family, table, hook)
    made += "{ type filter hook " + hook + device + " priority " + str(priority) + "; }; "
    return "nft '" + made + "add rule {0} {1} {2} {3}'".format(family, table, hook, rule)


def _inside(who: str) -> Fault:
    command = _drop("input", "udp dport != 0", where="ip netns exec {0} ".format(who))
    return Fault(
        "a rule inside the container",
        command,
        who,
        "udp",
        "rule: on node2: {0} drops it: inet other input:".format(who),
    )


#: Each of another container, so that all of them can be there at once.
APART = [
    Fault(
        "a rule on the way to it",
        _drop("forward", "ip daddr {db0}"),
        "db0",
        "tcp",
        "rule: on node2: the host drops it: inet other forward: ip daddr {db0} drop",
        modes=("routed",),
    ),
    Fault(
        "a rule on the way of its answer",
        _drop("forward", "ip saddr {db1}"),
        "db1",
        "icmp",
        "rule: on node2: the host drops it: inet other forward: ip saddr {db1} drop",
        modes=("routed",),
    ),
    _inside("db2"),
    Fault(
        "a rule inside the container that keeps its answer",
        _drop("output", "ip daddr {web}", where="ip netns exec db3 "),
        "db3",
        "tcp",
        "rule: on node2: db3 drops it: inet other output:",
    ),
    Fault(
        "a rule of the bridge",
        _drop("forward", "ip daddr {db4}", family="bridge"),
        "db4",
        "icmp",
        "rule: on node2: the host drops it: bridge other forward:",
        modes=("bridged",),
    ),
    Fault(
        "a rule that rejects it",
        _foreign("ip", "other", "forward", 5, "ip daddr {db5} reject"),
        "db5",
        "tcp",
        "rule: on node2: the host drops it: ip other forward:",
        modes=("routed",),
    ),
    Fault(
        "a route inside the container",
        "ip -n db6 route replace blackhole {web}",
        "db6",
        "icmp",
        "route: on node2: a blackhole route of db6 takes what is for {web}",
    ),
    Fault(
        "an interface that is down", "ip -n db7 link set eth0 down", "db7", "tcp", "link: on node2: db7:eth0 is down"
    ),
    Fault(
        "an interface whose end on the host is down",
        "ip link set $(ip -n db8 -o link show eth0 | sed 's/.*@if\\([0-9]*\\).*/\\1/' | "
        "xargs -I% sh -c \"ip -o link | grep '^%:' | sed 's/^[0-9]*: \\([^@]*\\)@.*/\\1/'\") down",
        "db8",
        "udp",
        "link: on node2: ",
        ("the host's end of db8:eth0, is down",),
    ),
    Fault(
        "a setting inside the container",
        "ip netns exec db9 sysctl -qw net.ipv4.icmp_echo_ignore_all=1",
        "db9",
        "icmp",
        "sysctl: on node2: net.ipv4.icmp_echo_ignore_all of db9 is 1",
    ),
    Fault(
        "an address that is gone",
        "ip -n db10 addr flush dev eth0 scope global",
        "db10",
        "tcp",
        "address: on node2: db10 does not have {db10}",
    ),
    Fault(
        "a neighbour that is wrong",
        "ip neigh replace {db11} lladdr 02:00:00:00:00:66 nud permanent dev {bridge}",
        "db11",
        "icmp",
        "neighbour: on node2: the host has 02:00:00:00:00:66 for {db11}",
        modes=("routed",),
    ),
    Fault(
        "a MAC that is another",
        "ip -n db11 link set eth0 address 02:00:00:00:00:66",
        "db11",
        "icmp",
        "link: on node2: db11:eth0 has the MAC 02:00:00:00:00:66",
        modes=("bridged",),
    ),
    Fault(
        "a foreign firewall in front of a published port",
        _foreign("ip", "front", "forward", 7, "tcp dport 80 drop"),
        "door",
        "tcp",
        "rule: on node2: the host drops it: ip front forward: tcp dport 80 drop",
    ),
]
#: Each of everything, so that they come one at a time.
TOGETHER = [
    Fault(
        "a firewall that drops what carries it",
        _drop("input", "udp dport 4789"),
        "db0",
        "tcp",
        "rule: on node2: the host drops it: inet other input: udp dport 4789 drop",
        ("UDP port 4789 from ",),
    ),
    Fault(
        "a firewall that drops what carries its answer",
        _drop("output", "udp dport 4789"),
        "db0",
        "icmp",
        "rule: on node2: the host drops it: inet other output: udp dport 4789 drop",
        ("UDP port 4789 to ",),
    ),
    Fault("a device that is down", "ip link set {vxlan} down", "db0", "udp", "link: on node2: {vxlan} is down"),
    Fault(
        "a device that is gone", "ip link delete {vxlan}", "db0", "udp", "link: on node2: there is no interface {vxlan}"
    ),
    Fault(
        "a host that does not forward",
        "sysctl -qw net.ipv4.ip_forward=0",
        "db0",
        "tcp",
        "sysctl: on node2: net.ipv4.conf.",
        ("forwarding of the host is 0",),
        modes=("routed",),
    ),
    Fault(
        "a chain at the wire",
        _foreign("netdev", "other", "ingress", 0, "udp dport 4789 drop", device=' device "eth0"'),
        "db0",
        "tcp",
        "rule: on node2: the host may drop it at eth0, before it is seen: netdev other ingress: udp dport 4789 drop",
    ),
    Fault(
        "a route that leads elsewhere",
        "ip route add blackhole {db0}/32",
        "db0",
        "tcp",
        "route: on node2: a blackhole route of the host takes what is for {db0}",
        modes=("routed",),
        undo="ip route delete blackhole {db0}/32",
    ),
    Fault(
        "a route back that is gone",
        "ip route delete {block1}",
        "db0",
        "tcp",
        "route: on node2: the route of the host to {web} leads over eth0, not over ",
        modes=("routed", "routed encrypted", "routed by openvpn"),
    ),
    Fault(
        "a route back that leads nowhere",
        "ip route add blackhole {web}/32",
        "db0",
        "icmp",
        # A tunnel that encrypts has rp_filter on, and refuses what comes; a VXLAN device has not, and it is answered.
        "route: on node2: a blackhole route of the host takes what is for {web}",
        modes=("routed", "routed encrypted", "routed by openvpn"),
        undo="ip route delete blackhole {web}/32",
    ),
    Fault(
        "a peer that the device does not know",
        "bridge fdb show dev {vxlan} | awk '/dst/ {print $1, $(NF == 0 ? 0 : 3)}' | while read mac rest; do "
        "bridge fdb del $mac dev {vxlan} self; done",
        "db0",
        "icmp",
        "link: on node2: it went to {vxlan}, and nothing for ",
    ),
]
WIREGUARD, OPENVPN = ("routed encrypted", "bridged encrypted"), ("routed by openvpn", "bridged by openvpn")
#: On an encrypted network: what seals is a tunnel, and a program keeps it. ``{sealed}`` is what comes to node2.
SEALED = [
    Fault(
        "a firewall that drops what is sealed",
        _drop("input", "{sealed}"),
        "db0",
        "tcp",
        "rule: on node2: the host drops it: inet other input: {sealed} drop",
        ("it is carried by UDP ",),
        modes=WIREGUARD + OPENVPN,
    ),
    _inside("db0")._replace(modes=WIREGUARD + OPENVPN),
    Fault(
        "a rule for what comes out of the tunnel",
        _drop("forward", 'iifname "{tunnel}"'),
        "db0",
        "icmp",
        "rule: on node2: the host drops it: inet other forward:",
        modes=("routed encrypted", "routed by openvpn"),
    ),
    Fault(
        "a tunnel that is down",
        "ip link set {tunnel} down",
        "db0",
        "tcp",
        "link: on node2: {tunnel} is down",
        modes=WIREGUARD + OPENVPN,
    ),
    Fault(
        "a program that does not run",
        "systemctl stop {unit}",
        "db0",
        "icmp",
        "link: on node2: no program is behind {tunnel}",
        modes=WIREGUARD + OPENVPN,
    ),
    Fault(
        "a peer that the tunnel does not know",
        "wg set {tunnel} peer $(wg show {tunnel} peers) remove",
        "db0",
        "tcp",
        "link: on node2: what carries it came in, and nothing of it came out of {tunnel}",
        modes=WIREGUARD,
    ),
]
