# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Handles of ours whose mark was lost: the file is damaged, or not there. A run puts it back.

Whose a handle is says the kernel, where there is a pair with one end in the namespace: both ends carry the name of the
container. For a namespace without interfaces, and for a second handle of another namespace, the last declaration that
was made real says it; then the namespace has to be what it was declared to be.
"""

from __future__ import annotations

from typing import Any, Dict, Iterable, Iterator, Mapping, Optional, Set

from .._kernel import marks, names
from .._kernel.host import Host
from .._kernel.marks import HandleMark
from .._kernel.observe import Observed
from .._kernel.rtnl import read as rtnetlink
from .._kernel.rtnl.read import Link
from .._kernel.visits import NamespaceState
from . import declared

Handles = Mapping[str, Optional[int]]


def suspects(host: Host, topologies: Iterable[str], handles: Handles, known: Mapping[str, HandleMark]) -> Set[str]:
    """Unmarked handles that may be these topologies', and so are worth a visit."""
    unmarked = {name for name, inode in handles.items() if inode is not None and name not in known}
    if not unmarked:
        return set()
    wanted = {container for topology in topologies for container in _last(topology)}
    owners = set(topologies)
    for link in rtnetlink.read_links(host.socket):
        wanted.update(container for topology, container in _containers(link) if topology in owners)
    return unmarked & wanted


def found(observed: Observed, topologies: Iterable[str]) -> Dict[str, HandleMark]:
    """Handle name → the mark that is to be put back."""
    answer: Dict[str, HandleMark] = {}
    for name, inode in observed.handles.items():
        if inode is None or name in observed.marks:
            continue
        for topology in topologies:
            attach = "" if _has_a_pair_of(name, topology, observed) else _attach(name, topology, inode, observed)
            if attach is not None:
                answer[name] = HandleMark(topology, inode, attach or None, lost=True)
    return answer


def _has_a_pair_of(name: str, topology: str, observed: Observed) -> bool:
    """Whether both ends of one say that this is the container's own namespace."""
    state = observed.namespaces.get(name, NamespaceState())
    for inner in state.links.values():
        outer = observed.by_index.get(inner.peer)
        if outer is not None and outer.peer == inner.index and outer.kind == inner.kind:
            if (topology, name) in _containers(outer) and (topology, name) in _containers(inner):
                return True
    return False


def _attach(name: str, topology: str, inode: int, observed: Observed) -> Optional[str]:
    """As ``Netns.attach``, "" for none, by the last declaration. None: it is not so, or its mark is of another boot."""
    words = _last(topology).get(name)
    if words is None or not marks.is_lost(name):
        return None
    kind, _colon, target = str(words.get("network_mode") or "").partition(":")
    if kind == "host":
        return "host" if inode == observed.own_inode else None
    if kind in ("container", "service"):
        return "netns:" + target if observed.handles.get(target) == inode else None
    state = observed.namespaces.get(name)
    return "" if state is not None and set(state.links) == {"lo"} and inode != observed.own_inode else None


def _last(topology: str) -> Dict[str, Mapping[str, Any]]:
    """The containers of the last declaration that was made real."""
    kept = declared.read(topology)
    containers = kept.words.get("containers") if kept is not None else None
    if not isinstance(containers, dict):
        return {}
    return {str(name): words if isinstance(words, dict) else {} for name, words in containers.items()}


def _containers(link: Link) -> Iterator[Any]:
    """(topology, container), as often as a link says whose it is."""
    for text in (link.alias, *map(names.alias_of_altname, link.altnames)):
        mark = names.parse_alias(text)
        if mark is not None:
            yield mark[0], mark[1].partition(":")[0]
