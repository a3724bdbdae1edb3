# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run's actions touch, as it is before the first of them. Pure: from a reading to JSON, and back over another.

The journal keeps it, so that a check after an interrupted run can tell what the host will be like once the run has
been taken back. Only what is touched: of a build that is nearly nothing, for what is to be made is not there yet.
"""

from __future__ import annotations

import functools
from dataclasses import replace
from typing import Any, Dict, Iterable, Iterator, List, Mapping, Optional, Sequence, Tuple, Type, Union

from .._kernel.marks import HandleMark
from .._kernel.observe import Observed
from .._kernel.rtnl.neighbours import Neighbour
from .._kernel.rtnl.read import Link, RouteEntry
from .._kernel.tc import Qdisc, Shaping
from .._kernel.tunnels import state_of as tunnel_of
from .._kernel.visits import NamespaceState
from .._kernel.vxlan import ways as ways_of
from .._resources import connected
from .._resources.action import Action
from .._resources.file_states import FileState
from .effects import FILE, LINK, NETNS, SYSCTL, kind_of, name_of, names_of
from .operations import row_of

#: ``link NAME`` on the host, ``netns NAME``, ``file PATH``, ``sysctl KEY`` of the host → what it was.
Image = Dict[str, Any]


def keys(action: Action) -> Tuple[str, ...]:
    """What one action touches, on its way there or back, as far as there is an image of it."""
    steps = (*action.do, *action.undo)
    found = dict.fromkeys(key for name, arguments in steps for key in row_of(name).touches(arguments))
    return tuple(key for key in found if key.startswith(_IMAGED))


def image(
    touched: Iterable[Sequence[str]], observed: Observed, files: Mapping[str, FileState]
) -> Iterator[Tuple[str, Any]]:
    """What is in an ``Image``, one after the other. ``touched``: the keys of each action."""
    for key in dict.fromkeys(key for each in touched for key in each):
        kind, name = kind_of(key), name_of(key)
        yield key, _file_image(name, files) if kind == FILE else _READERS[kind](name, observed)


def restored(observed: Observed, before: Image) -> Observed:
    """This reading, with what is in ``before`` as it was then."""
    links = list(names_of(LINK, before))
    spaces = list(names_of(NETNS, before))
    host = {name: each for name, each in observed.links.items() if name not in links}
    gone = [observed.links[name].index for name in links if name in observed.links]
    addresses = {index: cidrs for index, cidrs in observed.addresses.items() if index not in gone}
    shaping = {index: state for index, state in observed.shaping.items() if index not in gone}
    ways = {index: each for index, each in observed.ways.items() if index not in gone}
    tunnels = {index: each for index, each in observed.tunnels.items() if index not in gone}
    sysctls = dict(observed.sysctls)
    for name in links:
        was = before["link " + name]
        if was["link"] is not None:
            host[name] = link(was["link"])
            addresses[host[name].index] = list(was["addresses"])
            shaping.update((host[name].index, each) for each in _shaping(was.get("shaping")))
            if was.get("ways") is not None:
                ways[host[name].index] = ways_of(was["ways"])
            if was.get("tunnel") is not None:
                tunnels[host[name].index] = tunnel_of(was["tunnel"])
        sysctls.update(was["sysctls"])
    sysctls.update({name_of(key): value for key, value in before.items() if kind_of(key) == SYSCTL})
    inside = {name: state for name, state in observed.namespaces.items() if name not in spaces}
    inside.update({name: state for name in spaces for state in _state(before["netns " + name], observed, name)})
    touched = {*gone, *(host[name].index for name in links if name in host)}
    routes = [route for route in observed.routes if route.oif not in touched]
    routes += [each for name in links if name in host for each in _routes_of(host[name].index, before["link " + name])]
    tentative = {each for each in observed.tentative if each[0] not in touched}
    tentative |= {
        (host[n].index, cidr) for n in links if n in host for cidr in before["link " + n].get("tentative", ())
    }
    return replace(
        observed,
        routes=tuple(routes),
        tentative=frozenset(tentative),
        links=host,
        by_index={each.index: each for each in host.values()},
        addresses=addresses,
        sysctls=sysctls,
        handles=_over(observed.handles, {name: before["netns " + name]["handle"] for name in spaces}),
        marks=_over(observed.marks, {name: _mark(before["netns " + name]["mark"]) for name in spaces}),
        namespaces=inside,
        inner_ends=dict(_inner_ends(observed, before, host, inside)),
        shaping=shaping,
        ways=ways,
        tunnels=tunnels,
    )


def _routes_of(index: int, was: Mapping[str, Any]) -> List[RouteEntry]:
    """Those over a link; where an older journal has none, what the kernel makes of its addresses."""
    if "routes" in was:
        return [_route(each) for each in was["routes"]]
    return [route for cidr in was["addresses"] for route in connected.of_address(cidr, index)]


def check(before: Mapping[str, Any]) -> None:
    """Raises an error of Python's own for what ``image`` has never made: what is done with one is tried."""
    nothing: Dict[Any, Any] = {}
    restored(Observed(nothing, nothing, nothing, nothing, nothing, nothing, nothing, own_inode=0), dict(before))
    for path in names_of(FILE, before):
        file_state(dict(before), path)


def file_state(before: Image, path: str) -> Optional[FileState]:
    """None when the run did not touch it."""
    words = before.get("file " + path)
    if words is None:
        return None
    access = words.get("access")
    return FileState(words["content"], words["target"], tuple(access) if access is not None else None)


def _file_image(path: str, files: Mapping[str, FileState]) -> Dict[str, Any]:
    return files.get(path, FileState())._asdict()


# --- to JSON


def _link_image(name: str, observed: Observed) -> Dict[str, Any]:
    found = observed.links.get(name)
    if found is None:
        nothing = dict.fromkeys(("link", "inner", "shaping", "ways", "tunnel"))
        return {**nothing, "addresses": [], "sysctls": {}}
    netns, inner = observed.inner_ends.get(found.index, ("", None))
    addresses = observed.addresses.get(found.index, [])
    routes = [_words(route) for route in observed.routes_over.get(found.index, ())] if addresses else []
    return {
        "link": _words(found),
        "addresses": addresses,
        "routes": routes,
        "tentative": [cidr for cidr in addresses if (found.index, cidr) in observed.tentative],
        "sysctls": dict(observed.settings_of.get(name, {})),
        "inner": [netns, inner.index] if inner is not None else None,
        "shaping": _shaping_words(observed.shaping.get(found.index)),
        "ways": observed.ways[found.index].words() if found.index in observed.ways else None,
        "tunnel": observed.tunnels[found.index].words() if found.index in observed.tunnels else None,
    }


def _shaping_words(shaping: Optional[Shaping]) -> Optional[Dict[str, Any]]:
    if shaping is None:
        return None
    return dict(vars(shaping), root=shaping.root._asdict() if shaping.root is not None else None)


def _netns_image(name: str, observed: Observed) -> Dict[str, Any]:
    mark, state = observed.marks.get(name), observed.namespaces.get(name)
    return {
        "handle": [observed.handles[name]] if name in observed.handles else None,
        "mark": mark._asdict() if mark is not None and not mark.lost else None,
        "state": _state_words(state) if state is not None else None,
    }


def _sysctl_image(key: str, observed: Observed) -> Optional[str]:
    return observed.sysctls.get(key)


_READERS = {LINK: _link_image, NETNS: _netns_image, SYSCTL: _sysctl_image}
_IMAGED = tuple(kind + " " for kind in (FILE, *_READERS))


def _state_words(state: NamespaceState) -> Dict[str, Any]:
    return {
        "links": [_words(each) for each in state.links.values()],
        "addresses": [[index, cidrs] for index, cidrs in state.addresses.items()],
        "routes": [_words(route) for route in state.routes],
        "neighbours": [each._asdict() for each in state.neighbours],
        "tentative": [list(each) for each in sorted(state.tentative)],
        "sysctls": dict(state.sysctls),
    }


_RAW = ("families", "port")  # which no plan compares
_UNLIKE_ALL = object()


def _words(value: Union[Link, RouteEntry]) -> Dict[str, Any]:
    """Of a link or a route, what is not as it usually is."""
    kind: Any = value.__class__
    wanted, usual = _form(kind)
    return {
        name: each
        for name, each, one in zip(wanted, value, usual)
        if each is not one and each != one and name is not None
    }


@functools.lru_cache(maxsize=None)
def _form(kind: Type[Union[Link, RouteEntry]]) -> Tuple[Tuple[Optional[str], ...], Tuple[Any, ...]]:
    """The names of its fields, None of those that are left out, and how they usually are: there are thousands."""
    wanted = tuple(None if name in _RAW else name for name in kind._fields)
    return wanted, tuple(kind._field_defaults.get(name, _UNLIKE_ALL) for name in kind._fields)


# --- and back


def link(words: Mapping[str, Any]) -> Link:
    rows = {name: tuple(words.get(name, ())) for name in ("altnames", "fdb", "fdb_others")}
    pairs = {name: tuple(map(tuple, words.get(name, ()))) for name in ("differing", "differing_port")}
    return Link(**dict(words, **rows, **pairs))


def _route(words: Mapping[str, Any]) -> RouteEntry:
    several = {name: tuple(words.get(name, ())) for name in ("next_hops", "gateways")}
    return RouteEntry(**dict(words, **several))


def _shaping(words: Optional[Mapping[str, Any]]) -> Iterator[Shaping]:
    """None or one."""
    if words is not None:
        yield Shaping(**dict(words, root=Qdisc(**words["root"]) if words["root"] is not None else None))


def _mark(words: Optional[Mapping[str, Any]]) -> Optional[List[HandleMark]]:
    return None if words is None else [HandleMark(**words)]


def _over(now: Mapping[str, Any], was: Mapping[str, Optional[Sequence[Any]]]) -> Dict[str, Any]:
    """``was``: name → what is there, in a list, or None for nothing."""
    found = {name: value for name, value in now.items() if name not in was}
    found.update({name: value[0] for name, value in was.items() if value is not None})
    return dict(sorted(found.items()))


def _state(words: Mapping[str, Any], observed: Observed, name: str) -> Iterator[NamespaceState]:
    """None or one. A setting that was not read then is as it is now."""
    was = words["state"]
    if was is None:
        return
    now = observed.namespaces.get(name, NamespaceState())
    links = [link(each) for each in was["links"]]
    yield NamespaceState(
        links={each.ifname: each for each in links},
        addresses={index: list(cidrs) for index, cidrs in was["addresses"]},
        routes=tuple(_route(each) for each in was["routes"]),
        neighbours=tuple(Neighbour(**each) for each in was.get("neighbours", ())),
        tentative=frozenset((index, cidr) for index, cidr in was.get("tentative", ())),
        sysctls=dict(now.sysctls, **was["sysctls"]),
    )


def _inner_ends(
    observed: Observed, before: Image, host: Mapping[str, Link], inside: Mapping[str, NamespaceState]
) -> Iterator[Tuple[int, Tuple[str, Link]]]:
    for name, outer in host.items():
        was = before.get("link " + name)
        if was is None:
            netns, inner = observed.inner_ends.get(outer.index, ("", None))
            place = (netns, inner.index) if inner is not None else None
        else:
            place = was["inner"]
        if place is not None and place[0] in inside:
            for end in inside[place[0]].links.values():
                # Under the name there may have been another namespace, where the index was another link's.
                if end.index == place[1] and end.peer == outer.index:
                    yield outer.index, (place[0], end)
