# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whose an interface is. Every one of ours says so in two places, so that one that lost its alias is still known.

The alias is the first. The second is, of a bridge, an altname, and of a pair, the alias of the other end. What has
lost both is nobody's that we know, and never touched.
"""

from __future__ import annotations

from typing import FrozenSet, Iterator, Optional

from .._kernel import names
from .._kernel.errors import ForeignObjectError
from .._kernel.observe import Observed
from .._kernel.rtnl.read import Link


def marks(link: Link, observed: Observed) -> Iterator[str]:
    """The aliases of ours that the interface carries, wherever it carries them; its own comes first."""
    if link.alias == names.REPLACED:
        return iter(())
    _netns, inner = observed.inner_ends.get(link.index, ("", None))
    places = (link.alias, *map(names.alias_of_altname, link.altnames), inner.alias if inner else "")
    return (text for text in places if names.parse_alias(text))


def topologies(link: Link, observed: Observed) -> FrozenSet[str]:
    """Whose it is; more than one when somebody changed a mark, and nobody's when it has none."""
    return frozenset(parsed[0] for parsed in map(names.parse_alias, marks(link, observed)) if parsed)


def subject(link: Link, observed: Observed, topology: Optional[str] = None) -> Optional[str]:
    """What of a topology's (by default whosever it is) the interface is: ``network front``, ``web:eth0``."""
    for parsed in map(names.parse_alias, marks(link, observed)):
        if parsed and topology in (None, parsed[0]):
            return parsed[1]
    return None


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


def _if_it_was(ifname: str, alias: str) -> str:
    """For an interface of ours of which somebody took both marks."""
    return '; if it is ours and lost its marks, give it one back: ip link set {0} alias "{1}"'.format(ifname, alias)
