# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What was applied comes back after a boot by what is kept on the host, the same as it was."""

from __future__ import annotations

import fcntl
import functools
import os
import signal
import subprocess
import time
from typing import Any, Tuple

import pytest
from faults import before_each_write, kill_at
from labhost import LabHost, in_child
from rebooting import reboot
from scenarios import DEMO, EDITED, LAN, run
from world import difference, world

from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel import names
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.errors import FabricError
from ansible_collections.linuxnet.fabric.plugins.module_utils._module import restore as restoring
from ansible_collections.linuxnet.fabric.plugins.module_utils._module.restore import check, heal, restore

MIXED = {
    "networks": {
        "front": {},
        "lan": {
            "driver": "macvlan",
            "parent": "up0",
            "ipam": {"config": [{"subnet": "198.51.100.0/24", "ip_range": "198.51.100.64/28"}]},
        },
        "yard": {"external": True, "bridge": "yard0"},
    },
    "containers": {"web": {"networks": ["front", "lan", "yard"], "ports": ["8080:80"]}, "db": {"networks": ["yard"]}},
}

KEPT = names.DECLARED_DIRECTORY + "/default.json"


def _sh(script: str) -> None:
    subprocess.run(["sh", "-ec", script], check=True)


def came_back(declared: Any) -> Tuple[Any, ...]:
    run(declared)
    before = world()
    reboot()
    restored = restore("default")
    return restored.changed, difference(before, world()), check("default").actions, run(declared, check=True).actions


@pytest.mark.parametrize("declared", [DEMO, LAN], ids=["bridges", "on a LAN"])
def test_a_boot_brings_back_the_same_addresses_ports_rules_and_files(fresh_host: LabHost, declared: Any) -> None:
    changed, odd, checked, applied = fresh_host.run(came_back, declared)
    assert changed
    assert odd == {}
    assert checked == ()
    assert applied == (), "for the controller, too, there is nothing left to do"


def without_an_uplink() -> Tuple[Any, ...]:
    _sh("ip link set up0 mtu 1400; ip link set up1 mtu 1400")
    run(DEMO)
    before = world()
    reboot()
    _sh("ip route delete default; ip link set up0 mtu 1500; ip link set up1 mtu 1500")
    restore("default", early=True)
    odd = {key: value for key, value in difference(before, world()).items() if "up0" not in key and "up1" not in key}
    odd = {key: value for key, value in odd.items() if "route" not in key}
    later = check("default").actions
    _sh("ip link set up0 mtu 1400; ip route add default via 198.51.100.1")
    return odd, later, check("default").actions


def test_what_it_took_from_its_surroundings_is_what_it_was_and_a_check_compares_it(fresh_host: LabHost) -> None:
    odd, later, again = fresh_host.run(without_an_uplink)
    assert odd == {}
    assert "set mtu of br-front from 1400 to 1500" in later
    assert again == ()


def on_links_of_others() -> Tuple[Any, ...]:
    make = "ip link add yard0 type bridge; ip link set yard0 up; ip address add 10.77.0.1/24 dev yard0"
    _sh(make)
    run(MIXED)
    before = world()
    reboot()
    _sh("ip link delete yard0; ip link set up0 name later0")
    restore("default", early=True)
    links = sorted(each for each in world() if each.startswith("in web link "))
    try:
        restore("default")
        refused = ""
    except FabricError as error:
        refused = str(error)
    _sh(
        "ip link set later0 down; ip link set later0 name up0; ip link set up0 up\n"
        "ip route add default via 198.51.100.1"
    )
    _sh(make)
    restore("default")
    odd = [key for key in difference(before, world()) if "yard0" not in key and "up0" not in key]
    return links, refused, odd, check("default").actions


def test_what_stands_on_links_of_others_follows_when_they_are_there(fresh_host: LabHost) -> None:
    links, refused, odd, checked = fresh_host.run(on_links_of_others)
    assert {line.split()[3] for line in links} == {"lo", "eth0"}, "the rest does not wait for them"
    assert "no interface up0" in refused and "yard0" in refused
    assert odd == []
    assert checked == ()


def interrupted(number: int) -> Tuple[Any, ...]:
    run(DEMO)
    before = world()

    def change() -> None:
        with before_each_write(kill_at(number)):
            run(EDITED)

    status = in_child(change)
    reboot()
    first = restore("default").actions[:1]
    return status, first, difference(before, world()), check("default").actions


def test_power_that_goes_in_the_middle_of_a_run_leads_back_to_the_one_before(fresh_host: LabHost) -> None:
    status, first, odd, checked = fresh_host.run(interrupted, 40)
    assert status == -9
    assert first == ("take back the interrupted run of topology default",)
    assert odd == {}
    assert checked == ()


def unconfirmed() -> Tuple[Any, ...]:
    run(DEMO)
    before = world()
    in_child(functools.partial(run, EDITED, confirm_timeout=600))
    reboot()
    restore("default")
    return difference(before, world()), check("default").actions


def test_a_run_that_waited_for_its_confirmation_is_taken_back_by_the_boot(fresh_host: LabHost) -> None:
    odd, checked = fresh_host.run(unconfirmed)
    assert odd == {}
    assert checked == ()


def flushed() -> Tuple[Any, ...]:
    run(DEMO)
    _sh("nft flush ruleset; ip link set br-front mtu 1280")
    rules = restore("default", rules_only=True).actions
    left = check("default").actions
    return rules, left, heal("default").actions, check("default").actions


def test_rules_alone_are_loaded_again_and_healing_repairs_the_rest(fresh_host: LabHost) -> None:
    rules, left, healed, checked = fresh_host.run(flushed)
    assert all("nft" in line for line in rules) and rules
    assert left == ("set mtu of br-front from 1280 to 1500",)
    assert (healed, checked) == (left, ())


def nothing_kept() -> str:
    run(DEMO)
    try:
        restore("shop")
    except FabricError as error:
        return str(error)
    return "restored"


def test_what_was_never_applied_is_named_with_what_was(fresh_host: LabHost) -> None:
    assert "no topology shop" in fresh_host.run(nothing_kept)


def started_by_a_run() -> Tuple[int, Tuple[str, ...], Tuple[str, ...]]:
    """What a restore does that begins while a run holds the host, which keeps its declaration after that."""
    run(DEMO)
    os.rename(KEPT, KEPT + ".later")

    def restored() -> None:
        assert restore("default").actions == ()

    with open(names.LOCK_FILE, encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        child = os.fork()
        if child == 0:
            os.close(lock.fileno())
            os._exit(in_child(restored))
        time.sleep(0.5)
        os.rename(KEPT + ".later", KEPT)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), check("default").actions, run(DEMO, check=True).actions


def with_another_in_between() -> Tuple[Any, ...]:
    """A restore that read what was declared, and a run that was there before it held the host."""
    run(DEMO)
    read, asked = restoring._last, []  # type: Any, List[str]

    def overtaken(topology: str) -> Any:
        record = read(topology)
        asked.append(topology)
        if len(asked) == 1:
            run(EDITED)
        return record

    restoring._last = overtaken
    restored = restore("default").actions
    return len(asked), restored, run(EDITED, check=True).actions


def test_a_run_that_comes_between_reading_and_holding_the_host_is_not_restored_over(fresh_host: LabHost) -> None:
    assert fresh_host.run(with_another_in_between) == (2, (), ())


def killed_before_it_kept() -> Tuple[Any, ...]:
    """A run that has verified what it made, and is killed before it keeps what it has made real."""
    run(DEMO)

    def kill(_number: int, what: str) -> None:
        if what == "declared":
            os.kill(os.getpid(), signal.SIGKILL)

    def change() -> None:
        with before_each_write(kill):
            run(EDITED)

    status = in_child(change)
    return status, heal("default").actions, run(EDITED, check=True).actions


def test_what_a_killed_run_had_made_and_not_yet_kept_is_not_healed_away(fresh_host: LabHost) -> None:
    status, healed, left = fresh_host.run(killed_before_it_kept)
    assert status == -9
    assert healed == ("finish the interrupted run of topology default",), "and nothing of what it had made goes"
    assert left == ()


def removed_in_between() -> Tuple[Any, ...]:
    run(DEMO)
    read = restoring._last

    def overtaken(topology: str) -> Any:
        record = read(topology)
        run(DEMO, state="absent")
        return record

    restoring._last = overtaken
    try:
        restore("default")
        said = ""
    except FabricError as error:
        said = str(error)
    return said, [each for each in world() if "br-front" in each]


def test_what_is_removed_in_between_stays_away(fresh_host: LabHost) -> None:
    said, left = fresh_host.run(removed_in_between)
    assert "no topology default" in said
    assert left == []


def test_a_restore_that_a_run_starts_waits_for_what_the_run_keeps(fresh_host: LabHost) -> None:
    assert fresh_host.run(started_by_a_run) == (0, (), ())
