# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What may go wrong on a host, each with the promise that it breaks and the place that is to be named.

The host is ``DECLARED``, with somebody on the wire (namespace outside) who answers at 198.51.100.1 and 2001:db8:1::1.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Dict, Tuple

DECLARED: Dict[str, Any] = {
    "networks": {
        "front": {
            "enable_ipv6": True,
            "ipam": {"config": [{"subnet": "172.20.0.0/24"}, {"subnet": "fd00:20::/64"}]},
        },
        "other": {
            "enable_ipv6": True,
            "ipam": {"config": [{"subnet": "172.21.0.0/24"}, {"subnet": "fd00:21::/64"}]},
        },
        "back": {"internal": True, "icc": False, "ipam": {"config": [{"subnet": "172.22.0.0/24"}]}},
    },
    "containers": {
        "web": {
            "networks": {
                "front": {"ipv4_address": "172.20.0.10", "ipv6_address": "fd00:20::10"},
                "back": {"ipv4_address": "172.22.0.10"},
            },
            "ports": ["8080:80", "5353:53/udp"],
        },
        "near": {"networks": {"front": {"ipv4_address": "172.20.0.11", "ipv6_address": "fd00:20::11"}}},
        "app": {"networks": {"other": {"ipv4_address": "172.21.0.10", "ipv6_address": "fd00:21::10"}}},
        "db": {"networks": {"back": {"ipv4_address": "172.22.0.11"}}, "links": ["web"], "expose": ["5432"]},
    },
}

SURROUNDINGS = """
ip netns add outside
ip link set up1 netns outside
ip -n outside addr add 198.51.100.1/24 dev up1
ip -n outside addr add 2001:db8:1::1/64 dev up1 nodad
ip -n outside link set up1 up
ip -n outside link set lo up
ip addr add 2001:db8:1::2/64 dev up0 nodad
ip route add default via 2001:db8:1::1
"""

FRONT, HOST = "172.20.0.10", "198.51.100.2"
#: A table of somebody else's, as ``nft -f`` takes it.
_FOREIGN = (
    "nft 'add table {0} other; add chain {0} other c {{ type filter hook {1} priority {2}; }}; "
    "add rule {0} other c {3}'"
)


@dataclass(frozen=True)
class Fault:
    """``script`` makes it, ``undo`` takes back what the next run does not. ``promise`` is the beginning of a promise
    that it breaks, ``place`` words of its place."""

    name: str
    script: str
    promise: str
    kind: str
    place: Tuple[str, ...]
    undo: str = ""


def _foreign(name: str, family: str, hook: str, priority: int, rule: str, promise: str, netns: str = "") -> Fault:
    enter = "ip netns exec {0} ".format(netns) if netns else ""
    script = enter + _FOREIGN.format(family, hook, priority, rule)
    undo = enter + "nft delete table {0} other".format(family)
    return Fault(name, script, promise, "rule", ("{0} other c: {1}".format(family, rule),), undo)


def _device(ifname: str) -> str:
    """The host's end of a container's interface."""
    container, _colon, inner = ifname.partition(":")
    return "$(ip -o link show | grep 'default {0}:{1}' | cut -d' ' -f2 | cut -d@ -f1 | head -1)".format(
        container, inner
    )


_NEAR_WEB = "near reaches web at 172.20.0.10 (icmp)"
_NEAR_WEB6 = "near reaches web at fd00:20::10 (icmp)"
_APP_WEB = "app reaches web at 198.51.100.2:8080/tcp"
_APP_WEB_UDP = "app reaches web at 198.51.100.2:5353/udp"
_HOST_WEB = "the host reaches web at 172.20.0.10 (icmp)"
_OUT = "app reaches the wire at 198.51.100.1 (icmp)"
_OUT6 = "app reaches the wire at 2001:db8:1::1 (icmp)"
_GATEWAY = "near reaches the host at 172.20.0.1 (icmp)"

#: The host's end of eth0 of the container ``$each``.
_END = (
    "$(ip -n $each -o link show eth0 | sed 's/.*@if\\([0-9]*\\).*/\\1/' | "
    "xargs -I% sh -c \"ip -o link | grep '^%:' | sed 's/^[0-9]*: \\([^@]*\\)@.*/\\1/'\")"
)

FAULTS: Tuple[Fault, ...] = (
    # --- rules of somebody else's
    _foreign("forward drop", "ip", "forward", 5, "ip daddr 172.20.0.10 tcp dport 80 drop", _APP_WEB),
    _foreign("forward drop of inet", "inet", "forward", -10, "ip daddr 172.20.0.10 udp dport 53 drop", _APP_WEB_UDP),
    _foreign("forward drop of the answer", "ip", "forward", 5, "ip saddr 172.20.0.10 tcp sport 80 drop", _APP_WEB),
    _foreign("reject", "ip", "forward", 5, "tcp dport 80 reject", _APP_WEB),
    _foreign("prerouting drop", "ip", "prerouting", -310, "tcp dport 8080 drop", _APP_WEB),
    _foreign("output drop", "ip", "output", 0, "ip daddr 172.20.0.10 icmp type echo-request drop", _HOST_WEB),
    _foreign("input drop", "ip", "input", 0, "ip daddr 172.20.0.1 icmp type echo-request drop", _GATEWAY),
    _foreign("postrouting drop", "ip", "postrouting", 0, "ip saddr 172.21.0.10 drop", _OUT),
    _foreign("bridge drop", "bridge", "forward", 0, "ip daddr 172.20.0.10 drop", _NEAR_WEB),
    _foreign("bridge drop of ARP", "bridge", "prerouting", 0, "arp daddr ip 172.20.0.10 drop", _NEAR_WEB),
    _foreign("drop of IPv6", "ip6", "forward", 0, "ip6 daddr 2001:db8:1::1 drop", _OUT6),
    _foreign("drop inside the target", "ip", "input", 0, "icmp type echo-request drop", _NEAR_WEB, "web"),
    _foreign("drop inside the sender", "ip", "output", 0, "ip daddr 172.20.0.10 drop", _NEAR_WEB, "near"),
    Fault(
        "a policy",
        "nft 'add table ip other; add chain ip other c { type filter hook forward priority 5; policy drop; }'",
        _APP_WEB,
        "rule",
        ("ip other c: policy drop",),
        "nft delete table ip other",
    ),
    Fault(
        "iptables",
        "iptables-nft -I FORWARD -d 172.20.0.10 -p tcp --dport 80 -j DROP",
        _APP_WEB,
        "rule",
        ("ip filter FORWARD:", "172.20.0.10"),
        "iptables-nft -F FORWARD; nft delete table ip filter",
    ),
    Fault(
        "iptables-legacy",
        "iptables-legacy -I FORWARD -d 172.20.0.10 -p tcp --dport 80 -j DROP",
        _APP_WEB,
        "rule",
        ("the host loses it in the hook forward", "iptables-legacy"),
        "iptables-legacy -F FORWARD",
    ),
    Fault(
        "a chain of a device",
        'nft "add table netdev other; add chain netdev other c { type filter hook ingress device "'
        + _device("near:eth0")
        + '" priority 0; policy drop; }"',
        _NEAR_WEB,
        "rule",
        ("netdev other c",),
        "nft delete table netdev other",
    ),
    # --- rules of ours
    Fault(
        "a drop in our table",
        "nft insert rule inet fabric-default into ip daddr 172.20.0.10 drop",
        _APP_WEB,
        "rule",
        ("inet fabric-default into: ip daddr 172.20.0.10 drop",),
    ),
    Fault(
        "a published port that is gone",
        "nft delete element inet fabric-default published4 { tcp . 8080 }",
        _APP_WEB,
        "rule",
        ("inet fabric-default publish", "172.20.0.10"),
    ),
    Fault(
        "a mask that is gone",
        "nft delete element inet fabric-default masquerade4 { 172.21.0.0/24 }",
        _OUT,
        "rule",
        ("172.21.0.10", "inet fabric-default postrouting"),
    ),
    Fault(
        "isolation that is gone",
        "nft delete element inet fabric-default isolated { br-front }; nft insert rule inet fabric-default into accept",
        "app does not reach near at 172.20.0.11 (icmp)",
        "rule",
        ("inet fabric-default into: accept",),
    ),
    Fault(
        "rules that are gone",
        "nft delete table inet fabric-default",
        "app does not reach near at 172.20.0.11 (icmp)",
        "rule",
        ("no chain of inet fabric-default",),
    ),
    Fault(
        "icc that is gone",
        "nft insert rule bridge fabric-default neighbours accept; nft insert rule inet fabric-default within accept",
        "web does not reach db at 172.22.0.11 (icmp)",
        "rule",
        (
            "fabric-default",
            ": accept",
        ),
    ),
    Fault(
        "an element of icc_off that is gone",
        "nft flush set bridge fabric-default icc_off; "
        'nft add element inet fabric-default free \'{ "br-back" . "br-back" : accept }\'',
        "web does not reach db at 172.22.0.11 (icmp)",
        "rule",
        ("fabric-default",),
    ),
    Fault(
        "a link that is gone",
        "nft flush set bridge fabric-default links4; nft flush set inet fabric-default links4",
        "db reaches web at 172.22.0.10:80/tcp",
        "rule",
        ("bridge fabric-default",),
    ),
    Fault(
        "an identity that is gone",
        "ip -n near link set eth0 address 02:42:de:ad:be:ef",
        _NEAR_WEB,
        "rule",
        ("bridge fabric-default",),
    ),
    # --- routes
    Fault(
        "no default route", "ip -n app route delete default", _APP_WEB, "route", ("app has no route to 198.51.100.2",)
    ),
    Fault(
        "another gateway",
        "ip -n app route replace default via 172.21.0.99",
        _APP_WEB,
        "route",
        ("the route of app leads to 172.21.0.99 over app:eth0",),
    ),
    Fault(
        "a blackhole in the container",
        "ip -n app route add blackhole 198.51.100.2/32",
        _APP_WEB,
        "route",
        ("a blackhole route of app",),
    ),
    Fault(
        "an unreachable route of the host",
        "ip route add unreachable 172.20.0.10/32",
        _APP_WEB,
        "route",
        ("of the host takes what is for 172.20.0.10",),
        "ip route delete unreachable 172.20.0.10/32",
    ),
    Fault(
        "no way back",
        "ip -n web route add blackhole 172.20.0.11/32",
        _NEAR_WEB,
        "route",
        ("a blackhole route of web takes what is for 172.20.0.11",),
    ),
    Fault(
        "a rule of routing",
        "ip rule add from 172.21.0.0/24 prohibit",
        _OUT,
        "route",
        ("a rule of routing", "of the host refuses what is from 172.21.0.10"),
        "ip rule delete from 172.21.0.0/24 prohibit",
    ),
    Fault(
        "no route to the subnet",
        "ip route delete 172.20.0.0/24",
        _HOST_WEB,
        "route",
        ("leads over up0, not over br-front",),
    ),
    Fault(
        "no default route of IPv6",
        "ip -n app -6 route delete default",
        _OUT6,
        "route",
        ("app has no route to 2001:db8:1::1",),
    ),
    # --- neighbours
    Fault(
        "a wrong neighbour",
        "ip -n near neigh replace 172.20.0.10 lladdr 02:42:de:ad:be:ef dev eth0 nud permanent",
        _NEAR_WEB,
        "neighbour",
        ("near has 02:42:de:ad:be:ef for 172.20.0.10 at near:eth0",),
        "ip -n near neigh delete 172.20.0.10 dev eth0",
    ),
    Fault(
        "a wrong neighbour of IPv6",
        "ip -n near neigh replace fd00:20::10 lladdr 02:42:de:ad:be:ef dev eth0 nud permanent",
        _NEAR_WEB6,
        "neighbour",
        ("near has 02:42:de:ad:be:ef for fd00:20::10",),
        "ip -n near neigh delete fd00:20::10 dev eth0",
    ),
    Fault(
        "a wrong neighbour of the host",
        "ip neigh replace 172.20.0.10 lladdr 02:42:de:ad:be:ef dev br-front nud permanent",
        _APP_WEB,
        "neighbour",
        ("the host has 02:42:de:ad:be:ef for 172.20.0.10 at br-front",),
        "ip neigh delete 172.20.0.10 dev br-front",
    ),
    Fault(
        "no ARP",
        "ip -n web link set eth0 arp off",
        _NEAR_WEB,
        "neighbour",
        ("172.20.0.10",),
        "ip -n web link set eth0 arp on",
    ),
    # --- links and addresses
    Fault("an interface that is down", "ip -n web link set eth0 down", _NEAR_WEB, "link", ("web:eth0 is down",)),
    Fault("the sender's that is down", "ip -n near link set eth0 down", _NEAR_WEB, "link", ("near:eth0 is down",)),
    Fault(
        "the host's end that is down",
        "ip link set " + _device("web:eth0") + " down",
        _NEAR_WEB,
        "link",
        ("the host's end of web:eth0", "is down"),
    ),
    Fault("a bridge that is down", "ip link set br-front down", _NEAR_WEB, "link", ("br-front is down",)),
    Fault(
        "a port of no bridge",
        "ip link set " + _device("near:eth0") + " nomaster",
        _NEAR_WEB,
        "link",
        ("the host's end of near:eth0", "is a port of no bridge"),
    ),
    Fault(
        "another bridge's port",
        "ip link set " + _device("near:eth0") + " master br-other",
        _NEAR_WEB,
        "link",
        ("is a port of br-other, not of br-front",),
    ),
    Fault(
        "a pair that is gone",
        "ip link delete " + _device("near:eth0"),
        _NEAR_WEB,
        "link",
        ("there is no interface eth0 in near",),
    ),
    Fault(
        "a port that is disabled",
        "bridge link set dev " + _device("web:eth0") + " state 0",
        _NEAR_WEB,
        "link",
        ("is a port that is disabled",),
        "bridge link set dev " + _device("web:eth0") + " state 3",
    ),
    Fault(
        "an address that is gone",
        "ip -n web addr delete 172.20.0.10/24 dev eth0",
        _NEAR_WEB,
        "address",
        ("web does not have 172.20.0.10",),
    ),
    Fault(
        "an address of IPv6 that is gone",
        "ip -n web addr delete fd00:20::10/64 dev eth0",
        _NEAR_WEB6,
        "address",
        ("web does not have fd00:20::10",),
    ),
    Fault(
        "a gateway that is gone",
        "ip addr delete 172.20.0.1/24 dev br-front",
        _GATEWAY,
        "address",
        ("the host does not have 172.20.0.1",),
    ),
    Fault("a namespace that is gone", "ip netns delete near", _NEAR_WEB, "namespace", ("no namespace near",)),
    # --- settings
    Fault(
        "forwarding is off", "sysctl -qw net.ipv4.ip_forward=0", _APP_WEB, "sysctl", ("forwarding of the host is 0",)
    ),
    Fault(
        "forwarding of IPv6 is off",
        "sysctl -qw net.ipv6.conf.all.forwarding=0",
        _OUT6,
        "sysctl",
        ("net.ipv6.conf.all.forwarding of the host is 0",),
    ),
    Fault(
        "forwarding of a bridge is off",
        "sysctl -qw net.ipv4.conf.br-other.forwarding=0",
        _APP_WEB,
        "sysctl",
        ("net.ipv4.conf.br-other.forwarding of the host is 0",),
        "sysctl -qw net.ipv4.conf.br-other.forwarding=1",
    ),
    Fault(
        "IPv6 is off in a container",
        "ip netns exec web sysctl -qw net.ipv6.conf.eth0.disable_ipv6=1",
        _NEAR_WEB6,
        "sysctl",
        ("net.ipv6.conf.eth0.disable_ipv6 of web is 1",),
        "ip netns exec web sysctl -qw net.ipv6.conf.eth0.disable_ipv6=0",
    ),
    Fault(
        "echo requests are ignored",
        "ip netns exec web sysctl -qw net.ipv4.icmp_echo_ignore_all=1",
        _NEAR_WEB,
        "sysctl",
        ("net.ipv4.icmp_echo_ignore_all of web is 1",),
        "ip netns exec web sysctl -qw net.ipv4.icmp_echo_ignore_all=0",
    ),
    Fault(
        "a source filter",
        "ip netns exec web sysctl -qw net.ipv4.conf.all.rp_filter=1 net.ipv4.conf.eth0.rp_filter=1; "
        "ip -n web route add 172.20.0.11/32 dev eth1",
        _NEAR_WEB,
        "sysctl",
        ("rp_filter of web is 1",),
        "ip netns exec web sysctl -qw net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.eth0.rp_filter=0",
    ),
    # --- what looks like something else
    Fault(
        "another's destination NAT",
        "nft 'add table ip other; add chain ip other c { type nat hook prerouting priority -150; }; "
        "add rule ip other c tcp dport 8080 dnat to 172.20.0.11:80'",
        "the wire reaches web at 198.51.100.2:8080/tcp",
        "rule",
        ("translates it to 172.20.0.11, and not to 172.20.0.10: ip other c: tcp dport 8080 dnat to",),
        "nft delete table ip other",
    ),
    Fault(
        "another's source NAT",
        "nft 'add table ip other; add chain ip other c { type nat hook postrouting priority 50; }; "
        "add rule ip other c ip saddr 172.21.0.0/16 snat to 203.0.113.9'",
        _OUT,
        "rule",
        ("as 203.0.113.9: ip other c: ip saddr 172.21.0.0/16 snat to 203.0.113.9",),
        "nft delete table ip other",
    ),
    Fault(
        "drop of ARP inside the target",
        "ip netns exec web nft 'add table arp other; add chain arp other c { type filter hook input priority 0; "
        "policy drop; }'",
        _HOST_WEB,
        "rule",
        ("web may drop the question who has ", "or its answer: arp other c: policy drop"),
        "ip netns exec web nft delete table arp other",
    ),
    Fault(
        "a prohibiting rule of routing in the sender",
        "ip -n near rule add to 172.20.0.10 prohibit",
        "near reaches web at 172.20.0.10 (tcp)",
        "route",
        ("a prohibiting route of near takes what is for 172.20.0.10",),
        "ip -n near rule delete to 172.20.0.10 prohibit",
    ),
    Fault(
        "a wrong prefix",
        "ip -n web addr flush dev eth0; ip -n web addr add 172.20.0.10/32 dev eth0",
        "near reaches web at 172.20.0.10 (icmp)",
        "route",
        ("web has no route to 172.20.0.11",),
    ),
    Fault(
        "an address that the sender has, too",
        "ip -n near addr add 172.20.0.10/24 dev eth0",
        "near reaches web at 172.20.0.10 (tcp)",
        "address",
        ("near has 172.20.0.10 as an address of its own",),
        "ip -n near addr delete 172.20.0.10/24 dev eth0",
    ),
    Fault(
        "the sender's address that the target has, too",
        "ip -n near addr add 172.20.0.10/24 dev eth0",
        "web reaches near at 172.20.0.11 (icmp)",
        "address",
        ("near has 172.20.0.10, from which it comes, as an address of its own",),
        "ip -n near addr delete 172.20.0.10/24 dev eth0",
    ),
    Fault(
        "ports that are isolated",
        "for each in web near; do bridge link set dev " + _END + " isolated on; done",
        _NEAR_WEB,
        "link",
        ("both are isolated ports of a bridge: ", "the host's end of near:eth0", "the host's end of web:eth0"),
    ),
    Fault(
        "a forwarding entry that is wrong",
        "each=near; bridge fdb replace 02:42:ac:14:00:0a dev " + _END + " master static sticky",
        _NEAR_WEB,
        "neighbour",
        ("br-front sends what is for 02:42:ac:14:00:0a to ", ", and web:eth0 is behind "),
    ),
    Fault(
        "an MTU that IPv6 cannot use",
        "ip -n web link set eth0 mtu 1000",
        _NEAR_WEB6,
        "link",
        ("web:eth0 has an MTU of 1000, and IPv6 needs 1280",),
    ),
)
