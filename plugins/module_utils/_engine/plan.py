# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""desired × observed → the ordered actions that make the one the other. Pure: all reading is done before."""

from __future__ import annotations

import functools
from dataclasses import replace
from enum import IntEnum, auto
from typing import Dict, FrozenSet, Iterable, Iterator, List, Mapping, Optional, Set, Tuple

from .._kernel.changes import Subject
from .._kernel.errors import InsideError
from .._kernel.observe import Observed
from .._kernel.rtnl.read import Link
from .._resources import adopted, drop_ins, file_states, neighbours, netns, ownership, routes
from .._resources import files as hosts_files
from .._resources import settings as sysctl
from .._resources.action import Action, operation
from .._resources.connected import Where, subnet_of
from .._resources.drop_ins import DropInStates
from .._resources.file_states import FileState
from .._resources.files import FileChange
from .._resources.firewalls.accept import NOTHING_TO_DO, FirewallActions
from .._resources.links import registry as kinds
from .._resources.ruleset.compare import RulesetChange
from .desired import Desired
from .effects import NETNS, ROUTE, Turn, names_of, route_key
from .inner_names import make_way
from .operations import row_of, taken_away
from .quarantine import container_of
from .removals import removals, removals_inside
from .unlike import Unlike

#: The inode of a namespace that is still to be made: equal to none.
_NOT_YET = -1
_NO_SERVICES = DropInStates()


class Stage(IntEnum):
    """The order of a plan. The way back goes through it in reverse."""

    NAMES = auto()  # interfaces that were renamed
    LEAVING = auto()  # links and namespaces that go, and the files of a topology that goes
    LINKS = auto()  # that are the host's alone, such as bridges: others stand on them
    GIVEN_BACK = auto()  # forwarding that nobody needs: never on without the rules that limit it
    RULES = auto()  # before anything is reachable; with them the accept in another firewall, never without
    TUNNELS = auto()  # links of the host that take in what the rules let them
    HOST = auto()  # forwarding, if it is needed
    MACS = auto()  # and names inside; before IPv6 is on, for the kernel makes an address of a MAC then, and keeps it
    NAMESPACES = auto()
    INTERFACES = auto()  # in namespaces
    IPV6_OFF = auto()  # once its addresses went, so that on the way back they come when it is on again
    EMPTIED = auto()  # other links that go, once nothing that stays is a port of theirs
    FILES = auto()
    UNITS = auto()  # what makes all of it again at boot


def plan(
    desired: Desired,
    observed: Observed,
    rules: Optional[RulesetChange],
    files: Mapping[str, FileState],
    firewall: FirewallActions = NOTHING_TO_DO,
    units: Iterable[Action] = (),
    services: DropInStates = _NO_SERVICES,
    out: FrozenSet[str] = frozenset(),
    first: Iterable[Action] = (),
    unlike: Optional[Unlike] = None,
) -> Tuple[Action, ...]:
    """``files``: what is at every path declared or owned. ``rules``, ``firewall``, ``units`` are compared already.
    ``services``: of others that live in these namespaces. ``out``: containers that are left as they are. ``first``: of
    units that links need. ``unlike``: of the same host. InsideError for a container that has to be left as it is."""
    renames, observed = _renamed_back(desired, observed)
    leaving, emptied, without = removals(desired, observed)
    spaces, made = _spaces(desired, without, out)
    replaced = {name for name, state in without.namespaces.items() if made.namespaces.get(name) is not state}
    freed, made = make_way(desired, made, out)
    _refuse_altnames(desired, without, made, out)
    leaving = [*(removals_inside(desired, replaced, without) if replaced else ()), *leaving]
    of_files = _file_actions(desired, observed, files)
    links, compared = desired.links_of_host(), functools.partial(kinds.compare, observed=observed)
    staged = {
        Stage.HOST: [action for setting in desired.sysctls for action in sysctl.compare(setting, observed)],
        Stage.NAMES: renames,
        # Where none stays they need not wait for the rules: they go while the kernel takes the links away.
        Stage.LEAVING: [*leaving, *(() if desired.files else of_files)],
        Stage.LINKS: [
            *(action for each in desired.adopted for action in adopted.compare(each, observed)),
            *(action for each in links if not kinds.kind_of(each.kind).after_rules for action in compared(each)),
        ],
        Stage.TUNNELS: [
            *first,
            *(action for each in links if kinds.kind_of(each.kind).after_rules for action in compared(each)),
        ],
        Stage.RULES: [*firewall.first, *_rules_actions(desired, observed, rules), *firewall.after],
        Stage.NAMESPACES: spaces,
        Stage.INTERFACES: [*freed, *_interfaces(desired, made, out, unlike), *_neighbours(desired, made)],
        Stage.EMPTIED: emptied,
        Stage.FILES: of_files if desired.files else (),
        Stage.UNITS: [*units, *_services(desired, made, services)],
        Stage.GIVEN_BACK: [action for setting in desired.given_back for action in sysctl.compare(setting, observed)],
    }
    ordered = _in_order(staged)
    return tuple(action for action in ordered if container_of(action) not in out) if out else ordered


def _services(desired: Desired, made: Observed, services: DropInStates) -> Iterator[Action]:
    if desired.drop_ins is not None:
        yield from drop_ins.compare(desired.topology, desired.drop_ins, services, made.handles)


def _refuse_altnames(desired: Desired, host: Observed, made: Observed, out: FrozenSet[str]) -> None:
    """Where a link that stays goes by one of our names as a second one."""
    held = {altname for link in host.links.values() for altname in link.altnames}
    for ifname in sorted(desired.host_ifnames() & held):
        ownership.refuse_altname(ifname, host.links.values())
    for each in desired.links_inside():
        state = made.namespaces.get(str(each.netns))
        if state is not None and each.netns not in out:
            ownership.refuse_altname_inside(str(each.netns), each.ifname, state.links.values())


def _in_order(staged: Mapping[Stage, Iterable[Action]]) -> Tuple[Action, ...]:
    """By stage; within one, as they were found."""
    found = [(stage, action) for stage, actions in staged.items() for action in actions]
    return tuple(action for stage, action in sorted(found, key=lambda each: _stage_of(each[1], each[0])))


def _stage_of(action: Action, stage: Stage) -> Stage:
    step = action.do[0]
    turn = row_of(step.name).turn(step.arguments)
    if turn is Turn.IPV6_OFF:
        return Stage.IPV6_OFF
    return Stage.MACS if stage is Stage.INTERFACES and turn is Turn.IDENTITY else stage


def _rules_actions(desired: Desired, observed: Observed, rules: Optional[RulesetChange]) -> Iterator[Action]:
    if rules is None:
        return
    from .._resources.ruleset.owners import Owners
    from .._resources.ruleset.told import tell

    flows = [flow._asdict() for flow in rules.stale_flows]
    told = tell(rules, Owners(desired.topology, desired.ruleset, lambda: dict(_owned(observed))))
    yield Action(
        text=told[0].text,
        subject=told[0].subject,
        do=(operation("nft.load", script=rules.script),),
        undo=(operation("nft.load", script=rules.inverse_script),),
        finish=(operation("conntrack.delete", flows=flows),) if flows else (),
        before=told[0].before,
        after=told[0].after,
        also=told[1:],
    )


def _owned(observed: Observed) -> Iterator[Tuple[str, str]]:
    """Of the links of the host that are ours, their names, the addresses at their inner ends, the subnets that are on
    them, and whose they are."""
    for link in observed.links.values():
        whose = ownership.subject(link, observed)
        if whose is None:
            continue
        yield link.ifname, whose
        for cidr in observed.addresses.get(link.index, ()):
            if not cidr.startswith("fe80:"):
                yield subnet_of(cidr), whose
        name, inner = observed.inner_ends.get(link.index, ("", None))
        if inner is not None:
            for cidr in observed.namespaces[name].addresses.get(inner.index, ()):
                yield cidr.partition("/")[0], whose


def _renamed_back(desired: Desired, observed: Observed) -> Tuple[List[Action], Observed]:
    """Interfaces that somebody renamed, known by their mark, and what is observed once they have their name again."""
    wanted = {each.alias: each for each in desired.links if each.host_ifname is not None}
    found: Dict[str, Link] = {}
    actions: List[Action] = []
    for _ifname, link in sorted(observed.links.items()):
        if link.alias in wanted and wanted[link.alias].host_ifname == link.ifname:
            continue  # nearly all: their other marks need not be looked at
        known = [wanted[mark] for mark in ownership.marks(link, observed) if mark in wanted]
        name = known[0].host_ifname if known else None
        if name is None or name in observed.links or name in found:
            continue
        found[name] = link._replace(ifname=name)
        there = operation("link.rename", netns=None, ifname=link.ifname, new=name)
        back = operation("link.rename", netns=None, ifname=name, new=link.ifname)
        text = "rename {0} to {1}".format(link.ifname, name)
        before, after = {"ifname": link.ifname}, {"ifname": name}
        actions.append(Action(text, known[0].subject, (there,), (back,), before=before, after=after))
    if not found:
        return [], observed
    by_index = dict(observed.by_index)
    by_index.update({link.index: link for link in found.values()})
    links = {link.ifname: link for link in by_index.values()}
    sysctls = dict(observed.sysctls)
    for name, link in found.items():
        old, new = ("/conf/{0}/".format(each) for each in (observed.by_index[link.index].ifname, name))
        sysctls.update({key.replace(old, new): value for key, value in observed.sysctls.items() if old in key})
    return actions, replace(observed, links=links, by_index=by_index, sysctls=sysctls)


def _spaces(desired: Desired, observed: Observed, out: FrozenSet[str]) -> Tuple[List[Action], Observed]:
    """What happens to the namespaces, and what is observed after it.

    A namespace made anew has nothing in it but what a program brings, and whoever shared its predecessor is to share
    it. Those of their own come first in ``desired``, so what they become is known when the others are compared.
    """
    actions: List[Action] = []
    for space in desired.namespaces:
        if space.name in out:
            continue
        _refuse_trouble(space.name, observed)
        found = netns.compare(space, observed)
        if found and space.name in _made(found):
            inside = {space.name: space.brought.inside} if space.brought and space.brought.inside else {}
            observed = replace(
                observed,
                handles={**observed.handles, space.name: _NOT_YET}
                if space.name in observed.handles
                else observed.handles,
                namespaces={**{n: state for n, state in observed.namespaces.items() if n != space.name}, **inside},
            )
        actions.extend(found)
    return actions, observed


def _refuse_trouble(name: str, observed: Observed) -> None:
    """Stop where not all that is inside could be read."""
    state = observed.namespaces.get(name)
    if state is not None and state.trouble:
        raise InsideError(name, "namespace {0}: {1}; nothing of it was changed".format(name, state.trouble))


def _made(actions: Iterable[Action]) -> FrozenSet[str]:
    """Namespaces that these make: what their way back takes away."""
    return frozenset(names_of(NETNS, (key for action in actions for key in taken_away(action.undo))))


def _interfaces(
    desired: Desired, observed: Observed, out: FrozenSet[str], unlike: Optional[Unlike]
) -> Iterator[Action]:
    """Each is compared with what those before it leave: a route that they remove, their way back brings back."""
    links = [link for link in desired.links_inside() if link.netns not in out]
    differing = unlike.namespaces(observed) if unlike is not None else None
    for link in links:
        if differing is not None and link.netns not in differing:
            continue
        actions, netns_name = kinds.compare(link, observed), str(link.netns)
        if not actions:
            continue
        yield from actions
        gone = {key for action in actions for key in taken_away(action.do)}
        state = observed.namespaces.get(netns_name)
        if state is not None and any(names_of(ROUTE, gone)):
            keys = {entry: route_key(netns_name, routes.static(entry).words()) for entry in state.routes}
            left = tuple(entry for entry in state.routes if keys[entry] not in gone)
            spaces = {**observed.namespaces, netns_name: state._replace(routes=left)}
            observed = replace(observed, namespaces=spaces)


def _neighbours(desired: Desired, observed: Observed) -> Iterator[Action]:
    """Of the bridges, and of the interfaces on them that have such entries at all."""
    subjects = {link.ifname: link.subject for link in desired.links_of_host()}
    for ifname, known in desired.macs.items():
        bridge = observed.links.get(ifname)
        if bridge is not None:
            where = Where(None, ifname, ifname, subjects.get(ifname) or Subject(bridge=ifname))
            yield from neighbours.compare(where, bridge.index, known, observed.neighbours)
    for link in desired.links_inside():
        netns_name = str(link.netns)
        state = observed.namespaces.get(netns_name)
        inner = state.links.get(link.ifname) if state is not None else None
        if state is not None and state.neighbours and inner is not None:
            where = Where(netns_name, link.ifname, "{0}:{1}".format(netns_name, link.ifname), link.subject)
            for beside in link.stands_on:
                yield from neighbours.compare(where, inner.index, desired.macs.get(beside, {}), state.neighbours)


def _file_actions(desired: Desired, observed: Observed, files: Mapping[str, FileState]) -> Iterator[Action]:
    ours: Set[str] = {name for name, mark in observed.marks.items() if mark.topology == desired.topology}
    ours.add(file_states.container_of(file_states.shared_directory(desired.topology)))
    changes: List[FileChange] = []
    for file in desired.files:
        changes.extend(hosts_files.compare(file, files[file.path], file_states.container_of(file.path) in ours))
    if desired.prune:
        declared = {file.path for file in desired.files}
        changes.extend(hosts_files.remove(path, files[path]) for path in sorted(set(files) - declared))
    return hosts_files.steps(changes)
