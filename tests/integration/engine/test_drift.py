# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever is changed behind our back is announced by a check, repaired by an apply, and nothing else is touched."""

from __future__ import annotations

import os
import subprocess
from dataclasses import fields
from functools import partial
from typing import Any, Callable, Dict, Iterator, List, Optional

import mutations
import pytest
from labhost import LabHost
from lan_mutations import MACVLAN
from mutations import ROWS, Mutation, Row, shell
from overlay_mutations import VXLAN
from scenarios import DEMO, LAN, NOTHING, OVERLAY, Declaration, desired, run
from world import World, difference, world

from ansible_collections.linuxnet.fabric.plugins.module_utils._engine.desired import Desired
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.errors import FabricError
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.links.macvlan import Macvlan
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.links.vxlan import Vxlan

KINDS: Dict[str, Callable[[Desired], List[Mutation]]] = {
    kind.__name__: lambda desired, kind=kind: mutations.of_resources(kind, desired) for kind in ROWS
}
#: Of what many mutations of one attribute do alike, so many are left out between two; 1 in tests/long.
STEP = int(os.environ.get("FABRIC_STEP", "3"))
#: Kinds of which DEMO has none, and what is declared in its place.
ELSEWHERE: Dict[type, Dict[str, Row]] = {Macvlan: MACVLAN, Vxlan: VXLAN}
DECLARED = {"Macvlan": LAN, "Vxlan": OVERLAY}


def _of_links(kind: type, desired: Desired) -> List[Mutation]:
    links = [link for link in desired.links if isinstance(link, kind)]
    return [mutation for link in links for row in ELSEWHERE[kind].values() for mutation in [*row(link)][::STEP]]


KINDS.update({kind.__name__: partial(_of_links, kind) for kind in ELSEWHERE})
KINDS["packet rules"] = mutations.of_rules
KINDS["leases"] = lambda _desired: mutations.of_leases()

_baseline: World = {}


@pytest.fixture(scope="module")
def demo_host(engine_host: LabHost) -> Iterator[LabHost]:
    engine_host.run(_settle)
    yield engine_host
    engine_host.run(run, NOTHING)


@pytest.mark.parametrize("kind", ROWS, ids=lambda kind: str(kind.__name__))
def test_no_attribute_is_without_a_mutation(kind: type) -> None:
    assert set(ROWS[kind]) == set(kind._fields if issubclass(kind, tuple) else (each.name for each in fields(kind)))


@pytest.mark.parametrize("kind", ELSEWHERE, ids=lambda kind: str(kind.__name__))
def test_no_attribute_of_a_link_elsewhere_is_without_one(kind: type) -> None:
    assert set(ELSEWHERE[kind]) == {field.name for field in fields(kind)}


def test_the_bar_of_a_hundred_and_fifty_mutations_is_met(demo_host: LabHost) -> None:
    assert demo_host.run(_count) >= 150


@pytest.mark.parametrize("job", KINDS)
def test_drift_is_reported_by_name_and_repaired_and_nothing_else_is_touched(
    outcome: Callable[[str], Any], job: str
) -> None:
    problems = outcome(job)
    assert not problems, "{0} problems:\n{1}".format(len(problems), "\n".join(problems))


def test_an_interface_whose_marks_were_both_taken_away_stops_the_run_and_is_named(demo_host: LabHost) -> None:
    demo_host.run(shell, 'ip link set br-front alias ""')
    demo_host.run(shell, "ip link property del dev br-front altname fabric,default,network,front")
    message = demo_host.run(_failure)
    assert "interface br-front (bridge) exists and is not ours" in message
    hint = 'ip link set br-front alias "linuxnet.fabric/default network front"'
    assert message.endswith("give it one back: " + hint)
    demo_host.run(shell, hint)
    assert demo_host.run(run, DEMO).actions == ("add altname fabric,default,network,front to br-front",)


def test_a_removal_takes_along_what_lost_one_of_its_marks(fresh_host: LabHost) -> None:
    assert fresh_host.run(_removed_without_marks) == {}


def _drift(kind: str) -> List[str]:
    problems: List[str] = []
    declared = DECLARED.get(kind, DEMO)
    _settle(declared)
    for mutation in KINDS[kind](desired(declared)):
        trouble = _try(mutation, declared)
        if trouble:
            problems.append("{0}\n    {1}".format(mutation.script, trouble[:1200]))
            _settle(declared)
    return problems


def _try(mutation: Mutation, declared: Declaration) -> Optional[str]:
    try:
        mutation.happen()
    except subprocess.CalledProcessError as error:
        return "the mutation itself failed: {0}".format(error.stdout)
    try:
        announced, done, again = (run(declared, check=check).actions for check in (True, False, False))
    except FabricError as error:
        return "failed: {0}".format(error)
    if not any(mutation.reported in line for line in announced):
        return "not reported ({0}): {1}".format(mutation.reported, announced)
    if announced != done:
        return "announced {0}, did {1}".format(announced, done)
    if mutation.actions and len(done) != mutation.actions:
        return "more than the repair was done: {0}".format(done)
    if again:
        return "the second run still did {0}".format(again)
    odd = difference(_baseline, world())
    return "not as before: {0}, after {1}".format(odd, done) if odd else None


def _settle(declared: Declaration = DEMO) -> None:
    try:
        run(NOTHING)
    except FabricError:
        shell("ip netns list | while read name rest; do ip netns delete $name; done; nft flush ruleset")
        shell(
            "for link in $(ip -br link | sed 's/[@ ].*//'); do "
            "case $link in br-*|veth*|stray*) ip link delete $link;; esac; done"
        )
        run(NOTHING)
    run(declared)
    _baseline.clear()
    _baseline.update(world())


def _removed_without_marks() -> Dict[str, Any]:
    """What a topology whose aliases somebody cleared leaves behind."""
    forwarding_off = "for key in net/ipv4/ip_forward net/ipv6/conf/all/forwarding; do echo 0 > /proc/sys/$key; done"
    shell(forwarding_off)
    found = world()
    run(DEMO)
    shell(
        "for link in $(ip -br link | sed 's/[@ ].*//'); do "
        "case $link in br-*|veth*) ip link set $link alias '';; esac; done"
    )
    run(NOTHING)
    shell(forwarding_off)
    return difference(found, world())


def _count() -> int:
    wanted = desired(DEMO)
    return sum(len(of_kind(wanted)) for kind, of_kind in KINDS.items() if kind not in DECLARED)


def _failure() -> str:
    try:
        return "no failure: {0}".format(run(DEMO).actions)
    except FabricError as error:
        return str(error)


JOBS = {kind: (_drift, kind) for kind in KINDS}
