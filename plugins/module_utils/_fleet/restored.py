# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A store of leases that is older than what a host saw of it: what others got since then looks free in it. Pure.

The hosts of a run say themselves what they hold, so that a run over all of them cannot take what is another's. One that
lacks hosts could, and gets no new lease.
"""

from __future__ import annotations

from typing import List, Mapping, Optional, Sequence, Tuple

from .._ipam.fleet_store import Mark, what
from .._ipam.store import Row
from .claims import new
from .members import Group, Identity, latest
from .problems import FleetProblems


def check_restored(
    groups: Sequence[Group],
    wanted: Mapping[str, Sequence[Row]],
    identities: Mapping[str, Identity],
    problems: FleetProblems,
) -> None:
    """``wanted``: inventory name → its rows in the store."""
    reason = _reason(identities)
    for group in groups if reason is not None else ():
        away = ", ".join(lacking(group, identities))
        for member in group.members if away else ():
            rows = [row for row in wanted.get(member.host, ()) if row["network"] == group.network]
            found = new(rows, identities[member.host].kept) if rows else []
            if found:
                text = (
                    "{0}: a new lease, and {1}: what {2} got since then may look free there. Run the playbook on all "
                    "hosts, without --limit: each writes there again what it holds. What is leased goes on working, "
                    "and so does a run that needs no new lease"
                )
                problems.note(member.host, group.path, text, "; ".join(map(what, found)), reason, away)


def lacking(group: Group, identities: Mapping[str, Identity]) -> List[str]:
    """The hosts of a network that are not in this run, or cannot ask the store."""
    asked = {host for host, each in identities.items() if each.store is not None and not each.store.trouble}
    return [member.host for member in group.members if member.host not in asked]


def whole(groups: Sequence[Group], identities: Mapping[str, Identity]) -> Tuple[str, ...]:
    """The hosts of whose networks all hosts are in this run, and so what they hold is in the store after it."""
    cut = {member.host for group in groups if lacking(group, identities) for member in group.members}
    return tuple(host for host, each in identities.items() if each.store is not None and host not in cut)


def _reason(identities: Mapping[str, Identity]) -> Optional[str]:
    """None where the store is what came of what each host knows. Each knows it by what it asked itself, for others may
    write meanwhile; one that cannot ask, by what was seen last."""
    last = latest(identities)
    for host, identity in identities.items():
        seen = identity.store
        if seen is None or seen.known is None or not last.store_id:
            continue
        now = last if seen.trouble else seen
        if now.store_id != seen.known.store_id:
            return "the store is another one than {0} knew, or was restored from a backup".format(host)
        if seen.restored or Mark(now.store_id, now.revision).is_older_than(seen.known):
            text = "the store was restored from a backup, for {0} knew a later one (revision {1})"
            return text.format(host, seen.known.revision)
    return None
