# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All reading of a run, and the comparison of what was read: the one way to a plan, for check, apply and verify."""

from __future__ import annotations

import contextlib
import functools
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Callable, Iterator, List, Mapping, Optional, Sequence, Tuple

from .._kernel import nft_generation
from .._kernel.errors import InsideError
from .._kernel.observe import Observed
from .._kernel.visits import Visits
from .._resources import docker_runtime, name_server, program, units
from .._resources.action import Action
from .._resources.drop_ins import DropInStates
from .._resources.file_states import FileState
from .._resources.firewalls.accept import WARN, FirewallActions, HostFirewall
from .._resources.ruleset.compare import RulesetChange
from .._resources.ruleset.listing import Listing
from .._resources.ruleset.plan import Keep, Planning
from .desired import Desired
from .plan import plan
from .quarantine import Quarantine
from .touched import left_after
from .unlike import Share, Unlike, apart, is_worth_it
from .view import View


class Planner:
    """What is left to do on a host to match a declaration: before a run, and after its actions."""

    def __init__(
        self,
        view: View,
        desired: Desired,
        firewall: str = WARN,
        meanwhile: Optional[Callable[[], object]] = None,
        consent: Optional[Callable[[Observed], None]] = None,
        quarantine: bool = False,
    ) -> None:
        """``firewall``: what to do about another one. ``meanwhile``: what else is to be computed, for the time when
        the outcome of a run is awaited from a program. ``consent`` is asked once, with the host as it is before the
        run, and raises where this declaration is not to be made real there.

        ``share`` may be set: whose process the comparison of many interfaces is shared with (``unlike``)."""
        self._view = view
        self._desired = desired
        self._meanwhile = meanwhile
        self._consent = consent
        self.share: Share = apart
        self._planning: Optional[Planning] = None
        self._generation: Optional[int] = None  # what the one transaction makes of the rules, where it is foreseen
        self._keep_rules: Optional[Keep] = None
        self.quarantine = Quarantine(desired, quarantine)
        self.firewall = HostFirewall(desired.topology, firewall, desired.ruleset)

    def plan(self) -> Tuple[Action, ...]:
        view, desired = self._view, self._desired
        owners = (desired.topology,) if desired.prune else ()
        with view.visits(desired.namespace_sysctls(), owners) as visits, contextlib.ExitStack() as stack:
            return self._planned(*self._read(visits, stack))

    def _read(self, visits: Visits, stack: contextlib.ExitStack) -> Tuple[Any, ...]:
        """What ``_planned`` takes; ``stack`` ends it."""
        view, desired, links = self._view, self._desired, self._desired.links_inside()
        without_threads = is_worth_it(links)  # for it takes a process that is yet to be made, and those do not fork
        with _aside(without_threads) as aside:
            rules = self._begin_rules(stack) if without_threads else aside(self._rules)
            accepts = aside(functools.partial(self.firewall.plan, view.firewall()))
            observed = view.observe(desired.host_sysctls(), visits, desired.limited_ifnames())
            self._ask(observed)
            unlike = stack.enter_context(Unlike(links, observed, self.share))
            files = view.files([file.path for file in desired.files], desired.topology if desired.prune else None)
            change = rules()
            first, unit_actions = self._units()
            return observed, change, files, accepts(), unit_actions, self._services(), first, unlike

    def _planned(
        self,
        observed: Observed,
        rules: Optional[RulesetChange],
        files: Mapping[str, FileState],
        accepts: FirewallActions,
        unit_actions: Tuple[Action, ...],
        services: DropInStates,
        first: Tuple[Action, ...],
        unlike: Unlike,
    ) -> Tuple[Action, ...]:
        """Again without each container that has to be left out."""
        while True:
            out = self.quarantine.names
            try:
                have = observed, rules, files, accepts, unit_actions, services, out, first
                return plan(self._desired, *have, unlike)
            except InsideError as error:
                if not self.quarantine.take_out(error.container, str(error)):
                    raise

    def _units(self) -> Tuple[Tuple[Action, ...], Tuple[Action, ...]]:
        """Of those that links need, and of the others: the program before the units that run it, and what Docker has of
        us, which is the host's as they are."""
        desired = self._desired
        found: List[Action] = []
        if desired.program is not None:
            found.extend(program.compare(desired.program, self._view.program()))
        if desired.docker_runtime is not None:
            found.extend(docker_runtime.compare(desired.docker_runtime, self._view.docker_runtime()))
        if desired.units is None:
            return (), tuple(found)
        configured = self._view.name_server(desired.topology)
        found.extend(name_server.compare(desired.topology, desired.name_server, configured))
        now = self._view.units(desired.topology, desired.units)
        found.extend(units.compare(desired.topology, desired.units, now))
        return units.compare(desired.topology, desired.units, now, first=True), tuple(found)

    def _services(self) -> DropInStates:
        wanted = self._desired.drop_ins
        return DropInStates() if wanted is None else self._view.drop_ins(self._desired.topology, wanted)

    def plan_only(self, wanted: Callable[[Action], bool]) -> Tuple[Action, ...]:
        """Of what is left to do, these."""
        return tuple(action for action in self.plan() if wanted(action))

    def _ask(self, observed: Observed) -> None:
        consent, self._consent = self._consent, None
        if consent is not None:
            consent(observed)

    def _rules(self) -> Optional[RulesetChange]:
        with contextlib.ExitStack() as stack:
            return self._begin_rules(stack)()

    def _begin_rules(self, stack: contextlib.ExitStack) -> Callable[[], Optional[RulesetChange]]:
        """Read them, and give what waits for their comparison; ``stack`` ends it."""
        topology, view, desired = self._desired.topology, self._view, self._desired
        if not desired.prune:
            return lambda: None
        view.begin_rules(topology)
        with view.rules(topology) as listing:
            planning = Planning(topology, desired.ruleset, desired.transit, listing)
            stack.callback(planning.close)
            self._planning = planning  # it lives on, for to give back thousands of elements would keep this run waiting
            if listing is None:  # those that will be are there in the body alone
                change = planning.change()
                self._generation = None
                return lambda: change
        return functools.partial(self._end_rules, planning)

    def _end_rules(self, planning: Planning) -> Optional[RulesetChange]:
        change = planning.change()
        self._generation = planning.generation_after(change) if change is not None else None
        self._keep_rules = planning.keeping(change)
        return change

    def _rules_again(self, listing: Listing) -> Optional[RulesetChange]:
        desired = self._desired
        with contextlib.closing(Planning(desired.topology, desired.ruleset, desired.transit, listing)) as planning:
            return self._end_rules(planning)

    def keep_rules(self) -> None:
        """What nft showed of them, for the next run. Called behind one that went well."""
        if self._keep_rules is not None:
            self._keep_rules(self._view.host.let_go)

    def _rules_are_as_edited(self) -> bool:
        """Whether the one transaction since they were listed was the run's own, of elements and empty chains. What
        these words are to nft was known when it was planned, and all of them are done or none: so they are what is
        wanted, and to list thousands of others again would tell nothing else."""
        if self._generation is None:
            return False
        return self._generation == nft_generation.read(self._view.host.let_go)

    def left_after(
        self, actions: Sequence[Action], meanwhile: Callable[[], object] = lambda: None
    ) -> Tuple[Action, ...]:
        """Of what these actions touched; the rest was read when they were planned. ``meanwhile``: as the planner's."""
        todo = [each for each in (meanwhile, self._meanwhile) if each is not None]
        out = self.quarantine.names
        rules = None if self._rules_are_as_edited() else self._rules_again
        return left_after(self._view.host, self._desired, actions, self.firewall, todo, out, rules)


@contextlib.contextmanager
def _aside(without_threads: bool) -> Iterator[Callable[[Callable[[], Any]], Callable[[], Any]]]:
    """Takes what is to be done, and gives what waits for its result: of a thread, which waits for programs while this
    one visits the namespaces; without threads it is done by whoever wants the result."""
    if without_threads:
        yield lambda do: do
    else:
        with ThreadPoolExecutor(1) as threads:
            yield lambda do: threads.submit(do).result
