# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What was last applied, made real again on the host itself: by what is kept there, without controller or network.

It is the same run as an apply of the same declaration, with the same leases; only what it takes from the host around
it is, at a boot, what it was when it was applied.
"""

from __future__ import annotations

from typing import Any, Callable, Dict

from .._engine import declared
from .._engine.declared import Kept
from .._engine.effects import FIREWALL, RULES
from .._engine.lock import host_lock
from .._engine.operations import row_of
from .._engine.report import Result
from .._kernel import names
from .._kernel.errors import FabricError
from .._resources.action import Action
from . import around
from .preparing import Again, DeclaredAnewError
from .topology import perform_topology

#: How long a restore waits for another run, in seconds.
LOCK_TIMEOUT = 60.0
#: How often it begins anew, where others keep other declarations meanwhile.
_ATTEMPTS = 10


#: The names of all that were applied here and not removed since.
topologies = declared.topologies


def kept(topology: str) -> Kept:
    """What was last applied. FabricError where nothing was, or what is kept of it cannot be read."""
    record = declared.read(topology)
    if record is not None:
        return record
    if topology in topologies():
        raise FabricError(
            "{0}/{1}.json, which says what was last applied, cannot be read; apply the topology again".format(
                names.DECLARED_DIRECTORY, topology
            )
        )
    known = ", ".join(topologies()) or "none"
    raise FabricError("no topology {0} was applied on this host (topology_name); there is: {1}".format(topology, known))


def _last(topology: str) -> Kept:
    """As ``kept``, once nobody holds the host: a run starts the unit that restores what it has made, and keeps after
    that what it is. Who reads before would have nothing, or what was declared earlier."""
    with host_lock(LOCK_TIMEOUT, check_mode=True):
        return kept(topology)


def check(topology: str) -> Result:
    """What has drifted from what was last applied."""
    return perform_topology(params(topology, _last(topology)), True, Again())


def restore(topology: str, early: bool = False, rules_only: bool = False) -> Result:
    """As it was when it was applied. ``early``: what stands on links that are not there yet is left out."""
    only = _is_about_rules if rules_only else None

    def again(record: Kept) -> Again:
        then = around.from_words(record.around) if record.around else None
        return Again(then, early or rules_only, only, record)

    return _made_again(topology, again)


def heal(topology: str) -> Result:
    """What ``check`` would find, repaired."""
    return _made_again(topology, lambda record: Again(kept=record))


def _made_again(topology: str, again: Callable[[Kept], Again], attempts: int = _ATTEMPTS) -> Result:
    """The last one, which may be another one by the time that the host is held: of a run that came in between, or was
    killed before it had kept what it had made."""
    record = _last(topology)
    try:
        return perform_topology(params(topology, record), False, again(record))
    except DeclaredAnewError as error:
        if attempts == 1:
            raise
        return error.first.then(_made_again(topology, again, attempts - 1))


def _is_about_rules(action: Action) -> bool:
    """The packet rules, and our accept in another firewall."""
    touched = {key for step in action.do for key in row_of(step.name).touches(step.arguments)}
    return not touched.isdisjoint((RULES, FIREWALL))


def params(topology: str, record: Kept) -> Dict[str, Any]:
    """The words of a module that wants again what was last applied."""
    return dict(record.words, name=topology, state="present", lock_timeout=LOCK_TIMEOUT)
