# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A change of the packet rules in words: a line for each network, interface, link and published port. Pure.

How the sets are called, and in how many of them an interface stands, is our own affair: here they have the user's
words (``_WORDS``), and all of one interface is one line.
"""

from __future__ import annotations

from typing import AbstractSet, Any, Dict, Iterable, Iterator, List, Mapping, Optional, Sequence, Tuple

from ..._kernel.changes import RULES, Change, Later, Subject
from ..._kernel.names import TRANSIT_TABLE, USER_CHAIN
from ..._kernel.ranges import PortRange, ranges
from .compare import RulesetChange
from .edit import CREATED, DELETED, EDITED, REPLACED, TableEdit
from .elements import publication, reachable
from .model import Publication
from .overlay import network_of_set
from .owners import Owners

#: More values than this are counted, and more ranges of ports that lead to one address.
MANY = 20
#: The name of a set, without the digit of its family → what an element of it says.
_WORDS = {
    "bridges": "bridge",
    "inside": "subnet that is behind its bridge",
    "guests": "on an external bridge",
    "unguarded": "not guarded against spoofing",
    "doors": "where it comes in",
    "free": "traffic within the network",
    "staying": "traffic within the network",
    "icc_off": "neighbours kept apart",
    "isolated": "apart from other networks",
    "adopted": "external bridge",
    "tunnels": "way to other hosts",
    "outward": "what the host may say to other hosts' containers",
    "beyond": "block of another host",
    "senders": "what another host may send",
    "known": "what another host may send",
    "peers": "host that may send",
    "marks": "how a host that may send is marked",
    "afar": "port that leads to other hosts",
    "closed": "no way in or out",
    "routed": "gateway_mode routed",
    "unprotected": "gateway_mode nat-unprotected",
    "trusted": "trusted_host_interfaces",
    "hooks": "chain of the user's",
    "at_home": "subnet",
    "masquerade": "masquerade",
    "snat": "snat_to",
    "itself": "calls its own published port",
    "links": "linked port",
    "apart": "neighbours kept apart",
    "gateways": "gateway that a closed network may call",
    "elsewhere": "answers by the network that a call came by",
    "loopback": "answers to ::1",
    "answered": "whether ::1 is answered",
    "published": "published port",
    "reachable": "port let in",
    "ports": "guarded against spoofing",
    "macs": "MAC",
    "addresses": "addresses",
    "routers": "way out",
    "returning": "frames back to where they came from",
    "pairs": "linked addresses",
    "soliciting": "linked addresses, for neighbour discovery",
}
_Differences = Dict[str, Tuple[List[str], List[str]]]  # word → what goes, what comes
_Port = Tuple[str, int, Optional[str], str, str, bool]  # verb, family, host address, protocol, address, is let in


def word_of(set_name: str) -> str:
    """What the user calls what is in a set; its own name where nobody has given it a word."""
    network = network_of_set(set_name)
    if network:
        set_name = set_name[: -len(network) - 1]
    bare = set_name[:-3] if set_name.endswith("_at") else set_name
    return _WORDS.get(bare.rstrip("46"), set_name)


def tell(change: RulesetChange, owners: Owners) -> Tuple[Change, ...]:
    """In the order in which a person wants to know it: what happens to whole tables first."""
    topology = Subject(topology=owners.topology, part=RULES)
    own = [edit for edit in change.edits if edit.name != TRANSIT_TABLE]
    left, told = list(change.edits), []  # type: List[TableEdit], List[Change]
    if len(own) > 1 and all(edit.what == CREATED for edit in own):
        text = "create nft tables {0} ({1})".format(own[0].name, _summary(owners))
        told.append(Change(text, topology, {}, _contents(own, owners)))
        left = [edit for edit in left if edit not in own]
    for edit in left:
        told.extend(_of_table(edit, topology, owners))
    edits = [edit for edit in left if edit.what == EDITED]
    return (*told, *_of_elements(edits, owners), *_of_ports(edits, owners))


def _summary(owners: Owners) -> str:
    networks = len({network.network for network in owners.ruleset.networks})
    ports = len(owners.ruleset.publications)
    return "{0} network{1}, {2} port{3}".format(networks, "s"[: networks != 1], ports, "s"[: ports != 1])


def _of_table(edit: TableEdit, topology: Subject, owners: Owners) -> Iterator[Change]:
    where = "{0} {1}".format(edit.family, edit.name)
    if edit.what == CREATED:
        yield Change("create nft table " + where, topology, {}, {"table " + where: _contents([edit], owners)})
    elif edit.what == DELETED:
        yield Change("delete nft table " + where, topology, _deleted(where, edit, owners), {})
    elif edit.what == REPLACED:
        text = "replace nft table {0}, whose sets or chains differ".format(where)
        yield Change(text, topology, _removed_contents(edit, owners), _contents([edit], owners))
    if edit.woken:
        text = "enable nft table {0}, which is dormant: nothing in it has any effect".format(where)
        yield Change(text, topology, {"table " + where: "dormant"}, {"table " + where: "enabled"})
    for name in edit.new_chains:
        text = "add chain {0} to table {1}".format(name, where)
        yield Change(text, _of_chain(name), {"chain " + name: None}, {"chain " + name: "there"})
    for name in edit.gone_chains:
        text = "remove chain {0} from table {1}".format(name, where)
        yield Change(text, _of_chain(name), {"chain " + name: "there"}, {"chain " + name: None})
    for name, (old, new) in edit.policies.items():
        text = "set the policy of chain {0} in table {1} to accept".format(name, where)
        yield Change(text, topology, {"policy of chain " + name: old}, {"policy of chain " + name: new})
    for name, rules in edit.rules.items():
        text = "repair rules of chain {0} in table {1}".format(name, where)
        yield Change(text, topology, *({"chain " + name: side} for side in rules))


def _of_chain(name: str) -> Subject:
    """Of the network whose user may write into it: no other chain comes or goes without its table."""
    return Subject(network=name[len(USER_CHAIN) :], part=RULES)


def _contents(edits: Iterable[TableEdit], owners: Owners) -> Dict[str, Any]:
    return _summed(owners, [(name, texts) for edit in edits for name, texts in edit.added.items()])


def _removed_contents(edit: TableEdit, owners: Owners) -> Dict[str, Any]:
    return _summed(owners.before, list(edit.removed.items()))


def _deleted(where: str, edit: TableEdit, owners: Owners) -> Mapping[str, Any]:
    """Whose all of it is takes longest to say. Until then nothing is kept of an element but its text."""
    former, ports = owners.before, _ports_of(list(edit.removed.items()))
    texts = [(name, tuple(elements)) for name, elements in edit.removed.items()]
    return Later(lambda: {"table " + where: _told_of(former, texts, ports)})


def _summed(owners: Owners, elements: Sequence[Tuple[str, Mapping[str, Any]]]) -> Dict[str, Any]:
    """What is in whole tables: whose it is, and the published ports."""
    return _told_of(owners, elements, _ports_of(elements))


def _ports_of(elements: Sequence[Tuple[str, Mapping[str, Any]]]) -> List[str]:
    return [_host_side(each) for each in _port_ranges("", elements)]


def _told_of(owners: Owners, elements: Sequence[Tuple[str, Iterable[str]]], ports: Sequence[str]) -> Dict[str, Any]:
    owning = dict.fromkeys(owners.of(name, text) for name, texts in elements for text in texts)
    whose = dict.fromkeys(str(owner._replace(part=None)) for owner in owning)
    found: Dict[str, Any] = {"packet rules of": _shortened(list(whose)), "published ports": _shortened(ports)}
    return {word: values for word, values in found.items() if values}


# --- elements that are no ports


def _of_elements(edits: Sequence[TableEdit], owners: Owners) -> Iterator[Change]:
    sides: Dict[Subject, _Differences] = {}
    whose = owners.before, owners
    for edit in edits:
        for index, elements in enumerate((edit.removed, edit.added)):
            for name, texts in elements.items():
                if not _is_of_ports(name):
                    for text in texts:
                        words = sides.setdefault(whose[index].of(name, text), {})
                        words.setdefault(word_of(name), ([], []))[index].append(_value(name, owners.value(text)))
    kept = _kept(edits, owners, sides.keys())
    for subject, words in sides.items():
        gone, come = any(old for old, _new in words.values()), any(new for _old, new in words.values())
        whole = subject not in kept and gone != come
        before, after = ({word: _shortened(each[side]) for word, each in words.items()} for side in (0, 1))
        if whole:
            yield Change(_whole(subject, come, owners), subject, {} if come else before, after if come else {})
        else:
            text = "change the packet rules of {0}: {1}".format(_shown(subject, owners), ", ".join(words))
            yield Change(text, subject, before, after)


def _value(set_name: str, value: str) -> str:
    """Of an address its MAC is told by another set."""
    return value.rsplit(" ", 1)[-1] if set_name.startswith("addresses") else value or "yes"


def _kept(edits: Sequence[TableEdit], owners: Owners, subjects: AbstractSet[Subject]) -> AbstractSet[Subject]:
    """Of whom something stays as it is."""
    kept = [(name, texts) for edit in edits for name, texts in edit.kept.items()]
    if not owners.having(subjects, (text for _name, texts in kept for text in texts)):
        return frozenset()
    return {owners.of(name, text) for name, texts in kept for text in texts}


def _whole(subject: Subject, come: bool, owners: Owners) -> str:
    if subject.link is not None:
        return ("link {0} to {1}" if come else "unlink {0} from {1}").format(subject.container, subject.link)
    if subject.container is not None:
        return ("admit {0}" if come else "no longer admit {0}").format(_shown(subject, owners))
    return ("add the packet rules of {0}" if come else "remove the packet rules of {0}").format(_shown(subject, owners))


def _shown(subject: Subject, owners: Owners) -> str:
    if subject.link is not None:
        return "the link from {0} to {1}".format(subject.container, subject.link)
    if subject.container is None:
        return str(subject._replace(part=None))
    name = subject.container + (":" + subject.interface if subject.interface is not None else "")
    network = owners.network_of(subject)
    return "{0} on {1}".format(name, network) if network is not None else name


def _shortened(values: Sequence[str]) -> Optional[List[str]]:
    """None where there are none."""
    found = sorted(dict.fromkeys(values))
    more = ["and {0} more".format(len(found) - MANY)] if len(found) > MANY else []
    return found[:MANY] + more or None


# --- ports


def _is_of_ports(set_name: str) -> bool:
    return set_name.startswith(("published", "reachable"))


def _of_ports(edits: Sequence[TableEdit], owners: Owners) -> Iterator[Change]:
    gone = [each for edit in edits for each in _port_ranges("unpublish", list(edit.removed.items()))]
    come = [each for edit in edits for each in _port_ranges("publish", list(edit.added.items()))]
    for found, whose in ((gone, owners.before), (come, owners)):
        by_key: Dict[_Port, List[PortRange[_Port]]] = {}
        for each in found:
            by_key.setdefault(each.key, []).append(each)
        for key, group in by_key.items():
            yield from (_counted(key, group, whose),) if len(group) > MANY else (_port(each, whose) for each in group)


def _port_ranges(verb: str, elements: Sequence[Tuple[str, Mapping[str, Any]]]) -> List[PortRange[_Port]]:
    found: List[Tuple[Publication, bool]] = []
    for name, values in elements:
        if _is_of_ports(name):
            for value in values.values():
                port = publication(name, value)
                direct = port is None
                port = port or reachable(name, value)
                if port is not None:
                    found.append((port, direct))
    found.sort(key=lambda each: (each[0].host_ip or "", each[0].protocol, each[0].published))
    return list(
        ranges(
            (
                (verb, port.family, port.host_ip, port.protocol, port.container_address, direct),
                port.published,
                port.container_port,
            )
            for port, direct in found
        )
    )


def _port(each: PortRange[_Port], owners: Owners) -> Change:
    verb, family, host_ip, protocol, address, direct = each.key
    if direct:
        text = "{0} {1}".format("let in" if verb == "publish" else "no longer let in", _host_side(each))
    else:
        text = "{0} {1} -> {2}".format(verb, _host_side(each), _with_port(address, each.container_ports))
    words = {
        "host_ip": host_ip or _everywhere(family),
        "published": each.published if each.count == 1 else each.host_ports,
        "target": each.container_port if each.count == 1 else each.container_ports,
        "protocol": protocol,
        "address": address,
    }
    return Change(text, _port_subject(address, _host_side(each), owners), *_sides(verb, words))


def _counted(key: _Port, group: Sequence[PortRange[_Port]], owners: Owners) -> Change:
    """Ports that make no ranges, of one address."""
    verb, family, host_ip, protocol, address, _direct = key
    count = sum(each.count for each in group)
    first, last = group[0].published, group[-1].published + group[-1].count - 1
    host = host_ip or _everywhere(family)
    shown = "{0}/{1}".format(_with_port(host, "{0}-{1}".format(first, last)), protocol)
    text = "{0} {1} ports between {2} -> {3}".format(verb, count, shown, address)
    words = {"host_ip": host, "ports": count, "protocol": protocol, "address": address}
    return Change(text, _port_subject(address, shown, owners), *_sides(verb, words))


def _sides(verb: str, words: Dict[str, Any]) -> Tuple[Dict[str, Any], Dict[str, Any]]:
    return ({}, words) if verb == "publish" else (words, {})


def _port_subject(address: str, port: str, owners: Owners) -> Subject:
    container = owners.container_at(address)
    return Subject(topology=owners.topology if container is None else None, container=container, port=port)


def _host_side(each: PortRange[_Port]) -> str:
    """``0.0.0.0:8080-8090/tcp``; of a port that is let in, the container's own address."""
    _verb, family, host_ip, protocol, _address, _direct = each.key
    return "{0}/{1}".format(_with_port(host_ip or _everywhere(family), each.host_ports), protocol)


def _everywhere(family: int) -> str:
    return "0.0.0.0" if family == 4 else "::"


def _with_port(address: str, ports: str) -> str:
    return ("[{0}]:{1}" if ":" in address else "{0}:{1}").format(address, ports)
