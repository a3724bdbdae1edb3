# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A named network namespace: the handle ``/run/netns/NAME`` and what belongs to it as a whole."""

from __future__ import annotations

import functools
from dataclasses import replace
from typing import Any, Dict, Iterator, List, Mapping, Optional, Tuple

from .._kernel import namespaces, workloads
from .._kernel.changes import Subject
from .._kernel.data import dataclass
from .._kernel.errors import ForeignObjectError
from .._kernel.marks import HandleMark
from .._kernel.observe import Observed
from .._kernel.operations.netns import attach_path
from .._kernel.visits import NamespaceState
from .._kernel.workloads import Running
from . import connected, routes
from .action import Action, Operation, operation
from .routes import StaticRoute
from .settings import compare_sysctl, shown

#: In the words of a diff.
_OF_ITS_OWN: Mapping[str, Any] = {"own": True}
#: What the kernel gives lo when it comes up.
_LOOPBACK = ("127.0.0.1/8", "::1/128")


@dataclass(frozen=True)
class Brought:
    """A namespace that a program brings, as it was found before the run. ``inside`` is None where the handle leads
    there already, and it is read by that."""

    running: Running
    inside: Optional[NamespaceState] = None


@dataclass(frozen=True)
class Netns:
    """``attach`` None: a namespace of its own. Else a second handle of one that exists: a path, ``pid:N``,
    ``netns:NAME`` or ``host``; or, with ``brought``, the one handle of a program's own, where our interfaces are then:
    a path, ``pid:N``, ``docker:NAME``, ``podman:NAME`` or ``machine:NAME``."""

    name: str
    topology: str
    attach: Optional[str] = None
    sysctls: Tuple[Tuple[str, str], ...] = ()  # not of a second handle; keys with slashes
    routes: Optional[Tuple[StaticRoute, ...]] = None  # all that lead nowhere, and so are no interface's; None: any
    brought: Optional[Brought] = None


def compare(desired: Netns, observed: Observed) -> List[Action]:
    """The actions that make the handle and its namespace as declared."""
    name = desired.name
    mark = observed.marks.get(name)
    _refuse_foreign(desired, observed, mark)
    if mark is not None and mark.lost:
        known = replace(observed, marks={**observed.marks, name: mark._replace(lost=False)})
        return [put_back(name, mark), *compare(desired, known)]
    if name not in observed.handles:
        made, *more = _made(desired, observed)
        return [replace(made, undo=(*made.undo, *_marked_again(name, mark))), *more]
    if mark is not None and (mark.attach is None) != (desired.attach is None):
        return [_make_way(name, observed, "remove namespace {0}"), *_made(desired, observed)]
    if desired.attach is not None:
        return _compare_attached(desired, observed)
    return _compare_own(desired, observed, mark)


def remove(name: str, observed: Observed) -> Action:
    """Take a handle away. It only loses its mark until the run is verified, and so has a way back.

    Where another namespace stands behind it that is not ours, it stays, and only the mark goes.
    """
    mark = observed.marks.get(name)
    first = put_back(name, mark) if mark is not None and mark.lost else None
    replaced = mark is not None and mark.attach is None and observed.handles.get(name) not in (None, mark.inode)
    inode = mark.inode if mark is not None and replaced else observed.handles.get(name)
    return Action(
        text="remove namespace {0}".format(name),
        subject=Subject(container=name),
        do=(*(first.do if first else ()), operation("netns.retire", name=name)),
        undo=(operation("netns.unstash", name=name), *(first.undo if first else ())),
        finish=(operation("netns.discard", name=name, inode=inode),),
        before=_words(mark),
    )


def _make_way(name: str, observed: Observed, text: str) -> Action:
    """Take a handle away whose name another namespace is to have. Its own waits in the stash until the end."""
    dead = observed.handles[name] is None
    return Action(
        text=text.format(name),
        subject=Subject(container=name),
        do=(operation("netns.stash", name=name),),
        undo=(operation("netns.unstash", name=name, dead=dead),),
        finish=(operation("netns.drop", name=name),),
        before=_words(observed.marks.get(name)),
    )


def compare_absent(name: str, topology: str, observed: Observed) -> List[Action]:
    """The actions that make sure there is no such namespace of ours: the handle itself is to be gone at once, for what
    stands there without a mark is somebody else's to this comparison."""
    if name not in observed.handles and name not in observed.marks:
        return []
    _refuse_foreign(Netns(name, topology), observed, observed.marks.get(name))
    return [_make_way(name, observed, "remove namespace {0}")]


def _refuse_foreign(desired: Netns, observed: Observed, mark: Optional[HandleMark]) -> None:
    name = desired.name
    if mark is not None and mark.topology != desired.topology:
        raise ForeignObjectError(
            "namespace {0} ({1}) belongs to the topology {2}, not to {3}; nothing was changed. Names of containers are "
            "the host's: call one of the two otherwise".format(
                name, namespaces.handle(name), mark.topology, desired.topology
            )
        )
    if name in observed.obstacles:
        raise ForeignObjectError(
            "{0} is {1}, and so not ours: it stands in the way of the namespace {2}; nothing was changed. Take it away "
            "or choose another name".format(namespaces.handle(name), observed.obstacles[name], name)
        )
    if name in observed.handles and mark is None:
        raise ForeignObjectError(
            "{0} exists and is not ours: it stands in the way of {1}; nothing was changed. "
            "Remove it (ip netns delete {1}) or choose another name".format(namespaces.handle(name), name)
        )


def _made(desired: Netns, observed: Observed) -> List[Action]:
    """One that a program brings has something in it already."""
    if desired.brought is None or desired.brought.inside is None:
        return [_create(desired)]
    there = {**observed.namespaces, desired.name: desired.brought.inside}
    return [_create(desired), *_inside(desired, replace(observed, namespaces=there))]


def _create(desired: Netns) -> Action:
    name, topology = desired.name, desired.topology
    if desired.attach is None:
        do: Tuple[Operation, ...] = (
            operation("netns.create", name=name, topology=topology, sysctls=_settings(desired.sysctls)),
            *(operation("route.add", netns=name, ifname="lo", route=route.words()) for route in desired.routes or ()),
        )
        text = "create namespace {0}".format(name)
    else:
        do = (operation("netns.attach", name=name, topology=topology, attach=desired.attach, **_process_of(desired)),)
        text = "attach {0} to {1}".format(name, _words_of_attach(desired.attach))
    after = {"attach": desired.attach} if desired.attach else _own(desired.sysctls)
    return Action(text, Subject(container=name), do, (operation("netns.remove", name=name),), after=after)


@functools.lru_cache(maxsize=64)  # thousands of namespaces have the same
def _settings(sysctls: Tuple[Tuple[str, str], ...]) -> Mapping[str, str]:
    return dict(sysctls)


@functools.lru_cache(maxsize=64)
def _own(sysctls: Tuple[Tuple[str, str], ...]) -> Mapping[str, Any]:
    return {"own": True, **{shown(key): value for key, value in sysctls}}


def _process_of(desired: Netns) -> Dict[str, Any]:
    if desired.brought is None or not desired.brought.running.pid:
        return {}
    running = desired.brought.running
    return {"process": [running.pid, running.started], "inode": running.inode}


def _compare_attached(desired: Netns, observed: Observed) -> List[Action]:
    attach = desired.attach or ""
    if desired.brought is not None:
        return _compare_brought(desired, desired.brought, observed)
    if attach == "host":
        wanted: Optional[int] = observed.own_inode
    elif attach.startswith("netns:"):
        wanted = observed.handles.get(attach[6:])
    else:
        wanted = namespaces.identity(attach_path(attach))
    if wanted is not None and observed.handles[desired.name] == wanted:
        return []
    away = _make_way(desired.name, observed, "detach {0}, which is another namespace")
    return [away, _create(desired)]


def _compare_brought(desired: Netns, brought: Brought, observed: Observed) -> List[Action]:
    if observed.handles[desired.name] == brought.running.inode:
        return list(_inside(desired, observed))
    mark = observed.marks.get(desired.name)
    text = "detach {0}, which is another namespace"
    if mark is not None and mark.attach == desired.attach:
        text = "detach {0}: " + workloads.called(desired.attach or "") + " has another network namespace since it was "
        text += "restarted, and its interfaces are gone"
    return [_make_way(desired.name, observed, text), *_made(desired, observed)]


def _compare_own(desired: Netns, observed: Observed, mark: Optional[HandleMark]) -> List[Action]:
    name = desired.name
    inode = observed.handles[name]
    if inode is None:
        return [_make_way(name, observed, "remove the dead handle of namespace {0}"), _create(desired)]
    if mark is None or mark.inode != inode:
        shared = inode == observed.own_inode or list(observed.handles.values()).count(inode) > 1
        if shared:
            away = _make_way(name, observed, "detach {0}, which is another namespace behind our back")
            return [away, _create(desired)]
        return [_adopt(desired, mark), *_inside(desired, observed)]
    return list(_inside(desired, observed))


def _adopt(desired: Netns, mark: Optional[HandleMark]) -> Action:
    return Action(
        text="adopt the namespace that replaced {0} behind our back".format(desired.name),
        subject=Subject(container=desired.name),
        do=(operation("netns.adopt", name=desired.name, topology=desired.topology),),
        undo=tuple(_marked_again(desired.name, mark)),
        before={"namespace": "another"},
        after={"namespace": "adopted"},
    )


def put_back(name: str, mark: HandleMark) -> Action:
    return Action(
        text="put back the mark of namespace {0}, which was lost".format(name),
        subject=Subject(container=name),
        do=tuple(_marked_again(name, mark)),
        undo=(operation("netns.unmark", name=name),),
        before={"mark": "lost"},
        after={"mark": mark.topology},
    )


def _marked_again(name: str, mark: Optional[HandleMark]) -> Iterator[Operation]:
    """What brings back a mark, of a handle that is gone or leads elsewhere."""
    if mark is not None:
        started = {"started": mark.started} if mark.started is not None else {}
        words = {"topology": mark.topology, "inode": mark.inode, "attach": mark.attach}
        yield operation("netns.remark", name=name, **words, **started)


def _inside(desired: Netns, observed: Observed) -> Iterator[Action]:
    state = observed.namespaces[desired.name]
    lo = state.links.get("lo")
    subject = Subject(container=desired.name)
    # Before lo is up, as at creation: a device with an address no longer follows the defaults.
    for key, value in desired.sysctls:
        yield from compare_sysctl(desired.name, key, value, state.sysctls.get(key), subject)
    if lo is not None and not lo.up:
        do = operation("link.set", netns=desired.name, ifname="lo", attributes={"up": True})
        undo = operation("link.set", netns=desired.name, ifname="lo", attributes={"up": False})
        text = "set lo up in namespace {0}".format(desired.name)
        yield Action(text, subject, (do,), (undo,), before={"lo": "down"}, after={"lo": "up"})
    if lo is not None and desired.brought is None:
        where = connected.Where(desired.name, "lo", desired.name + ":lo", subject)
        now_addresses = state.addresses.get(lo.index, [])
        yield from connected.compare(where, lo, _LOOPBACK, now_addresses, state.routes, state.tentative)
    if desired.routes is not None:
        now, place = routes.leading_nowhere(state.routes), (desired.name, "lo", "namespace " + desired.name, subject)
        yield from routes.remove(now.difference(desired.routes), *place)
        yield from routes.add([route for route in desired.routes if route not in now], *place)


def _words_of_attach(attach: str) -> str:
    if attach == "host":
        return "the host's own namespace"
    return "the namespace of " + attach[6:] if attach.startswith("netns:") else workloads.called(attach)


def _words(mark: Optional[HandleMark]) -> Mapping[str, Any]:
    if mark is None:
        return {}
    return {"attach": mark.attach} if mark.attach else _OF_ITS_OWN
