# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What another firewall has to let in for overlay networks: VXLAN, or WireGuard, of the other hosts. Reads alone.

A firewall that closes the port leaves an overlay that looks well and is dead. An accept of ours ends only our own
chain, so what can be done is to say so, with the commands; or to have it opened in the place that such a firewall
provides for (``accept.py``). It is opened for the other hosts' addresses alone.
"""

from __future__ import annotations

import shlex
from ipaddress import ip_address, ip_network
from typing import Any, Dict, Iterator, List, Mapping, Optional, Sequence, Tuple

from ..._kernel import iptables
from ..._kernel.data import dataclass
from ..ruleset.model import Ruleset
from .foreign import Chains, ReadRules, end, every_packet_passes

#: Of a warning: for more hosts than this the commands are told by example.
_SHOWN = 4


@dataclass(frozen=True)
class Opening:
    """One port, and the hosts on whose packets to it an overlay rests."""

    family: str  # ip | ip6
    port: int  # UDP
    peers: Tuple[str, ...]

    def __str__(self) -> str:
        more = "" if len(self.peers) <= _SHOWN else " and {0} more".format(len(self.peers) - _SHOWN)
        return "UDP port {0} from {1}{2}".format(self.port, ", ".join(self.peers[:_SHOWN]), more)


def openings(ruleset: Optional[Ruleset]) -> Tuple[Opening, ...]:
    found: Dict[Tuple[str, int], List[str]] = {}
    for underlay in ruleset.underlays if ruleset is not None else ():
        places = [(underlay.port, underlay.peers)] if underlay.vni else []
        if underlay.outer is not None:
            places.extend((port, underlay.outer.peers) for port in underlay.outer.ports)
        for port, peers in places:
            for peer in peers:
                found.setdefault(("ip6" if ":" in peer else "ip", port), []).append(peer)
    return tuple(Opening(family, port, tuple(sorted(set(peers)))) for (family, port), peers in sorted(found.items()))


def warning(
    chain: Mapping[str, Any], chains: Chains, kind: str, opening: Opening, read_rules: ReadRules
) -> Optional[str]:
    """What is to be said of one base chain of the input hook; None when there is nothing. ``kind``: whose it is."""
    ending = end(chain, read_rules)
    if ending is None:
        return None
    shut = [peer for peer in opening.peers if not _is_let_in(chain, chains, kind, opening, peer, read_rules)]
    if not shut:
        return None
    return (
        "the chain {0} of table {1} {2} ({3}) drops packets that it does not know, and so the overlay networks' {4}: "
        "nothing will arrive from these hosts. {5}"
    ).format(
        chain["name"],
        chain["family"],
        chain["table"],
        ending,
        Opening(opening.family, opening.port, tuple(shut)),
        _advice(chain, kind, opening, shut),
    )


_ASK = "topology_firewall: integrate opens it for them alone, and so do by hand"
_BY_HAND = "It is none in which topology_firewall: integrate knows a place (ufw's or firewalld's). Add by hand"


def _advice(chain: Mapping[str, Any], kind: str, opening: Opening, peers: Sequence[str]) -> str:
    shown, then = list(peers[:_SHOWN]), ""
    if kind == "ufw":
        commands = ["ufw allow proto udp from {0} to any port {1}".format(peer, opening.port) for peer in shown]
    elif kind == "firewalld":
        rule = (
            'firewall-cmd --permanent --add-rich-rule=\'rule family="{0}" source address="{1}" '
            'port port="{2}" protocol="udp" accept\''
        )
        family = "ipv4" if opening.family == "ip" else "ipv6"
        commands = [rule.format(family, peer, opening.port) for peer in shown]
        then = ", then `firewall-cmd --reload`"
    else:
        text = "nft insert rule {0} {1} {2} {3} saddr {{ {4} }} udp dport {5} accept"
        place = (chain["family"], chain["table"], chain["name"], opening.family)
        commands, shown = [text.format(*place, ", ".join(peers), opening.port)], list(peers)
    more = " and so for {0} more".format(len(peers) - len(shown)) if len(shown) < len(peers) else ""
    lines = ", ".join("`{0}`".format(command) for command in commands)
    return "{0} {1}{2}{3}".format(_ASK if kind else _BY_HAND, lines, more, then)


# --- whether somebody has let it in already


def _is_let_in(
    chain: Mapping[str, Any], chains: Chains, kind: str, opening: Opening, peer: str, read_rules: ReadRules
) -> bool:
    if any(_opens(rule["expr"], opening.port, peer) for rule in _rules(chain, chains, kind, read_rules)):
        return True
    if (chain["family"], chain["table"]) not in (("ip", "filter"), ("ip6", "filter")):
        return False
    users = ("ufw-user-input" if opening.family == "ip" else "ufw6-user-input",) if kind == "ufw" else ()
    rules = [rule for name in (chain["name"], *users) for rule in iptables.rules(chain["family"], name) or ()]
    return any(_opens_in_words(rule, opening.port, peer) for rule in rules)


def _rules(chain: Mapping[str, Any], chains: Chains, kind: str, read_rules: ReadRules) -> Iterator[Mapping[str, Any]]:
    """Those that every packet passes, and firewalld's, where its zones and policies say what they accept."""
    yield from every_packet_passes(chain, read_rules)
    for family, table, name in sorted(chains.names) if kind == "firewalld" else ():
        if (family, table) == (chain["family"], chain["table"]) and "IN_" in name and name.endswith("_allow"):
            yield from read_rules(family, table, name)


def _opens(expression: Sequence[Mapping[str, Any]], port: int, peer: str) -> bool:
    """Whether a rule, as nft shows it in JSON, accepts what this host sends to that port."""
    matches = [part["match"] for part in expression if "match" in part]
    accepts = any("accept" in part for part in expression)
    about = [match for match in matches if _field(match) == "dport"]
    sources = [match for match in matches if _field(match) == "saddr"]
    return (
        accepts
        and any(_holds(match.get("right"), port) for match in about)
        and all(_holds(match.get("right"), peer) for match in sources)
    )


def _field(match: Mapping[str, Any]) -> str:
    left = match.get("left")
    payload = left.get("payload") if isinstance(left, dict) else None
    return str(payload.get("field")) if isinstance(payload, dict) else ""


def _holds(value: Any, wanted: Any) -> bool:
    """A value, a set of values, a range, a prefix. A named set is somebody's who knows what is in it."""
    if isinstance(value, list):
        return any(_holds(each, wanted) for each in value)
    if isinstance(value, dict):
        if "set" in value:
            return _holds(value["set"], wanted)
        if "range" in value and isinstance(wanted, int):
            low, high = value["range"]
            return isinstance(low, int) and low <= wanted <= high
        if "prefix" in value and isinstance(wanted, str):
            return _within(wanted, "{0}/{1}".format(value["prefix"]["addr"], value["prefix"]["len"]))
        return False
    if isinstance(value, str) and value.startswith("@"):
        return True
    return bool(value == wanted)


def _within(address: str, prefix: str) -> bool:
    try:
        return ip_address(address) in ip_network(prefix, strict=False)
    except ValueError:
        return False


def _opens_in_words(rule: str, port: int, peer: str) -> bool:
    """The same of a rule of iptables, which nft shows in part only."""
    try:
        words = shlex.split(rule)
    except ValueError:
        return False
    options = dict(zip(words, words[1:]))
    ports = (options.get("--dport") or options.get("--dports") or "").split(",")
    source = options.get("-s")
    return (
        options.get("-j") == "ACCEPT"
        and any(_in_range(each, port) for each in ports)
        and "!" not in words
        and (source is None or _within(peer, source))
    )


def _in_range(text: str, port: int) -> bool:
    low, _colon, high = text.partition(":")
    return low.isdigit() and int(low) <= port <= int(high if high.isdigit() else low)
