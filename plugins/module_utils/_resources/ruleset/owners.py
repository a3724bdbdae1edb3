# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whose an element of a set is, by the interface, the address or the subnet that it names. Pure."""

from __future__ import annotations

import copy
import ipaddress
from typing import (
    AbstractSet,
    Callable,
    Dict,
    FrozenSet,
    Iterable,
    Iterator,
    List,
    Mapping,
    Optional,
    Sequence,
    Set,
    Tuple,
)

from ..._kernel.changes import RULES, Subject, of_owner
from .model import Endpoint, Ruleset
from .overlay import network_of_set

#: Sets whose elements name two containers.
_BY_BOTH_ENDS = ("links", "pairs", "soliciting")

#: Words that are looked for one by one.
_FEW = 16

#: An interface of the host, or an address in a container → whose, as in a mark (``web:eth0``).
There = Callable[[], Mapping[str, str]]


class Owners:
    """By what is declared, and, for what is declared no more, by what the kernel still has."""

    def __init__(self, topology: str, ruleset: Optional[Ruleset], there: There = dict) -> None:
        """``there`` is asked once, for the first word that nobody declares: of a thousand containers it is long."""
        self.topology = topology
        self.ruleset = ruleset or Ruleset(topology)
        self._to_ask: List[There] = [there]
        self._there: Dict[str, Subject] = {}
        self._former = False
        self._subjects: Dict[str, Subject] = {}
        self._bridges: Dict[str, str] = {}
        self._endpoints: Dict[str, Endpoint] = {}  # by a word that names it
        self._made: Dict[int, Subject] = {}  # of those that were asked for: of a thousand, mostly a few
        self._networks: Dict[Subject, str] = {}
        self._rules: Dict[int, Subject] = {}
        self._links: Dict[FrozenSet[Optional[str]], Tuple[Optional[str], Optional[str]]] = {}
        self._know(self.ruleset)

    @property
    def before(self) -> Owners:
        """Of what goes: an address that somebody had, and somebody else gets in the same run, was the former's."""
        former = copy.copy(self)
        former._former = True
        return former

    def _know(self, ruleset: Ruleset) -> None:
        self._bridges.update((network.bridge, network.network) for network in ruleset.networks)
        for network in ruleset.networks:
            subject = Subject(network=network.network)
            self._subjects.update({network.bridge: subject, str(ipaddress.ip_network(network.subnet)): subject})
            if network.tunnel is not None:
                self._subjects.update(dict.fromkeys((*network.tunnel.ifnames, network.tunnel.subnet), subject))
        for underlay in ruleset.underlays:
            subject = Subject(network=underlay.network)
            self._subjects.update(dict.fromkeys((underlay.way, underlay.bridged or underlay.way), subject))
        self._endpoints.update({each.host_ifname: each for each in ruleset.endpoints})
        self._endpoints.update({address: each for each in ruleset.endpoints for address in each.addresses})
        links = [(self.container_at(link.source), self.container_at(link.target)) for link in ruleset.links]
        # Of two that link to each other, one link is named, and the same in whatever order they are declared.
        self._links.update((frozenset(ends), ends) for ends in sorted(links, key=str, reverse=True))

    def of(self, set_name: str, element: str) -> Subject:
        """``element``: as nft's text. One that is nobody's in particular is the topology's."""
        network = network_of_set(set_name)
        if network:
            return Subject(network=network, part=RULES)
        parts = self._parts(element)
        if set_name.startswith(_BY_BOTH_ENDS) and len(parts) > 1:
            ends = self.container_at(parts[0]), self.container_at(parts[1])
            source, target = self._links.get(frozenset(ends), ends)
            if source is not None and target is not None:
                return Subject(container=source, link=target, part=RULES)
        for _part, subject in self._naming(parts):
            return self._rules_of(subject)
        return Subject(topology=self.topology, part=RULES)

    def having(self, subjects: AbstractSet[Subject], texts: Iterable[str]) -> Set[Subject]:
        """Of these containers' and networks' packet rules (``of``), those that may have one of these elements: all
        that a word in them names. To see that of a new container it has none takes a fraction of asking each."""
        bare = {each._replace(part=None) for each in subjects}
        about = self._words_of(bare)
        text = " ".join(texts).replace('"', "")
        if "0x" in text or len(about) > _FEW:
            words = {_plain(word) for word in set(text.split())}
            named = {subject for word, subject in about.items() if word in words}
        else:  # to take thousands of words apart takes longer than to look for these
            text = " {0} ".format(text)
            named = {subject for word, subject in about.items() if " {0} ".format(word) in text}
        return {each for each in subjects if each._replace(part=None) in named or each.link or each.topology}

    def _words_of(self, subjects: AbstractSet[Subject]) -> Dict[str, Subject]:
        """All that name one of these. ``subjects``: of no part."""
        containers = {each.container for each in subjects}
        ends = ((word, each) for word, each in self._endpoints.items() if each.container in containers)
        found = {word: each for word, each in self._there.items() if each in subjects}
        found.update((word, each) for word, each in self._subjects.items() if each in subjects)
        found.update((word, self._subject_of(each)) for word, each in ends)
        return {word: each for word, each in found.items() if each in subjects}

    def _subject_of(self, endpoint: Endpoint) -> Subject:
        found = self._made.get(id(endpoint))
        if found is None:
            found = Subject(container=endpoint.container, interface=endpoint.ifname or None)
            self._made[id(endpoint)] = found
            self._networks[found] = self._bridges.get(endpoint.bridge, endpoint.bridge)
        return found

    def _declared(self, word: str) -> Optional[Subject]:
        endpoint = self._endpoints.get(word)
        return self._subjects.get(word) if endpoint is None else self._subject_of(endpoint)

    def _whose(self, word: str) -> Optional[Subject]:
        found = self._declared(word)
        if found is None or self._former:
            while self._to_ask:  # once, of this and of ``before``
                self._there.update((each, of_owner(owner)) for each, owner in self._to_ask.pop()().items())
            found = self._there.get(word, found)
        return found

    def _naming(self, parts: Sequence[str]) -> Iterator[Tuple[str, Subject]]:
        """Those that are anybody's, and whose; first, by what is declared: to ask for the rest takes long."""
        for known in (self._whose,) if self._former else (self._declared, self._whose):
            for part in parts:
                subject = known(part)
                if subject is not None:
                    yield part, subject

    def _rules_of(self, subject: Subject) -> Subject:
        """Its packet rules. Each is made once, for there are thousands of elements."""
        found = self._rules.get(id(subject))
        if found is None:
            found = self._rules[id(subject)] = subject._replace(part=RULES)
        return found

    def container_at(self, address: str) -> Optional[str]:
        subject = self._whose(address)
        return subject.container if subject is not None else None

    def network_of(self, interface: Subject) -> Optional[str]:
        """That a container's interface is on."""
        bare = interface._replace(part=None)
        if bare not in self._networks:
            for endpoint in self.ruleset.endpoints:
                if endpoint.container == bare.container:
                    self._subject_of(endpoint)
        return self._networks.get(bare)

    def value(self, element: str) -> str:
        """What an element says besides whose it is; empty when that is all it says."""
        parts = self._parts(element)
        owner = next((part for part, _subject in self._naming(parts)), None)
        return " ".join(part for part in dict.fromkeys(parts) if part != owner)

    def _parts(self, element: str) -> List[str]:
        parts = element.replace(" : ", " . ").replace('"', "").split(" . ")
        return [_plain(part) for part in parts]


def _plain(part: str) -> str:
    """An address that is matched as a number, as an address."""
    return str(ipaddress.IPv6Address(int(part, 16))) if part.startswith("0x") else part
