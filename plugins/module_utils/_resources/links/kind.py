# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a kind of link says about itself. Each kind is a file beside this one; ``registry.py`` lists them.

The rooms above know no kind by name: they ask a declared link (``DeclaredLink``) where it is, and its ``Kind`` for
the actions.
"""

from __future__ import annotations

from typing import Any, Callable, List, Mapping, Optional, Tuple

from ..._kernel.changes import Subject
from ..._kernel.data import dataclass
from ..._kernel.host import Host
from ..._kernel.observe import Observed
from ..._kernel.rtnl.read import Link
from ..action import Action

#: What makes one: (host, netns or None for the host's own, words as ``link.create`` has them).
Create = Callable[[Host, Optional[str], Mapping[str, Any]], None]
#: What sets options of a living one: (host, netns, ifname, option → value).
Configure = Callable[[Host, Optional[str], str, Mapping[str, Any]], None]


class DeclaredLink:
    """A link as it is declared: the base of every kind's frozen dataclass."""

    #: The kernel's name of the kind (IFLA_INFO_KIND), which is its key in the registry.
    kind: str = ""
    #: The namespace that it is in, or that its other end is in; None: all of it is the host's.
    netns: Optional[str]
    ifname: str  # where it is; of a pair, of the end inside
    alias: str
    sysctls: Tuple[Tuple[str, str], ...]

    @property
    def host_ifname(self) -> Optional[str]:
        """Its name among the host's links; None when nothing of it is there."""
        raise NotImplementedError

    @property
    def subject(self) -> Subject:
        """What it is, in the words of a declaration."""
        raise NotImplementedError

    @property
    def stands_on(self) -> Tuple[str, ...]:
        """Other links of the host that a comparison looks at: a master, a parent."""
        return ()

    @property
    def limited(self) -> bool:
        """Whether traffic over its host end is limited: then the qdisc of that is read too."""
        return False


@dataclass(frozen=True)
class Kind:
    """All that is asked about a kind."""

    name: str  # the kernel's, as ``ip -d link`` shows it
    declared: type  # its DeclaredLink
    compare: Callable[[Any, Observed], List[Action]]  # declared × observed → what makes the one the other
    #: Takes one away that is there: (link, observed, the namespace it is in or None for the host's own). ``do`` is one
    #: ``link.delete``, behind what has to end before; ``undo`` makes it again as it was.
    remove: Callable[[Link, Observed, Optional[str]], Action]
    create: Create
    configure: Optional[Configure]  # None: it has no option that changes on a living one
    mutable: Tuple[str, ...]  # fields of ``declared`` that change in place; for any other it is made anew
    #: Whether others are ports of it, or hand it what comes in: such a link goes after them, and comes back before.
    carries: bool = False
    #: Whether it comes after the packet rules: for what is reachable over it as soon as it is there.
    after_rules: bool = False
    #: Whether one that is inside a namespace is owned there, by its own mark. An end of a pair is owned with the other.
    owned_inside: bool = True
    #: The settings of one of ours on the host that are read beside the declared ones, so that it can come back with
    #: them; ``{0}`` is its name. In the order in which they are written.
    settings: Tuple[str, ...] = ()
