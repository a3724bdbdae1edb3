# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What was read of one topology, for recognising it: what the kernel has → the words that would declare it. Pure."""

from __future__ import annotations

from dataclasses import field
from typing import Any, Dict, Iterable, Iterator, Mapping, Optional, Tuple

from .._kernel.data import dataclass
from .._kernel.observe import Observed
from .._kernel.rtnl.read import Link
from .._resources import ownership
from .._resources.ruleset.model import Publication

Elements = Mapping[str, Iterable[str]]  # nft set → its elements as text
RecognisedNetworks = Iterator[Tuple[str, Dict[str, Any]]]
RecognisedPlaces = Iterator[Tuple[Link, str]]
_NETWORK = "network "


@dataclass(frozen=True)
class Seen:
    """All that was read of one topology."""

    topology: str
    observed: Observed
    elements: Elements
    publications: Tuple[Publication, ...]
    hosts: Mapping[str, str]  # container → its hosts file
    hostnames: Mapping[str, str]
    #: (container, interface) → network, out of the leases.
    places: Mapping[Tuple[str, str], str] = field(default_factory=dict)
    reserved: Tuple[Tuple[str, str, str], ...] = ()  # aux addresses, out of the leases: network, name, address

    def subject(self, link: Link, netns: Optional[str] = None) -> Optional[str]:
        """What of the topology's a link is; None when it is not its."""
        return ownership.subject(link, self.observed, self.topology, netns)


def network_of(seen: Seen, link: Optional[Link], netns: Optional[str] = None) -> Optional[str]:
    """The network that a mark on the link says it is of; None without such a mark. ``netns``: where the link is."""
    if link is None:
        return None
    found = ownership.subjects(link, seen.observed, seen.topology, netns)
    return next((subject[len(_NETWORK) :] for subject in found if subject.startswith(_NETWORK)), None)
