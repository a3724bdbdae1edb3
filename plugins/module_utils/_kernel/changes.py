# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a plan changes, as data: the lines of a result are made of these, and its diff. Pure.

In the lowest room, for leases have changes too.
"""

from __future__ import annotations

import functools
from dataclasses import field
from typing import Any, Callable, Dict, Iterator, Mapping, Optional, Tuple

from .data import NamedTuple, dataclass

#: What ``part`` may be.
RULES, FILES, LEASE, RUN = "packet rules", "files", "lease", "run"

#: Of what has no words: one for all, for there are thousands.
NOTHING: Mapping[str, Any] = {}


class Later(Mapping[str, Any]):
    """What a change says, made when somebody asks: of the rules of a thousand containers it takes long."""

    def __init__(self, make: Callable[[], Mapping[str, Any]]) -> None:
        self._make: Optional[Callable[[], Mapping[str, Any]]] = make
        self._made: Mapping[str, Any] = NOTHING

    def _words(self) -> Mapping[str, Any]:
        if self._make is not None:
            self._made, self._make = self._make(), None
        return self._made

    def __getitem__(self, word: str) -> Any:
        return self._words()[word]

    def __iter__(self) -> Iterator[str]:
        return iter(self._words())

    def __len__(self) -> int:
        return len(self._words())

    def __repr__(self) -> str:
        return repr(self._words())

    def __reduce__(self) -> Tuple[Any, ...]:
        return dict, (dict(self._words()),)


class Subject(NamedTuple):
    """The words that are None are not part of it.

    ``{network: front}`` is what a network has on the host: its bridge. ``{container: web}`` is the namespace,
    ``{container: web, interface: eth0}`` an interface in it. With a ``part`` it is what else there is of that: its
    packet rules, its files under /etc/netns, a lease. ``{container: web, port: "8080/tcp"}`` is a published port, and
    ``{container: web, link: db}`` a link to another container where neighbours are kept apart. ``{host: …}`` is the
    host's own: a setting, or another firewall. ``{topology: …}`` is what belongs to no network or container alone.
    ``{bridge: …}`` and ``{interface: …}`` alone are links that no declared network or container has.
    """

    topology: Optional[str] = None
    host: Optional[str] = None
    network: Optional[str] = None
    bridge: Optional[str] = None
    container: Optional[str] = None
    interface: Optional[str] = None
    port: Optional[str] = None
    link: Optional[str] = None
    part: Optional[str] = None

    def as_data(self) -> Dict[str, str]:
        """As a result has it."""
        return {name: value for name, value in zip(self._fields, self) if value is not None}

    def __str__(self) -> str:
        """As the key of a diff, and as a person reads it."""
        if self.host is not None:
            return "host, {0}".format(self.host)
        if self.container is not None:
            text = of_container(self.container, self.interface)
        else:
            known = ("network", "bridge", "interface", "topology")
            word = next(word for word in known if getattr(self, word) is not None or word == known[-1])
            text = "{0} {1}".format(word, getattr(self, word))
        if self.port is not None:
            text += ", port " + self.port
        if self.link is not None:
            text += ", link to " + self.link
        return text + (", " + self.part if self.part is not None else "")


def of_container(name: str, interface: Optional[str] = None, part: Optional[str] = None) -> str:
    """``str`` of such a subject without making it, for there may be thousands."""
    text = "container " + name if interface is None else "container {0}:{1}".format(name, interface)
    return text if part is None else text + ", " + part


@functools.lru_cache(maxsize=4096)
def of_owner(owner: str) -> Subject:
    """Of the words in a mark (``names.alias``): ``network front``, ``web:eth0``, ``egress web:eth0``, ``tunnel front``,
    ``bridge b``."""
    kind, blank, name = owner.partition(" ")
    if blank and kind in ("network", "tunnel"):
        return Subject(network=name)
    if blank and kind == "bridge":
        return Subject(bridge=name)
    if blank and kind == "egress":
        return of_owner(name)
    container, colon, interface = owner.partition(":")
    return Subject(container=container, interface=interface) if colon and not blank else Subject(interface=owner)


@dataclass(frozen=True)
class Change:
    """One line of a plan, as data. ``before`` and ``after``: what of ``subject`` differs, in the user's words.

    Where the whole of it is missing on the host, ``before`` is empty; where it is to go, ``after`` is. An attribute
    that is not there is None.
    """

    text: str
    subject: Subject
    before: Mapping[str, Any] = field(default_factory=lambda: NOTHING)
    after: Mapping[str, Any] = field(default_factory=lambda: NOTHING)
