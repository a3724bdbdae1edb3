# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is inside one container's namespace spoils that container's run, and nobody else's."""

from __future__ import annotations

import os
import subprocess
import time
from typing import Any, Dict, Iterator, NamedTuple, Optional, Tuple
from unittest import mock

import pytest
from labhost import LabHost
from mutations import shell
from scenarios import DEMO, EDITED, NOTHING, Declaration, run
from world import difference, world

from ansible_collections.linuxnet.fabric.plugins.module_utils._engine import session
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.errors import FabricError

_INSIDE = "nsenter --net=/run/netns/{0} sh -ec '{1}'"


@pytest.fixture(scope="module")
def demo_host(engine_host: LabHost) -> Iterator[LabHost]:
    yield engine_host
    engine_host.run(run, NOTHING)


class Told(NamedTuple):
    """Of a run: what it did; of what it left out, why; and what else it said."""

    actions: Tuple[str, ...]
    left_out: Dict[str, str]
    message: str = ""


def apply(declared: Optional[Declaration], check: bool = False, quarantine: bool = True) -> Told:
    try:
        return Told(run(declared, check, quarantine=quarantine).actions, {})
    except FabricError as error:
        details = error.details
        return Told(tuple(details.get("actions", ())), details.get("quarantined", {}), str(error))


def mend(script: str) -> None:
    subprocess.run(["sh", "-c", script], check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


# --- what a run puts right by itself


@pytest.mark.parametrize(
    "names",
    [
        ("eth0 tmp", "eth1 eth0", "tmp eth1"),
        ("eth1 other", "eth0 eth1"),
        ("eth0 one", "eth1 two"),
    ],
    ids=lambda names: ", ".join(names),
)
def test_interfaces_that_have_each_others_names_get_their_own(demo_host: LabHost, names: Tuple[str, ...]) -> None:
    announced, done, again, odd = demo_host.run(_renamed, names)
    assert done.message == again.message == ""
    assert announced.actions == done.actions
    assert done.actions and not again.actions
    assert odd == {}


def _renamed(names: Tuple[str, ...]) -> Any:
    run(DEMO)
    before = world()
    shell("; ".join("ip -n web link set {0} name {1}".format(*pair.split()) for pair in names))
    announced = apply(DEMO, check=True)
    done = apply(DEMO)
    return announced, done, apply(DEMO), difference(before, world())


# --- what it cannot put right

#: What a program in the namespace of web did, and how it is undone again; and of what the run then complains.
SPOILT: Dict[str, Tuple[str, str, str]] = {
    "a foreign link called eth0": (
        "ip -n web link set eth0 name away0; ip -n web link add eth0 type veth peer name eth0peer",
        "ip -n web link delete eth0; ip -n web link set away0 name eth0",
        "interface eth0 in namespace web is not ours",
    ),
    "a foreign link whose name is no UTF-8": (
        r'name=$(printf "\377\376\033x"); ip -n web link set eth0 name away0; '
        r'ip -n web link add eth0 type veth peer name "$name"',
        "ip -n web link delete eth0; ip -n web link set away0 name eth0",
        "interface eth0 in namespace web is not ours",
    ),
    "100,000 routes": (
        "seq 0 99999 | awk '{printf \"route add unreachable 10.%d.%d.%d/32\\n\", $1/65536, $1/256%256, $1%256}' "
        "| ip -n web -batch -",
        "ip -n web route flush type unreachable",
        "namespace web: its addresses and routes: more than 4096",
    ),
    "10,000 addresses": (
        "seq 0 9999 | awk '{printf \"address add 10.9.%d.%d/32 dev lo\\n\", $1/256, $1%256}' | ip -n web -batch -",
        "ip -4 -n web address flush dev lo; ip -n web address add 127.0.0.1/8 dev lo",
        "namespace web: its addresses and routes: more than 1024",
    ),
}


@pytest.mark.parametrize("what", SPOILT)
def test_a_container_that_cannot_be_made_right_is_left_out_and_named(demo_host: LabHost, what: str) -> None:
    script, back, told = SPOILT[what]
    check, done, others, mended, odd = demo_host.run(_spoilt, script, back)
    assert told in done.left_out["web"]
    assert set(done.left_out) == {"web", "sidecar"}
    assert done.left_out["sidecar"] == "it shares the namespace of web"
    assert check.actions == done.actions
    assert any("mover" in line for line in done.actions), "what is wrong elsewhere is put right"
    assert not any("web" in line for line in done.actions)
    assert others == (), "and stays so"
    assert mended.message == "" and odd == {}


def _spoilt(script: str, back: str) -> Any:
    run(DEMO)
    before = world()
    shell(script)
    shell("ip -n mover route delete default")
    check, done, again = apply(DEMO, check=True), apply(DEMO), apply(DEMO)
    assert again.left_out == done.left_out, "never called clean"
    mend(back)
    mended = apply(DEMO)
    return check, done, again.actions, mended, difference(before, world())


def test_a_container_full_of_routes_and_addresses_costs_a_check_little(demo_host: LabHost) -> None:
    """Compared with a check of the same host without them, for clocks of machines that do other things are no bar.

    ``FABRIC_SECONDS`` (tests/long) is one, of the clock on the wall.
    """
    plain, full = demo_host.run(_costs)
    print("a check: {0.wall:.2f} s, with the routes and addresses {1.wall:.2f} s".format(plain, full))
    assert full.processor < 10 * plain.processor + 1
    assert full.wall < float(os.environ.get("FABRIC_SECONDS", "inf"))


class Cost(NamedTuple):
    """In seconds."""

    processor: float
    wall: float


def _costs() -> Tuple[Cost, Cost]:
    run(DEMO)
    crowds = [SPOILT[what] for what in ("100,000 routes", "10,000 addresses")]
    plain = _cost_of_a_check()
    for script, _back, _told in crowds:
        shell(script)
    full = _cost_of_a_check()
    for _script, back, _told in crowds:
        mend(back)
    return plain, full


def _cost_of_a_check() -> Cost:
    processor, wall = time.process_time(), time.perf_counter()
    apply(DEMO, check=True)
    return Cost(time.process_time() - processor, time.perf_counter() - wall)


# --- what goes wrong while it works


def _with(declared: Declaration, container: str, **words: Any) -> Declaration:
    containers = dict(declared["containers"])
    containers[container] = dict(containers.get(container, {"networks": ["front"]}), **words)
    return dict(declared, containers=containers)


def _applied_where_late_is_refused(declared: Declaration, quarantine: bool = True) -> Told:
    """As on a kernel that takes no namespace of this name."""
    usual = session.perform

    def refusing(host: Any, step: Any) -> None:
        usual(host, step)
        if step.name == "netns.create" and step.arguments["name"] == "late":
            raise OSError(22, "Invalid argument")

    with mock.patch.object(session, "perform", refusing):
        return apply(declared, quarantine=quarantine)


def test_what_the_kernel_refuses_one_container_keeps_no_other_from_being_made(fresh_host: LabHost) -> None:
    done, odd, again = fresh_host.run(_refused, _with(EDITED, "late"))
    assert set(done.left_out) == {"late"}
    assert "Invalid argument" in done.left_out["late"]
    assert done.message.startswith("left out because of what is inside, and as before: late: ")
    assert all("late" in key for key in odd), "the others are as if it were not declared"
    assert again.left_out == done.left_out
    assert [line for line in again.actions if "late" not in line] == []


def _refused(declared: Declaration) -> Any:
    run(EDITED)
    wanted = world()
    run(NOTHING)
    done = _applied_where_late_is_refused(declared)
    odd = {key for key in difference(wanted, world()) if not key.startswith(("lease ", "file ", "nft "))}
    return done, odd, _applied_where_late_is_refused(declared)


def test_without_quarantine_the_whole_run_goes_back(fresh_host: LabHost) -> None:
    message, odd = fresh_host.run(_all_or_nothing, _with(EDITED, "late"))
    assert message.endswith("What the run had done was undone; the host is as before")
    assert odd == {}


def _all_or_nothing(declared: Declaration) -> Any:
    run(DEMO)
    before = world()
    message = _applied_where_late_is_refused(declared, quarantine=False).message
    return message, difference(before, world())


def test_a_container_that_undoes_what_the_run_does_is_left_out_after_the_verification(fresh_host: LabHost) -> None:
    done, again = fresh_host.run(_works_against_us)
    assert set(done.left_out) == {"mover"}
    assert "it does not match after the last action; still to do: add " in done.left_out["mover"]
    assert any("new" in line for line in done.actions)
    assert again.message == ""


def _works_against_us() -> Any:
    """Whenever the host is verified, a program in mover has taken its address away."""
    run(DEMO)
    whole = session.Session._verify
    flush = "ip -n mover address flush dev eth0 scope global"

    def after_the_program(self: session.Session, *arguments: Any) -> None:
        shell(flush)
        whole(self, *arguments)

    declared = _with(dict(DEMO, networks=dict(DEMO["networks"], new={})), "mover", networks=["new"])
    declared["containers"]["other"] = {"networks": ["new"]}
    with mock.patch.object(session.Session, "_verify", after_the_program):
        done = apply(declared)
    return done, apply(declared)
