# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the reading of a network's words asks of its driver. The drivers are in ``_expansion/drivers/``, a file each."""

from __future__ import annotations

from typing import Any, Dict, Mapping, Tuple

from .._kernel.data import dataclass
from .topology import Container, Network
from .words import Problems, boolean, known_keys

#: Docker's key in driver_opts -> our word, with the family where ours holds both ("" otherwise).
Spellings = Mapping[str, Tuple[str, str]]


@dataclass(frozen=True)
class NetworkWords:
    """The words of one network as they were written, Docker's spellings of them included."""

    path: str
    values: Mapping[str, Any]
    #: The words that may be given for each family: word -> {ipv4:, ipv6:}, or a bare value under the empty key.
    families: Mapping[str, Mapping[str, Any]]
    #: Where a value was written that came from driver_opts, for errors.
    places: Mapping[str, str]

    def get(self, word: str) -> Any:
        return self.values.get(word)

    def at(self, word: str) -> str:
        """The path of a word."""
        return self.places.get(word, "{0}.{1}".format(self.path, word))

    def at_family(self, word: str, family: str) -> str:
        """The path of a word's value for ``ipv4`` or ``ipv6``."""
        own = self.at(word) + "." + family if family in self.families[word] else self.at(word)
        return self.places.get(word + family, own)

    def truth(self, word: str, default: bool, problems: Problems) -> bool:
        return boolean(self.get(word), default, self.at(word), problems)

    def only_families(self, word: str, problems: Problems) -> None:
        given: Dict[str, None] = {key: None for key in self.families[word] if key}
        known_keys(given, ("ipv4", "ipv6"), "{0}.{1}".format(self.path, word), problems)


class DriverWords:
    """The half of a driver that a declaration is read with."""

    name = ""
    #: The words that a network of this driver has besides those that every network has.
    words: Tuple[str, ...] = ()
    spellings: Spellings = {}
    #: Why the words of other drivers mean nothing here; ends a sentence.
    refusal = ""
    #: Whether its networks stand on a LAN that others are on too: then one may leave out the subnet, which is that of
    #: the LAN, and several may be on one.
    on_lan = False
    #: Whether each host has a block of the subnet, whose size a pool may say.
    has_blocks = False
    #: Whether ports can be published over its networks: whether our packet rules are in the way of their traffic.
    publishes = False

    #: Why traffic over its networks cannot be limited from the host; empty: it can be.
    unlimited = ""

    def parse(self, network: Network, words: NetworkWords, problems: Problems) -> Network:
        """The network with what this driver's own words say; what every network says is in it already."""
        return network

    def check(
        self,
        own: Mapping[str, Network],
        networks: Mapping[str, Network],
        containers: Mapping[str, Container],
        problems: Problems,
    ) -> None:
        """What only shows when all is seen together. ``own``: the networks of this driver, of which there are some."""
