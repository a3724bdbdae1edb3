# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whose an interface is. Every one of ours says so in two places, so that one that lost its alias is still known.

The alias is the first. The second is an altname, and of a pair, the alias of the other end. What has lost both is
nobody's that we know, and never touched. An interface with no end on the host, such as a macvlan, carries both marks
itself, inside its namespace.
"""

from __future__ import annotations

from typing import FrozenSet, Iterable, Iterator, Optional

from .._kernel import names
from .._kernel.errors import ForeignObjectError, InsideError
from .._kernel.observe import Observed
from .._kernel.rtnl.read import Link

_NOBODY: FrozenSet[str] = frozenset()


def marks(link: Link, observed: Observed, netns: Optional[str] = None) -> Iterator[str]:
    """The aliases of ours that the interface carries, wherever it carries them; its own comes first.

    ``netns``: the namespace that it is in, unless it is the host's.
    """
    if link.alias == names.REPLACED:
        return iter(())
    _netns, inner = observed.inner_ends.get(link.index, ("", None)) if netns is None else ("", None)
    places = (link.alias, *map(names.alias_of_altname, link.altnames), inner.alias if inner else "")
    return (text for text in places if names.parse_alias(text))


def is_marked(link: Link) -> bool:
    """Whether it says itself that it is ours."""
    return any(map(names.parse_alias, (link.alias, *map(names.alias_of_altname, link.altnames))))


def topologies(link: Link, observed: Observed, netns: Optional[str] = None) -> FrozenSet[str]:
    """Whose it is; more than one when somebody changed a mark, and nobody's when it has none."""
    if netns is not None and not link.alias and not link.altnames:
        return _NOBODY  # such as lo, of each namespace
    return frozenset(parsed[0] for parsed in map(names.parse_alias, marks(link, observed, netns)) if parsed)


def subject(
    link: Link, observed: Observed, topology: Optional[str] = None, netns: Optional[str] = None
) -> Optional[str]:
    """What of a topology's (by default whosever it is) the interface is: ``network front``, ``web:eth0``."""
    return next(subjects(link, observed, topology, netns), None)


def subjects(
    link: Link, observed: Observed, topology: Optional[str] = None, netns: Optional[str] = None
) -> Iterator[str]:
    """All that its marks say of it; its own alias speaks first."""
    for parsed in map(names.parse_alias, marks(link, observed, netns)):
        if parsed and topology in (None, parsed[0]):
            yield parsed[1]


def refuse_foreign(ifname: str, alias: str, link: Link, kind: str, observed: Observed) -> None:
    """Stop when the interface under our name is not ours, or another topology's. ``alias``: what it is to carry."""
    mine, theirs = names.parse_alias(alias), topologies(link, observed)
    if not theirs or link.kind != kind:
        raise ForeignObjectError(
            "interface {0} ({1}) exists and is not ours: it stands in the way; nothing was changed. Remove it "
            "(ip link delete {0}) or choose another name{2}".format(
                ifname, link.kind or "not a virtual one", _if_it_was(ifname, alias) if link.kind == kind else ""
            )
        )
    if mine is not None and mine[0] not in theirs:
        raise ForeignObjectError(
            "interface {0} belongs to the topology {1}; nothing was changed. Names of interfaces are the host's: "
            "choose another one for this topology (bridge, of a network)".format(ifname, ", ".join(sorted(theirs)))
        )


def refuse_altname(ifname: str, links: Iterable[Link]) -> None:
    """Stop when another link of the namespace goes by this name as a second one: the kernel gives a name once."""
    for link in links:
        if ifname in link.altnames:
            raise ForeignObjectError(_ALTNAME.format(ifname, link.ifname, ifname))


def refuse_altname_inside(netns: str, ifname: str, links: Iterable[Link]) -> None:
    """The same in the namespace of a container."""
    for link in links:
        if ifname in link.altnames:
            shown = "{0} in namespace {1}".format(ifname, netns)
            raise InsideError(netns, _ALTNAME.format(shown, link.ifname, ifname))


_ALTNAME = (
    "interface {0} cannot be made: {1} has that as a second name, which is not ours; nothing was changed. Take it away "
    "(ip link property del dev {1} altname {2}) or choose another name"
)


def _if_it_was(ifname: str, alias: str) -> str:
    """For an interface of ours of which somebody took both marks."""
    return '; if it is ours and lost its marks, give it one back: ip link set {0} alias "{1}"'.format(ifname, alias)
