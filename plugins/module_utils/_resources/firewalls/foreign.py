# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Other firewalls on the host: would they drop what our networks forward? Reads; never edits what is not ours.

An accept of ours ends only our own chain, a drop is final wherever it stands, so nothing that we load can undo
another's drop. What can be done is to say so, before somebody wonders for an hour, or to put in the one accept that
such a firewall provides for: ``accept.py``.

Of the others only what matters is read: the names of all chains, and of a chain that may drop its own rules and
those of the chains that every packet passes. The rules for single ports, thousands of them, are elsewhere.
"""

from __future__ import annotations

from typing import Any, Callable, FrozenSet, Iterable, List, Mapping, Optional, Sequence, Tuple

from ..._kernel import nft
from ..._kernel.data import NamedTuple
from ..._kernel.names import TRANSIT_TABLE
from . import in_front

ReadRules = Callable[[str, str, str], Sequence[Mapping[str, Any]]]

_OURS = "fabric-"
_VERDICTS = ("accept", "drop", "reject", "return", "jump", "goto")
#: Statements that decide nothing.
_TOLD = frozenset(("counter", "log"))
#: More chains than this are not looked through for an accept that somebody has put in by hand.
_FAR_ENOUGH = 16


class Chains(NamedTuple):
    """Others' base chains that see packets which are ``forwarding``, or ``incoming`` for the host itself; ``in_front``:
    those that translate a destination before ours do; ``names``: (family, table, name) of all."""

    forwarding: Tuple[Mapping[str, Any], ...] = ()
    incoming: Tuple[Mapping[str, Any], ...] = ()
    in_front: Tuple[Mapping[str, Any], ...] = ()
    names: FrozenSet[Tuple[str, str, str]] = frozenset()

    def has(self, family: str, table: str, name: str) -> bool:
        return (family, table, name) in self.names


class Advice(NamedTuple):
    """What a user can do about a chain: ``commands`` for each bridge and ``then``, after ``text``.

    ``lets_in_translated``: such a firewall is known to accept what goes to a published port.
    """

    text: str
    commands: Tuple[str, ...]
    then: Tuple[str, ...] = ()
    lets_in_translated: bool = False

    def about(self, chain: Mapping[str, Any], bridges: Sequence[str]) -> str:
        words = {key: chain[key] for key in ("family", "table", "name")}
        words["iptables"] = "ip6tables" if chain["family"] == "ip6" else "iptables"
        lines = [command.format(bridge=bridge, **words) for bridge in bridges for command in self.commands]
        return "{0} {1}".format(self.text, ", ".join('"{0}"'.format(line) for line in (*lines, *self.then)))


def read() -> Chains:
    chains = nft.list_chains()
    found = [each for each in chains if each["table"] != TRANSIT_TABLE and not str(each["table"]).startswith(_OURS)]
    routed = [each for each in found if each["family"] in ("ip", "ip6", "inet")]
    return Chains(
        forwarding=tuple(each for each in routed if each.get("hook") == "forward"),
        incoming=tuple(each for each in routed if each.get("hook") == "input"),
        in_front=tuple(filter(in_front.is_in_front, found)),
        names=frozenset((each["family"], each["table"], each["name"]) for each in found),
    )


def end(chain: Mapping[str, Any], read_rules: ReadRules = nft.list_rules) -> Optional[str]:
    """How a chain ends for a packet that no rule takes, if that is a drop."""
    if chain.get("policy") == "drop":
        return "policy drop"
    rules = read_rules(chain["family"], chain["table"], chain["name"])
    last = _verdict(rules[-1]) if rules else None
    return "its last rule" if last and ("drop" in last or "reject" in last) else None


def judge(
    chain: Mapping[str, Any], bridges: Sequence[str], advice: Advice, read_rules: ReadRules = nft.list_rules
) -> str:
    """What is to be said of one base chain; empty when there is nothing."""
    ending = end(chain, read_rules)
    if ending is None:
        return ""
    rules = every_packet_passes(chain, read_rules)
    known = {word for rule in rules for word in _strings(rule["expr"])}
    unknown = [bridge for bridge in bridges if bridge not in known]
    if not unknown:
        return ""
    lets_in = advice.lets_in_translated or any(_accepts_translated(rule) for rule in rules)
    return (
        "the chain {0} of table {1} {2} ({3}) drops forwarded packets that it does not know, those of {4} too: "
        "containers will not reach out, {5} neighbours each other if br_netfilter is on{6}. {7}"
    ).format(
        chain["name"],
        chain["family"],
        chain["table"],
        ending,
        ", ".join(unknown),
        "nor" if lets_in else "nor published ports be reached, nor",
        "; published ports are reached, for it accepts what was translated" if lets_in else "",
        advice.about(chain, unknown),
    )


def sends_to(chain: Mapping[str, Any], target: str, read_rules: ReadRules = nft.list_rules) -> bool:
    """Whether every packet that comes to its end has been in that chain, too."""
    rules = read_rules(chain["family"], chain["table"], chain["name"])
    return any(((_verdict(rule) or {}).get("jump") or {}).get("target") == target for rule in rules)


def _accepts_translated(rule: Mapping[str, Any]) -> bool:
    """``ct status dnat accept``, and nothing else."""
    parts = [part for part in rule["expr"] if not _TOLD.intersection(part)]
    matches = [part["match"] for part in parts[:-1] if "match" in part]
    return (
        len(parts) == 2
        and "accept" in parts[-1]
        and [(match.get("left"), match.get("right")) for match in matches] == [({"ct": {"key": "status"}}, "dnat")]
    )


def every_packet_passes(chain: Mapping[str, Any], read_rules: ReadRules) -> List[Mapping[str, Any]]:
    """The rules of the chain and of those to which it sends every packet."""
    found: List[Mapping[str, Any]] = []
    ahead, seen = [str(chain["name"])], 0
    passed = set(ahead)
    while ahead and seen < _FAR_ENOUGH:
        seen += 1
        for rule in read_rules(chain["family"], chain["table"], ahead.pop(0)):
            found.append(rule)
            verdict = _verdict(rule) or {}
            target = (verdict.get("jump") or verdict.get("goto") or {}).get("target")
            if target and target not in passed:
                passed.add(target)
                ahead.append(target)
    return found


def _verdict(rule: Mapping[str, Any]) -> Optional[Mapping[str, Any]]:
    """The verdict of a rule that takes every packet."""
    parts = [_spelled_out(part) for part in rule["expr"] if not _TOLD.intersection(part)]
    return parts[0] if len(parts) == 1 and any(word in parts[0] for word in _VERDICTS) else None


def _spelled_out(part: Mapping[str, Any]) -> Mapping[str, Any]:
    """What iptables rejects by an extension of its own, nft shows by its name only."""
    return {"reject": None} if part.get("xt") == {"type": "target", "name": "REJECT"} else part


def _strings(value: Any) -> Iterable[str]:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from _strings(item)
    elif isinstance(value, str):
        yield value
