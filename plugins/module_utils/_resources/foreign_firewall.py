# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Other firewalls on the host: would they drop what our networks forward? Reads; never edits what is not ours.

An accept of ours ends only our own chain, a drop is final wherever it stands, so nothing that we load can undo
another's drop. What can be done is to say so, before somebody wonders for an hour.
"""

from __future__ import annotations

from typing import Any, Dict, Iterable, List, Mapping, Optional

from .._kernel import nft

_OURS = "fabric-"
#: Where the well-known firewalls let a user's own accepts in: table → advice.
_ADVICE: Mapping[str, str] = {
    "filter": 'with Docker: "iptables -I DOCKER-USER -i {bridge} -j ACCEPT" and the same with "-o"; '
    'with ufw: "ufw route allow in on {bridge}" and "ufw route allow out on {bridge}"',
    "firewalld": '"firewall-cmd --permanent --zone=trusted --add-interface={bridge}", then "firewall-cmd --reload"',
}
_GENERAL = 'accept "iifname {bridge}" and "oifname {bridge}" there'


def warnings(bridges: Iterable[str]) -> List[str]:
    """A sentence for each foreign chain that drops what ``bridges`` forward and does not know them."""
    wanted = sorted(set(bridges))
    if not wanted:
        return []
    found = []
    for chain in nft.list_forward_chains():
        if chain["table"].startswith(_OURS):
            continue
        table = (str(chain["family"]), str(chain["table"]))
        objects = nft.list_tables([table]).get(table, [])
        sentence = judge(chain, objects, wanted)
        if sentence is not None:
            found.append(sentence)
    return found


def judge(chain: Mapping[str, Any], objects: Iterable[Dict[str, Any]], bridges: Iterable[str]) -> Optional[str]:
    """Pure: what is to be said of one base chain, given all of its table."""
    rules = [item["rule"] for item in objects if "rule" in item]
    end = _end(chain, [rule for rule in rules if rule["chain"] == chain["name"]])
    unknown = [bridge for bridge in bridges if not any(_names(rule, bridge) for rule in rules)]
    if end is None or not unknown:
        return None
    advice = _ADVICE.get(chain["table"], _GENERAL).format(bridge=unknown[0])
    return (
        "the chain {0} of table {1} {2} ({3}) drops forwarded packets that it does not know, those of {4} too: "
        "containers will not reach out, nor published ports be reached. Let them pass: {5}"
    ).format(chain["name"], chain["family"], chain["table"], end, ", ".join(unknown), advice)


def _end(chain: Mapping[str, Any], rules: List[Mapping[str, Any]]) -> Optional[str]:
    """How the chain ends for a packet that no rule takes, if that is a drop."""
    if chain.get("policy") == "drop":
        return "policy drop"
    last = rules[-1]["expr"] if rules else []
    verdicts = [part for part in last if "counter" not in part]
    if len(verdicts) == 1 and ("drop" in verdicts[0] or "reject" in verdicts[0]):
        return "its last rule"
    return None


def _names(value: Any, bridge: str) -> bool:
    """Whether a rule names an interface anywhere."""
    if isinstance(value, dict):
        return any(_names(item, bridge) for item in value.values())
    if isinstance(value, list):
        return any(_names(item, bridge) for item in value)
    return bool(value == bridge)
