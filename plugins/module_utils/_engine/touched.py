# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run's actions touched, read again: whoever adds one container to a thousand need not read a thousand twice.

Of the host's own namespace the links that an action names, the bridges and their settings; the namespaces and files
of the containers touched; the packet rules if they changed.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import Callable, FrozenSet, Iterable, Iterator, List, Mapping, Optional, Sequence, Tuple

from .._kernel import marks
from .._kernel.changes import Subject
from .._kernel.data import dataclass
from .._kernel.errors import InsideError
from .._kernel.host import Host
from .._kernel.observe import Observed, observe
from .._kernel.rtnl import read as rtnetlink
from .._kernel.visits import Visits
from .._resources import adopted, docker_runtime, drop_ins, file_states, name_server, program, units
from .._resources.action import Action
from .._resources.adopted import AdoptedBridge
from .._resources.file_states import FileState
from .._resources.firewalls.accept import NOTHING_TO_DO, FirewallActions, HostFirewall
from .._resources.links.registry import settings_of
from .._resources.ruleset.compare import RulesetChange
from .._resources.ruleset.listing import Listing
from .desired import Desired
from .effects import DOCKER, FILE, FIREWALL, INSIDE, LINK, NETNS, PROGRAM, RULES, UNITS, names_of
from .operations import row_of
from .plan import plan
from .unlike import Unlike


@dataclass(frozen=True)
class Touched:
    """``links`` are the host's; what is ``gone`` is to be there no more, unless it is declared."""

    containers: FrozenSet[str]
    links: FrozenSet[str]
    gone_handles: FrozenSet[str]
    gone_links: FrozenSet[str]
    gone_inside: FrozenSet[Tuple[str, str]]  # (namespace, name) of a link in there
    gone_files: FrozenSet[str]
    rules: bool
    firewall: bool
    units: bool
    program: bool
    docker: bool


def left_after(
    host: Host,
    desired: Desired,
    actions: Sequence[Action],
    firewall: HostFirewall,
    meanwhile: Iterable[Callable[[], object]] = (),
    out: FrozenSet[str] = frozenset(),
    plan_rules: Optional[Callable[[Listing], Optional[RulesetChange]]] = None,
) -> Tuple[Action, ...]:
    """What does not match, as what would be left to do. ``meanwhile``: called while nft is not done yet; ``out``:
    containers that are left as they are; ``plan_rules``: compares those of packets; None: they are known to match."""
    touched = what_is_touched(desired, actions)
    part = desired.restricted(touched.containers - out)
    with Visits(host, part.namespace_sysctls(), (), part.handles()) as visits, ThreadPoolExecutor(1) as aside:
        rules = None
        if touched.rules and plan_rules is not None:
            # Begun here: a thread that works would keep the other one for long from beginning it.
            rules = aside.submit(plan_rules, Listing(desired.topology, anew=True))
        observed = observe(
            host,
            part.host_sysctls(),
            visits,
            rtnetlink.read_links_named(host.socket, _ifnames(part, touched, desired.adopted), restorable=False),
            settings_of,
            part.limited_ifnames(),
            alone=True,
        )
        files = file_states.read([file.path for file in part.files])
        accepts = firewall.plan() if touched.firewall else NOTHING_TO_DO
        for work in meanwhile:
            if rules is not None and not rules.done():
                work()
        change = rules.result() if rules is not None else None
    there = [*(line for each in desired.adopted for line in adopted.harm(each, observed))]
    there += [*_program(desired, touched), *_docker(desired, touched), *_units(desired, touched)]
    there += _still_there(host, desired, observed, touched)
    told = [Action(line, Subject(topology=desired.topology), (), ()) for line in there]
    return (*_left(part, observed, change, files, accepts), *told)


def _left(
    part: Desired,
    observed: Observed,
    change: Optional[RulesetChange],
    files: Mapping[str, FileState],
    accepts: FirewallActions,
) -> Tuple[Action, ...]:
    """Whatever is wrong inside a container is something that is left."""
    try:
        with Unlike(part.links_inside(), observed) as unlike:
            return plan(part, observed, change, files, accepts, unlike=unlike)
    except InsideError as error:
        return (Action(str(error), Subject(container=error.container), (), ()),)


def what_is_touched(desired: Desired, actions: Sequence[Action]) -> Touched:
    steps = [(row_of(step.name), step.arguments) for action in actions for step in action.do]
    touched = {key for row, words in steps for key in row.touches(words)}
    gone = {key for row, words in steps for key in row.takes_away(words)}
    links = frozenset(names_of(LINK, touched))
    containers = {*names_of(NETNS, touched), *map(file_states.container_of, names_of(FILE, touched))}
    containers.update(str(link.netns) for link in desired.links_inside() if link.host_ifname in links)
    inside = (name.partition(" ") for name in names_of(INSIDE, gone))
    return Touched(
        containers=frozenset(containers),
        links=links,
        gone_handles=frozenset(names_of(NETNS, gone)),
        gone_links=frozenset(names_of(LINK, gone)),
        gone_inside=frozenset((netns, ifname) for netns, _blank, ifname in inside),
        gone_files=frozenset(names_of(FILE, gone)),
        rules=RULES in touched,
        firewall=FIREWALL in touched,
        units=UNITS in touched,
        program=PROGRAM in touched,
        docker=DOCKER in touched,
    )


def _program(desired: Desired, touched: Touched) -> List[str]:
    if not touched.program:
        return []
    return [line for action in program.compare(desired.program, program.read()) for line in action.lines]


def _docker(desired: Desired, touched: Touched) -> List[str]:
    if not touched.docker:
        return []
    found = docker_runtime.compare(desired.docker_runtime, docker_runtime.read({}))
    return [line for action in found for line in action.lines]


def _units(desired: Desired, touched: Touched) -> List[str]:
    """Their files and links: they are started when all is verified."""
    found: List[Action] = []
    if touched.units and desired.units is not None:
        now = units.read(desired.topology, desired.units, {}, ask=False)
        configured = name_server.read(desired.topology, {})
        found.extend(name_server.compare(desired.topology, desired.name_server, configured))
        found.extend(units.compare(desired.topology, desired.units, now, first=True))
        found.extend(units.compare(desired.topology, desired.units, now))
    if touched.units and desired.drop_ins is not None:
        there = drop_ins.read(desired.topology, desired.drop_ins, {}, ask=False)
        found.extend(drop_ins.compare(desired.topology, desired.drop_ins, there, {}))
    return [line for action in found for line in action.lines]


def _ifnames(part: Desired, touched: Touched, bridges: Tuple[AdoptedBridge, ...]) -> FrozenSet[str]:
    beside = [ifname for link in part.links for ifname in link.stands_on]
    beside.extend(bridge.ifname for bridge in bridges)
    return touched.links.union(beside, part.host_ifnames())


def _still_there(host: Host, desired: Desired, observed: Observed, touched: Touched) -> Iterator[str]:
    """What was to go and did not; what is declared under its name was compared. What is declared is asked for where
    something was to go: a run that adds one container need not go through a thousand."""
    found: List[str] = []
    if touched.gone_links:
        gone = sorted(touched.gone_links - desired.host_ifnames())
        found += ["interface " + name for name in gone if name in observed.links]
    if touched.gone_inside:
        inside = {(str(each.netns), each.ifname) for each in desired.links_inside()}
        for netns, ifname in sorted(touched.gone_inside - inside):
            if rtnetlink.read_link(host.netlink(netns), ifname) is not None:
                found.append("interface {0} in namespace {1}".format(ifname, netns))
    if touched.gone_handles:
        marked = marks.names()
        handles = sorted(touched.gone_handles.difference(space.name for space in desired.namespaces))
        found += ["namespace " + name for name in handles if name in marked]
    if touched.gone_files:
        paths = sorted(touched.gone_files.difference(file.path for file in desired.files))
        found += [path for path in paths if os.path.lexists(path)]
    return (what + " is still there" for what in found)
