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

from dataclasses import dataclass
from typing import Any, Callable, FrozenSet, Iterable, Mapping, Optional, Sequence, Set, Tuple

from ..._kernel import nft

ReadRules = Callable[[str, str, str], Sequence[Mapping[str, Any]]]

_OURS = "fabric-"
_VERDICTS = ("accept", "drop", "reject", "return", "jump", "goto")
#: Statements that decide nothing.
_TOLD = frozenset(("counter", "log"))
#: More chains than this are not looked through for an accept that somebody has put in by hand.
_FAR_ENOUGH = 16


@dataclass(frozen=True)
class Chains:
    """``forwarding``: others' base chains that see forwarded packets; ``names``: (family, table, name) of all."""

    forwarding: Tuple[Mapping[str, Any], ...] = ()
    names: FrozenSet[Tuple[str, str, str]] = frozenset()

    def has(self, family: str, table: str, name: str) -> bool:
        return (family, table, name) in self.names


def read() -> Chains:
    found = [each for each in nft.list_chains() if not str(each["table"]).startswith(_OURS)]
    return Chains(
        forwarding=tuple(
            each for each in found if each.get("hook") == "forward" and each["family"] in ("ip", "ip6", "inet")
        ),
        names=frozenset((each["family"], each["table"], each["name"]) for each in found),
    )


def end(chain: Mapping[str, Any], read_rules: ReadRules = nft.list_rules) -> Optional[str]:
    """How a chain ends for a packet that no rule takes, if that is a drop."""
    if chain.get("policy") == "drop":
        return "policy drop"
    rules = read_rules(chain["family"], chain["table"], chain["name"])
    last = _verdict(rules[-1]) if rules else None
    return "its last rule" if last and ("drop" in last or "reject" in last) else None


def judge(chain: Mapping[str, Any], bridges: Sequence[str], advice: str, read_rules: ReadRules = nft.list_rules) -> str:
    """What is to be said of one base chain; empty when there is nothing."""
    ending = end(chain, read_rules)
    if ending is None:
        return ""
    known = _named(chain, read_rules)
    unknown = [bridge for bridge in bridges if bridge not in known]
    if not unknown:
        return ""
    return (
        "the chain {0} of table {1} {2} ({3}) drops forwarded packets that it does not know, those of {4} too: "
        "containers will not reach out, nor published ports be reached, nor neighbours each other if br_netfilter is "
        "on. {5}"
    ).format(
        chain["name"],
        chain["family"],
        chain["table"],
        ending,
        ", ".join(unknown),
        advice.format(bridge=unknown[0], **{key: chain[key] for key in ("family", "table", "name")}),
    )


def sends_to(chain: Mapping[str, Any], target: str, read_rules: ReadRules = nft.list_rules) -> bool:
    """Whether every packet that comes to its end has been in that chain, too."""
    rules = read_rules(chain["family"], chain["table"], chain["name"])
    return any(((_verdict(rule) or {}).get("jump") or {}).get("target") == target for rule in rules)


def _named(chain: Mapping[str, Any], read_rules: ReadRules) -> FrozenSet[str]:
    """The interfaces that rules name, in the chain and in those to which it sends every packet."""
    found: Set[str] = set()
    ahead, seen = [str(chain["name"])], 0
    passed = set(ahead)
    while ahead and seen < _FAR_ENOUGH:
        seen += 1
        for rule in read_rules(chain["family"], chain["table"], ahead.pop(0)):
            found.update(_strings(rule["expr"]))
            verdict = _verdict(rule) or {}
            target = (verdict.get("jump") or verdict.get("goto") or {}).get("target")
            if target and target not in passed:
                passed.add(target)
                ahead.append(target)
    return frozenset(found)


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
