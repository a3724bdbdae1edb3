# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Translations of others that a packet meets before ours: a published port that somebody else sends elsewhere.

Of two translations the first counts, whoever's it is (nft(8), "NAT statements"). What is read: rules of others' chains
of the type nat, at our own place or before it, and of the chains that they send to. A rule counts when it translates
the destination and names a published port, or no port at all; what else it asks of a packet is not judged, but for a
destination address, which must be one of the host that the port is published on. What is in named sets and maps, and
what iptables asks by extensions that nft does not spell out, is not looked up: such a rule is passed over.
"""

from __future__ import annotations

from typing import Any, Callable, Collection, Dict, Iterator, List, Mapping, Optional, Sequence, Tuple

from ..._kernel import nft
from ..._kernel.data import NamedTuple
from ..ruleset.model import Publication

ReadRules = Callable[[str, str, str], Sequence[Mapping[str, Any]]]

#: NF_IP_PRI_NAT_DST, include/uapi/linux/netfilter_ipv4.h: where our own chains stand.
OUR_PRIORITY = -100
_FAMILIES = {"ip": (4,), "ip6": (6,), "inet": (4, 6)}
_TRANSLATING = ("dnat", "redirect")
#: The names of iptables' own targets, which nft 1.0 does not spell out.
_TARGETS = ("DNAT", "REDIRECT")
#: More chains than these are not looked through: of kube-proxy, one for each service.
_FAR_ENOUGH = 16
_SHOWN = 5


class Taken(NamedTuple):
    """``ports`` as ``8080/tcp``, in order."""

    chain: Mapping[str, Any]
    ports: Tuple[str, ...]


def taken(
    chains: Sequence[Mapping[str, Any]],
    publications: Sequence[Publication],
    own: Collection[str],
    read_rules: ReadRules = nft.list_rules,
) -> List[Taken]:
    """``chains``: base chains of others. For each the published ports that it translates before us. ``own``: the
    host's addresses."""
    found = []
    for chain in chains if publications else ():
        versions = _FAMILIES.get(chain["family"], ())
        ports = [port for port in publications if port.family in versions]
        rules = [rule for rule in _with_those_sent_to(chain, read_rules) if _translates(rule)] if ports else []
        hit = {(port.published, port.protocol) for port in ports if any(_takes(rule, port, own) for rule in rules)}
        if hit:
            found.append(Taken(chain, tuple("{0}/{1}".format(*each) for each in sorted(hit))))
    return found


def told(each: Taken) -> str:
    more = len(each.ports) - _SHOWN
    names = ", ".join(each.ports[:_SHOWN]) + (" and {0} more".format(more) if more > 0 else "")
    return (
        "the chain {0} of table {1} {2}, which is not ours, translates before our rules do: it may take what comes to "
        "the published {3} {4}, and our containers then do not get it. Take its rule away, or publish another port"
    ).format(
        each.chain["name"], each.chain["family"], each.chain["table"], "ports" if len(each.ports) > 1 else "port", names
    )


def is_in_front(chain: Mapping[str, Any]) -> bool:
    priority = chain.get("prio")
    here = chain.get("type") == "nat" and chain.get("hook") in ("prerouting", "output")
    return here and isinstance(priority, int) and priority <= OUR_PRIORITY and chain.get("family") in _FAMILIES


def _with_those_sent_to(chain: Mapping[str, Any], read_rules: ReadRules) -> Iterator[Mapping[str, Any]]:
    ahead, known = [str(chain["name"])], {str(chain["name"])}
    for _step in range(_FAR_ENOUGH):
        if not ahead:
            return
        for rule in read_rules(chain["family"], chain["table"], ahead.pop(0)):
            yield rule
            for target in _targets(rule):
                if target not in known:
                    known.add(target)
                    ahead.append(target)


def _targets(rule: Mapping[str, Any]) -> Iterator[str]:
    for part in rule["expr"]:
        for verdict in ("jump", "goto"):
            if isinstance(part.get(verdict), dict):
                yield str(part[verdict].get("target"))


def _translates(rule: Mapping[str, Any]) -> bool:
    return any(
        any(word in part for word in _TRANSLATING)
        or (isinstance(part.get("xt"), dict) and part["xt"].get("name") in _TARGETS)
        for part in rule["expr"]
    )


def _takes(rule: Mapping[str, Any], port: Publication, own: Collection[str]) -> bool:
    asked = _asked(rule)
    if asked is None:
        return False
    called = own if port.host_ip is None else (port.host_ip,)
    addresses = asked["address"]
    return (
        _may_be(port.protocol, asked["protocol"])
        and _may_be(port.published, asked["port"])
        and (addresses is None or any(_may_be(each, addresses) for each in called))
    )


def _may_be(value: Any, asked: Optional[List[Any]]) -> bool:
    return asked is None or any(_is_in(value, each) for each in asked)


def _is_in(value: Any, asked: Any) -> bool:
    if isinstance(asked, tuple):
        return isinstance(value, int) and asked[0] <= value <= asked[1]
    return bool(value == asked)


def _asked(rule: Mapping[str, Any]) -> Optional[Dict[str, Optional[List[Any]]]]:
    """What a rule asks of protocol, port and destination, each as values and (first, last); None where it asks for
    something that is not understood."""
    asked: Dict[str, Optional[List[Any]]] = {"protocol": None, "port": None, "address": None}
    for part in rule["expr"]:
        if isinstance(part.get("xt"), dict) and part["xt"].get("type") == "match":
            return None  # of iptables, not spelt out by nft: it may be the port
        match = part.get("match")
        if not isinstance(match, dict):
            continue
        name, protocol = _subject(match.get("left"))
        if protocol:
            asked["protocol"] = [protocol]
        if name is None:
            continue
        values = _values(match.get("right")) if match.get("op") in ("==", "in") else None
        if values is None:
            return None
        asked[name] = values
    return asked


def _subject(left: Any) -> Tuple[Optional[str], str]:
    """What of a packet is compared, of that which counts; and the protocol that is meant with it."""
    left = left if isinstance(left, dict) else {}
    payload, meta = left.get("payload"), left.get("meta")
    if isinstance(payload, dict):
        protocol = str(payload.get("protocol"))
        if payload.get("field") == "dport":
            return "port", "" if protocol == "th" else protocol
        if payload.get("field") == "daddr" and protocol in ("ip", "ip6"):
            return "address", ""
        if payload.get("field") in ("protocol", "nexthdr"):
            return "protocol", ""
    if isinstance(meta, dict) and meta.get("key") == "l4proto":
        return "protocol", ""
    return None, ""


def _values(right: Any) -> Optional[List[Any]]:
    """None: a named set, or something else that is not told here."""
    if isinstance(right, (int, str)):
        return None if isinstance(right, str) and right.startswith("@") else [right]
    if isinstance(right, dict) and isinstance(right.get("range"), list) and len(right["range"]) == 2:
        return [tuple(right["range"])] if all(isinstance(each, int) for each in right["range"]) else None
    if isinstance(right, dict) and isinstance(right.get("set"), list):
        parts = [_values(each) for each in right["set"]]
        return None if None in parts else [each for part in parts for each in part or ()]
    return None
