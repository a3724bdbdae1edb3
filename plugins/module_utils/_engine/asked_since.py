# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The digests of a declaration that differs from the last one in a few containers: most are what they were. Pure.

An object is asked to be what it was where the same release is told the same of its container, of all networks and of
the host around them, and the host needs no change of it. So whoever adds one container to a thousand works out those of
one, and of what belongs to no container.
"""

from __future__ import annotations

from dataclasses import replace
from typing import AbstractSet, Dict, FrozenSet, Iterable, Optional

from .._kernel.changes import Change, of_container
from .._resources.file_states import container_of, shared_directory
from .._resources.ruleset.model import Ruleset
from .asked import Digests, digests
from .declared import Kept
from .desired import Desired

#: Of more containers than this it takes as long to find out whose digests are others as to work all of them out.
FEW = 64
#: How every object of a container is called, at the least.
_ANY = of_container("")


def is_like(last: Optional[Kept], now: Kept) -> bool:
    """Whether the record of this declaration differs from the last one in what it says of containers alone."""
    if last is None or not last.asked:
        return False
    return (_but_containers(last), last.release, last.around) == (_but_containers(now), now.release, now.around)


def touched(changes: Iterable[Change]) -> Optional[FrozenSet[str]]:
    """The few containers of which something is to change; None where there are more."""
    found = set()
    for change in changes:
        if change.subject.container is not None:
            found.add(change.subject.container)
            if len(found) > FEW:  # there may be thousands of changes
                return None
    return frozenset(found)


def declared_otherwise(last: Kept, now: Kept) -> Optional[FrozenSet[str]]:
    """The few containers of which two records that are alike say something else; None where there are more."""
    before, after = last.words["containers"] or {}, now.words["containers"] or {}
    found = frozenset(name for name in {**before, **after} if before.get(name) != after.get(name))
    return found if len(found) <= FEW else None


def digests_of(desired: Desired, containers: AbstractSet[str]) -> Digests:
    """Of what is of these containers, or of none."""
    return digests(_part(desired, containers))


def with_the_others(found: Digests, last: Digests, containers: AbstractSet[str]) -> Digests:
    """``found``: those of these containers, and of what is of none; ``last``: all of the last declaration."""
    return {**_of_others(last, containers), **found}


def _but_containers(record: Kept) -> Dict[str, object]:
    return {**record.words, "containers": None}


def _part(desired: Desired, containers: AbstractSet[str]) -> Desired:
    shared = container_of(shared_directory(desired.topology))
    part = desired.restricted(frozenset((*containers, shared)))
    owners = {*containers, None}
    return replace(
        part,
        links=tuple(link for link in part.links if link.subject.container in owners),
        ruleset=_rules_of(desired.ruleset, containers) if desired.ruleset is not None else None,
        drop_ins=tuple(each for each in desired.drop_ins or () if each.container in containers),
        units=desired.units,
        program=desired.program,
        docker_runtime=desired.docker_runtime,
    )


def _rules_of(ruleset: Ruleset, containers: AbstractSet[str]) -> Ruleset:
    others = {
        address
        for endpoint in ruleset.endpoints
        if endpoint.container not in containers
        for address in endpoint.addresses
    }
    return ruleset._replace(
        endpoints=tuple(each for each in ruleset.endpoints if each.container in containers),
        publications=tuple(each for each in ruleset.publications if each.container_address not in others),
        links=tuple(each for each in ruleset.links if each.source not in others),
    )


def _of_others(asked: Digests, containers: AbstractSet[str]) -> Digests:
    """Of all other containers; none of what belongs to no container."""
    whole = frozenset(map(of_container, containers))
    parts = tuple(text + mark for text in (_ANY, *whole) for mark in ":,")
    return {
        name: digest
        for name, digest in asked.items()
        if name.startswith(_ANY) and name not in whole and not name.startswith(parts)
    }
