# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What each object of a topology was asked to be, as digests, kept with the declaration; and what they tell. Pure.

The same declaration may ask something else of an object than it did: by another release of this collection, or since
the surroundings of the host are others (the mtu of its uplink, its name servers). What differs then is nobody's doing
on the host.
"""

from __future__ import annotations

import functools
import hashlib
import marshal
from dataclasses import replace
from itertools import groupby
from typing import Any, Dict, Iterable, Iterator, List, Mapping, Set, Tuple

from .._kernel import names
from .._kernel.changes import LEASE, RULES, Change, Subject, of_container
from .._resources import docker_runtime, file_states, name_server, program, units
from .._resources import files as hosts_files
from .._resources.files import TextFile
from .._resources.links.kind import DeclaredLink
from .._resources.ruleset.model import Ruleset
from .._resources.ruleset.tables import table_text
from .._resources.ruleset.text import layout
from .desired import Desired
from .report import DRIFT, INTENDED, RELEASE

#: Object → digest of what it was asked to be.
Digests = Mapping[str, str]


def digests(desired: Desired) -> Dict[str, str]:
    found: Dict[str, bytes] = {}
    more: Dict[str, List[bytes]] = {}
    for name, words in _objects(desired):
        if found.setdefault(name, words) is not words:
            more.setdefault(name, []).append(words)  # a container may have thousands of ports
    found.update([(name, b"".join((found[name], *others))) for name, others in more.items()])
    return {name: _digest(words) for name, words in found.items()}


def _digest(words: bytes) -> str:
    return hashlib.sha256(words).hexdigest()[:12]


def _objects(desired: Desired) -> Iterator[Tuple[str, bytes]]:
    for setting in desired.sysctls:
        yield str(setting.subject), _text(setting.value)
    for link in desired.links:
        yield str(link.subject), _words_of_link(link)
    for space in desired.namespaces:
        yield of_container(space.name), _words(replace(space, brought=None) if space.brought else space)
    for folder, files in groupby(desired.files, key=_folder):
        name = hosts_files.called_by_folder(folder)
        if file_states.is_shared(folder):  # they come between the containers', wherever they are needed first
            yield from ((name, _as_bytes((tuple(file),))) for file in files)
        else:
            yield name, _as_bytes(tuple(map(tuple, files)))
    for name, text in _by_itself(desired):
        yield name, _text(text)
    if desired.ruleset is not None:
        yield from _of_rules(desired.ruleset)


def _folder(file: TextFile) -> str:
    return file.path.rpartition("/")[0]


def _by_itself(desired: Desired) -> Iterator[Tuple[str, str]]:
    """What the host does for its networks by itself."""
    if desired.program:
        yield str(program.SUBJECT), names.RELEASE
    if desired.docker_runtime:
        yield str(docker_runtime.SUBJECT), docker_runtime.asked()
    if desired.name_server:
        yield str(name_server.subject_of(desired.topology)), desired.name_server
    for drop_in in desired.drop_ins or ():
        yield of_container(drop_in.container), drop_in.text
    for unit in desired.units or ():
        yield str(units.subject_of(unit.name)), unit.text


def _of_rules(ruleset: Ruleset) -> Iterator[Tuple[str, bytes]]:
    """How the tables are built is part of everything that is in them."""
    bare = layout(ruleset._replace(networks=(), endpoints=(), publications=(), links=(), underlays=()))
    built = _text(_digest(_text("".join(map(table_text, bare)))))
    containers = {address: endpoint.container for endpoint in ruleset.endpoints for address in endpoint.addresses}
    yield str(Subject(topology=ruleset.topology, part=RULES)), built
    for network in ruleset.networks:
        yield str(Subject(network=network.network, part=RULES)), built + _words(network)
    for endpoint in ruleset.endpoints:
        yield of_container(endpoint.container, part=RULES), built + _words(endpoint)
    for underlay in ruleset.underlays:
        yield str(Subject(network=underlay.network, part=RULES)), _words(underlay)
    for port in ruleset.publications:
        yield of_container(containers.get(port.container_address, ""), part=RULES), _words(port)
    for link in ruleset.links:
        yield of_container(containers.get(link.source, ""), part=RULES), _words(link)


def _words(resource: Any) -> bytes:
    """The values of a named tuple or a frozen dataclass."""
    return _as_bytes(tuple(resource if isinstance(resource, tuple) else vars(resource).values()))


def _words_of_link(link: DeclaredLink) -> bytes:
    """As ``_words``. Thousands have the same routes."""
    values = vars(link)
    if "routes" in values:
        values = {**values, "routes": _repr(values["routes"])}
    return _as_bytes(tuple(values.values()))


_repr = functools.lru_cache(maxsize=None)(repr)


def _as_bytes(values: Tuple[Any, ...]) -> bytes:
    """By marshal in a quarter of the time of repr, and there are thousands. By its first version: later ones tell, too,
    which values are one object. It takes no named tuple inside."""
    try:
        return marshal.dumps(values, 0)
    except ValueError:
        return _text(repr(values))


def _text(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _object_of(subject: Subject) -> str:
    """Of which object a change is."""
    if subject.container is not None and (subject.part == RULES or subject.port or subject.link):
        if subject.part != LEASE:
            return of_container(subject.container, part=RULES)
    if subject.part == LEASE:
        return str(Subject(network=subject.network, container=subject.container))
    return str(subject)


def kinds(changes: Iterable[Change], then: Digests, now: Digests, same_declaration: bool) -> Tuple[str, ...]:
    """What each change is there for. ``then``: of the last declaration, as it was applied; ``now``: of this one."""
    return tuple(_kind(_object_of(change.subject), then, now, same_declaration) for change in changes)


def _kind(name: str, then: Digests, now: Digests, same_declaration: bool) -> str:
    was, now_asked = then.get(name), now.get(name)
    if was is None or now_asked is None:
        # An object of one of the two alone, or one that has no digest: then the whole declaration counts.
        return DRIFT if same_declaration else INTENDED
    if was == now_asked:
        return DRIFT
    return RELEASE if same_declaration else INTENDED


def kinds_by_change(
    changes: Iterable[Change], corrective: Iterable[Change], then: Digests, again: Digests
) -> Tuple[str, ...]:
    """The same where the declaration was changed, change by change.

    ``corrective``: what the last declaration would need on the host as it is; ``again``: its digests, made now. Where
    the host is already otherwise than that wanted it, somebody changed it, whatever is wanted now.
    """
    known = {fact for change in corrective for fact in _otherwise(change)}
    return tuple(
        INTENDED
        if known.isdisjoint(_otherwise(change))
        else _kind(_object_of(change.subject), then, again, same_declaration=True)
        for change in changes
    )


def _otherwise(change: Change) -> Set[Tuple[Subject, str, str]]:
    """What of the host is not as wanted, and how it is."""
    words = [word for word in {*change.before, *change.after} if change.before.get(word) != change.after.get(word)]
    return {(change.subject, word, repr(change.before.get(word))) for word in words} or {
        (change.subject, change.text, "")
    }
