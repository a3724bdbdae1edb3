# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What takes long to read of a host with many containers, begun before it is known what is declared: while the rest of
our code is imported, and the declaration looked through, the other processor would have nothing to do.

So this is imported before all that, and imports little. Nothing is begun where another run would have to be waited for,
or something be done first: a wrong declaration is told at once, whoever holds the host.
"""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING, Iterator, NamedTuple, Optional

from .._kernel import second_process
from .._kernel.errors import FabricError
from .._kernel.host import Host
from .._kernel.names import HANDLE_MARK_DIRECTORY, JOURNAL_FILE
from .._kernel.visits import MANY, EarlyVisits, Visits
from .._resources import file_states
from .housekeeping import is_tidy
from .lock import free_lock

if TYPE_CHECKING:
    from .._resources.ruleset.listing import Listing

#: The settings that are read in nearly every namespace.
_USUAL = ("net/ipv6/conf/all/disable_ipv6", "net/ipv6/conf/default/disable_ipv6")


class Early(NamedTuple):
    """A host that is held, and what is read of it: the inside of a topology's namespaces, their files, its rules."""

    topology: str
    host: Host
    visits: Visits
    listing: Listing


@contextlib.contextmanager
def begun(topology: str, check_mode: bool) -> Iterator[Optional[Early]]:
    """None: it is not worth it, or the host is not free. What nobody took over is ended behind the body."""
    with contextlib.ExitStack() as stack:
        early = None
        with contextlib.suppress(OSError, FabricError):  # the run meets it, too, and tells it in its place
            early = _begin(topology, check_mode, stack)
        yield early


def _begin(topology: str, check_mode: bool, stack: contextlib.ExitStack) -> Optional[Early]:
    if not (second_process.is_worth_it() and _has_many()):
        return None
    with contextlib.ExitStack() as unless_begun:
        if not unless_begun.enter_context(free_lock(check_mode)):
            return None
        if os.path.lexists(JOURNAL_FILE) or not is_tidy():  # that comes first
            return None
        host = unless_begun.enter_context(Host())
        visits = unless_begun.enter_context(EarlyVisits(host, topology, _USUAL, file_states.AHEAD))
        from .._resources.ruleset.listing import Listing  # the other process has begun, and needs none of it

        listing = Listing(topology)  # or there is no nft, which the run says
        unless_begun.callback(listing.close)
        stack.push(unless_begun.pop_all())
        return Early(topology, host, visits, listing)


def _has_many() -> bool:
    return os.path.isdir(HANDLE_MARK_DIRECTORY) and len(os.listdir(HANDLE_MARK_DIRECTORY)) >= MANY
