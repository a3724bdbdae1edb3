# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The accept in another firewall is part of the run: whatever write fails or is the last, it comes and goes with it.

The firewalls stand here as beside_stubs.py makes them; tests/integration/firewall has the real ones.
"""

from __future__ import annotations

import shutil
import subprocess
from typing import Any, Callable, Dict, Iterator, Tuple

import pytest
from beside_stubs import BEFORE6, prepare, shell
from labhost import LabHost
from scenarios import NOTHING, Declaration, run
from test_faults import _fail_everywhere, _kill_everywhere
from test_interrupted import _walk
from world import BESIDE, difference, world

from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.errors import FabricError

FRONT: Dict[str, Any] = {"front": {"enable_ipv6": True}}
WITH: Declaration = {"networks": FRONT, "containers": {"web": {"networks": ["front"]}}, "firewall": "integrate"}
MORE: Declaration = dict(WITH, networks=dict(FRONT, back={"internal": True}))
WITHOUT: Declaration = dict(WITH, firewall="warn")


@pytest.fixture(autouse=True)
def iptables() -> Iterator[None]:
    if not shutil.which("iptables-restore", path="/usr/sbin:/sbin:/usr/bin"):
        pytest.skip("needs iptables")
    yield


@pytest.mark.parametrize("job", ["fail: put in", "fail: take out", "fail: removal"])
def test_a_failed_write_is_rolled_back_whichever_it_is(outcome: Callable[[str], int], job: str) -> None:
    assert outcome(job) > 4


@pytest.mark.parametrize("job", ["kill: put in and take out"])
def test_a_kill_before_any_write_is_made_good_by_the_next_run(outcome: Callable[[str], int], job: str) -> None:
    assert outcome(job) > 8


@pytest.mark.parametrize("job", ["check: follow a network"])
def test_a_check_after_a_kill_announces_what_the_apply_does(outcome: Callable[[str], Any], job: str) -> None:
    assert outcome(job) == []


def test_what_somebody_does_to_it_is_reported_and_repaired(fresh_host: LabHost) -> None:
    fresh_host.run(prepare)
    assert fresh_host.run(_each_mutation) == []


def test_what_others_do_beside_it_is_nobodys_business(fresh_host: LabHost) -> None:
    fresh_host.run(prepare)
    assert fresh_host.run(_others_edit) == ((), "")


def test_two_topologies_have_theirs_beside_each_other(fresh_host: LabHost) -> None:
    fresh_host.run(prepare)
    assert fresh_host.run(_two_topologies) == ({}, (), (), {})


def test_where_nothing_drops_nothing_is_put_in_and_what_is_there_stays(fresh_host: LabHost) -> None:
    fresh_host.run(prepare)
    opened, closed, opened_again = fresh_host.run(_policies)
    assert not any("let br-front through" in line for line in opened)
    assert any("let br-front through chain DOCKER-USER" in line for line in closed)
    assert opened_again == ()


def test_a_chain_that_iptables_cannot_read_is_an_error_only_for_what_has_to_go_there(fresh_host: LabHost) -> None:
    fresh_host.run(prepare)
    told, ignored = fresh_host.run(_native_rule)
    assert "nothing can be let through chain DOCKER-USER in table ip filter" in told
    assert "incompatible" in told
    assert ignored


def test_a_firewall_without_a_place_for_us_is_named_with_what_to_add_by_hand(fresh_host: LabHost) -> None:
    actions, warnings = fresh_host.run(_unknown_firewall)
    assert not any("through" in line for line in actions)
    assert any("nft insert rule inet mine forward iifname br-front accept" in each for each in warnings)


def _beside(function: Callable[..., Any], *ways: Any) -> Any:
    prepare()
    return function(*ways)


#: By hand → which place it was in.
MUTATIONS = {
    "iptables -D DOCKER-USER 2": "DOCKER-USER",
    "iptables -F DOCKER-USER": "DOCKER-USER",
    "iptables -I DOCKER-USER 2 -j RETURN": "DOCKER-USER",
    "iptables -A DOCKER-USER -i br-stray -m comment --comment linuxnet.fabric/default -j ACCEPT": "DOCKER-USER",
    "iptables -R DOCKER-USER 2 -o br-front -m comment --comment linuxnet.fabric/default -j DROP": "DOCKER-USER",
    "ip6tables -D ufw6-before-forward 1": "ufw6-before-forward",
    "sed -i '/-o br-front/d' ufw/before6.rules": "before6.rules",
    "sed -i '/linuxnet/d' ufw/before6.rules": "before6.rules",
    "sed -i 's/-i br-front/-i br-stray/' ufw/before6.rules": "before6.rules",
    "firewall-cmd --zone=fabric-default --remove-interface=br-front": "firewalld zone",
    "firewall-cmd --zone=fabric-default --add-interface=br-stray": "firewalld zone",
    "sed -i '/br-front/d' firewalld/zones/fabric-default.xml": "firewalld zone",
    "sed -i '/br-front/d' firewalld/zones/fabric-default.xml; firewall-cmd --reload": "firewalld zone",
    "echo '<zone' > firewalld/zones/fabric-default.xml": "firewalld zone",
    "rm firewalld/zones/fabric-default.xml; firewall-cmd --reload": "firewalld zone",
    "rm firewalld/policies/fabric-default-in.xml": "firewalld zone",
    "rm firewalld/policies/fabric-default-out.xml; firewall-cmd --reload": "firewalld zone",
    "sed -i s/ACCEPT/DROP/ firewalld/policies/fabric-default-in.xml": "firewalld zone",
}


def _each_mutation() -> Any:
    run(WITH)
    problems = []
    for script, place in MUTATIONS.items():
        before = world()
        shell(script)
        told = run(WITH, check=True).facts["drift"]
        done = run(WITH).actions
        if len(told) != 1 or place not in told[0] or tuple(told) != done or run(WITH, check=True).changed:
            problems.append((script, told, done))
        odd = difference(before, world())
        if odd and "-F" not in script and "-j RETURN" not in script:
            problems.append((script, odd))
    run(NOTHING)
    return problems


def _others_edit() -> Any:
    run(WITH)
    shell("iptables -I DOCKER-USER -s 192.0.2.2 -j DROP; ip6tables -A ufw6-before-forward -j ACCEPT")
    shell("sed -i 's/# the end/# mine/; 1i # mine, too' ufw/before6.rules")
    done = run(WITH).actions
    run(NOTHING)
    with open(BESIDE + "/ufw/before6.rules", encoding="ascii") as file:
        expected = "# mine, too\n" + BEFORE6.replace("# the end", "# mine")
        return done, "" if file.read() == expected else "the file is not as its owner left it"


def _two_topologies() -> Any:
    other: Declaration = {"networks": {"yard": {"enable_ipv6": True}}, "containers": {}, "firewall": "integrate"}
    run(WITH)
    alone = world()
    run(other, name="other")
    first, second = run(WITH).actions, run(other, name="other").actions
    run(NOTHING, name="other")
    odd = difference(alone, world())
    run(NOTHING)
    shell("iptables -S; ip6tables -S")
    left = [line for key, line in world().items() if "linuxnet.fabric" in key + str(line)]
    return odd, first, second, dict.fromkeys(left)


def _policies() -> Any:
    for program in ("iptables", "ip6tables"):
        shell(program + " -P FORWARD ACCEPT")
    opened = run(WITH).actions
    shell("iptables -P FORWARD DROP")
    closed = run(WITH).actions
    shell("iptables -P FORWARD ACCEPT")
    return opened, closed, run(WITH).actions


def _native_rule() -> Any:
    """One that only nft can express, in the table that iptables keeps."""
    subprocess.run(["nft", "add rule ip filter DOCKER-USER fib saddr type local accept"], check=True)
    try:
        told = run(WITH).actions
    except FabricError as error:
        told = str(error)
    return told, run(WITHOUT).changed


def _unknown_firewall() -> Any:
    table = "table inet mine { chain forward { type filter hook forward priority 5; policy drop; }; }"
    subprocess.run(["nft", table], check=True)
    made = run(WITH)
    return made.actions, made.warnings


#: What runs, from where, to where.
JOBS: Dict[str, Tuple[Any, ...]] = {
    "fail: put in": (_beside, _fail_everywhere, WITHOUT, WITH),
    "fail: take out": (_beside, _fail_everywhere, WITH, WITHOUT),
    "fail: removal": (_beside, _fail_everywhere, WITH, NOTHING),
    "kill: put in and take out": (_beside, _kill_everywhere, WITHOUT, WITH),
    "check: follow a network": (_beside, _walk, WITH, "ip6tables -D ufw6-before-forward 1", MORE, WITHOUT),
}
