# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The units by which a host brings its networks back are part of what is declared: compared, repaired, taken away."""

from __future__ import annotations

import json
import re
from typing import Any, Dict, Iterator, List

import pytest

from tests.integration.overlay.peer import SHOP, told
from tests.lab.ansible import ROOT
from tests.lab.booted import BootedLab, missing
from tests.lab.booted_host import BootedHost
from tests.lab.waiting import wait_for

RESTORE, RULES = "linuxnet-fabric@default.service", "linuxnet-fabric-nftables@default.service"
FIREWALLD = "linuxnet-fabric-firewalld@default.service"
LATE, HEAL = "linuxnet-fabric-late@default.service", "linuxnet-fabric-heal@default.timer"
DIRECTORY = "/etc/systemd/system/"
WORDS: Dict[str, Any] = {
    "networks": {"front": {}},
    "containers": {"web": {"networks": ["front"]}},
    "restore": "auto",
}


@pytest.fixture
def host(booted: BootedLab) -> BootedHost:
    return booted.host


@pytest.fixture(scope="module")
def applied() -> Iterator[BootedHost]:
    """One that is as declared before each test, as the last one left it after."""
    if missing():
        pytest.skip("a lab host that boots needs " + missing())
    with BootedLab() as lab:
        lab.host.run(["systemctl", "start", "nftables"])
        lab.host.module("topology", WORDS)
        yield lab.host


def states(host: BootedHost, *units: str) -> List[str]:
    """``enabled active`` for each, in their order."""
    shown = host.run(["systemctl", "show", "--property=UnitFileState,ActiveState", *units]).stdout
    words = [dict(line.split("=") for line in each.split()) for each in shown.split("\n\n")]
    return ["{0} {1}".format(each["UnitFileState"], each["ActiveState"]).strip() for each in words]


def all_up(host: BootedHost, *units: str) -> bool:
    return set(states(host, *units)) == {"enabled active"}


def ran(host: BootedHost, unit: str) -> int:
    """When the unit began to do something last, in microseconds since the boot; 0: never."""
    return int(host.run(["systemctl", "show", "--property=ExecMainStartTimestampMonotonic", "--value", unit]).stdout)


def test_a_first_run_writes_enables_and_starts_them_and_a_second_one_has_nothing_to_do(host: BootedHost) -> None:
    announced = host.module("topology", WORDS, check=True)["actions"]
    made = host.module("topology", WORDS)["actions"]

    assert made == announced
    assert ["write and enable " + unit for unit in (RESTORE, RULES, FIREWALLD)] == [
        line for line in made if "@" in line
    ]
    wait_for(lambda: all_up(host, RESTORE), what="it is active")
    assert host.module("topology", WORDS)["actions"] == []
    assert ran(host, RESTORE) and not ran(host, RULES) and not ran(host, FIREWALLD)


@pytest.mark.parametrize("how", ["reboot", "crash"])
def test_a_boot_runs_them_before_the_network_that_others_wait_for(host: BootedHost, how: str) -> None:
    host.module("topology", WORDS)
    wait_for(lambda: all_up(host, RESTORE), what="it is active")
    getattr(host, how)()

    assert host.failed_units() == [] and all_up(host, RESTORE)
    assert host.run(["ip", "netns", "list"]).stdout.split()[0] == "web"
    order = host.run(["systemctl", "show", "--property=After", "--value", "network-pre.target"]).stdout.split()
    assert RESTORE in order


DRIFT = {
    "disabled": (["systemctl", "disable", RESTORE], "enable " + RESTORE),
    "stopped": (["systemctl", "stop", RULES], "start " + RULES),
    "changed": (["sed", "-i", "s/--early //", DIRECTORY + RESTORE], "rewrite " + RESTORE),
    "removed": (["rm", DIRECTORY + RULES], "write and enable " + RULES),
}


@pytest.mark.parametrize("what", DRIFT)
def test_what_somebody_did_to_a_unit_is_drift_and_is_repaired(applied: BootedHost, what: str) -> None:
    wait_for(lambda: all_up(applied, RESTORE, RULES), what="it is active")
    command, named = DRIFT[what]
    applied.run(command)

    found = applied.module("topology", WORDS, check=True)
    assert found["drift"] == [named] and found["intended"] == []
    applied.module("topology", WORDS)

    wait_for(lambda: all_up(applied, RESTORE, RULES), what="it is active")
    assert applied.module("topology", WORDS, check=True)["actions"] == []


def test_heal_is_a_timer_and_a_shorter_time_is_an_intended_change(applied: BootedHost) -> None:
    applied.module("topology", dict(WORDS, heal=5))
    wait_for(lambda: all_up(applied, HEAL), what="the timer is active")
    shorter = applied.module("topology", dict(WORDS, heal=1), check=True)
    assert shorter["intended"] == ["rewrite " + HEAL]
    applied.module("topology", dict(WORDS, heal=1))
    assert "1min" in applied.run(["systemctl", "show", "--property=TimersMonotonic", HEAL]).stdout
    applied.module("topology", dict(WORDS, heal=1, metrics_directory="/var/lib"))
    applied.run(["systemctl", "start", HEAL.replace(".timer", ".service")])
    figures = ["grep", "-F", 'check_success{topology="default"} 1', "/var/lib/linuxnet-fabric.prom"]
    wait_for(lambda: applied.run(figures, check=False).returncode == 0, what="the repair writes figures")
    assert sorted(applied.module("topology", WORDS)["actions"]) == [
        "remove linuxnet-fabric-heal@default.service",
        "remove linuxnet-fabric-heal@default.timer",
    ]


def test_networks_on_links_of_others_have_a_unit_after_the_network(applied: BootedHost) -> None:
    lan = {"driver": "macvlan", "parent": "eth0", "ipam": {"config": [{"ip_range": "198.51.100.192/28"}]}}
    made = applied.module("topology", dict(WORDS, networks=dict(WORDS["networks"], lan=lan)))["actions"]
    assert "write and enable " + LATE in made
    after = applied.run(["systemctl", "show", "--property=After", "--value", LATE]).stdout.split()
    assert {"network.target", RESTORE} <= set(after)
    assert "remove " + LATE in applied.module("topology", WORDS)["actions"]


@pytest.mark.parametrize("mode", ["routed", "bridged"])
def test_a_boot_brings_overlays_back_with_the_ways_to_other_hosts_when_the_uplink_is_there(
    applied: BootedHost, mode: str
) -> None:
    containers = {"web": {"networks": ["shop"]}}
    networks = {"shop": dict(SHOP, overlay_mode=mode)}
    fleet = told(networks, {"here": applied.ipv4, "there": "198.51.100.99"}, containers)
    words = {"networks": networks, "containers": containers, "fleet": fleet, "restore": "auto"}
    assert "write and enable " + LATE in applied.module("topology", words)["actions"]
    ways = [["ip", "-d", "link", "show", "type", "vxlan"], ["bridge", "fdb", "show", "dev", "vxlanaaed7988b4"]]
    before = [_without_numbers(applied.run(each).stdout) for each in ways]

    applied.crash()

    wait_for(lambda: all_up(applied, RESTORE, LATE), 60, what="both units are active")
    assert applied.failed_units() == []
    assert [_without_numbers(applied.run(each).stdout) for each in ways] == before
    assert applied.module("topology", words, check=True)["actions"] == []
    applied.module("topology", WORDS)


def _without_numbers(listing: str) -> str:
    """An interface's number is another one after each boot."""
    return re.sub(r"(?m)^[0-9]+: ", "", listing)


def test_a_unit_of_our_name_that_is_not_ours_stops_the_run_before_it_changes_anything(host: BootedHost) -> None:
    host.write(DIRECTORY + RESTORE, "[Unit]\nDescription=mine\n")
    refused = host.module("topology", WORDS, fail=True)
    assert RESTORE in refused["msg"] and "is not ours" in refused["msg"]
    assert host.run(["ip", "netns", "list"]).stdout == ""


def test_the_last_topology_takes_its_units_with_it_and_another_ones_stay(host: BootedHost) -> None:
    host.module("topology", dict(WORDS, heal=5))
    host.module("topology", {"name": "other", "networks": {"more": {}}, "containers": {}, "restore": "auto"})
    host.module("topology", {"state": "absent"})
    left = host.run(["find", DIRECTORY, "-name", "linuxnet-fabric*"]).stdout
    assert "@default" not in left and "@other.service" in left
    host.module("topology", {"name": "other", "state": "absent"})
    assert host.run(["find", DIRECTORY, "-name", "linuxnet-fabric*"]).stdout == ""
    assert host.run(["find", DIRECTORY, "-name", "*firewall*"]).stdout == ""
    wait_for(lambda: set(states(host, RESTORE, RULES)) == {"inactive"}, what="systemd forgets them")
    assert host.run(["systemctl", "list-units", "--all", "--plain", "--no-legend", "linuxnet-fabric*"]).stdout == ""


LAB_HOST = """
import json, sys
sys.path.insert(0, sys.argv[1])
from tests.lab import Lab
with Lab() as lab:
    words = json.loads(sys.argv[2])
    made = lab.host.module("topology", words)
    refused = lab.host.module("topology", dict(words, restore="true", heal=1, dns="unbound"), fail=True)
    print(json.dumps([made["actions"], refused["msg"]]))
"""


def test_a_lab_host_on_a_machine_with_systemd_leaves_that_machines_units_alone(host: BootedHost) -> None:
    """Its process 1 and its /etc are that machine's, and there is a topology of the same name."""
    host.module("topology", WORDS)
    units = host.run(["find", DIRECTORY, "-name", "linuxnet-fabric*"]).stdout
    actions, message = json.loads(host.python(LAB_HOST, str(ROOT), json.dumps(WORDS)).splitlines()[-1])
    assert "create namespace web" in actions and not [line for line in actions if "@" in line]
    assert "topology_restore: true: systemd is not in the network namespace of this run" in message
    assert "topology_heal: 1: systemd is not in the network namespace" in message
    assert "topology_dns: unbound: systemd is not in the network namespace" in message
    assert host.run(["find", DIRECTORY, "-name", "linuxnet-fabric*"]).stdout == units


def runs(host: BootedHost, unit: str) -> bool:
    """Whether its program runs just now."""
    return host.run(["systemctl", "show", "--property=MainPID", "--value", unit]).stdout.strip() != "0"


def there(host: BootedHost) -> bool:
    """Our rules."""
    return "fabric-default" in host.run(["nft", "list", "tables"]).stdout


def test_the_start_of_one_firewall_that_stops_the_other_brings_our_rules_back_too(applied: BootedHost) -> None:
    for firewall, ours, others in (("firewalld", FIREWALLD, RULES), ("nftables", RULES, FIREWALLD)):
        applied.run(["systemctl", "start", firewall])
        wait_for(lambda: there(applied) and all_up(applied, ours), 30, "our rules after " + firewall)  # noqa: B023
        assert not all_up(applied, others)


def test_a_reload_of_a_firewall_while_ours_is_still_starting_is_not_lost(applied: BootedHost) -> None:
    applied.run(["systemctl", "start", "nftables"])
    wait_for(lambda: all_up(applied, RESTORE, RULES) and not runs(applied, RULES), 30, "all has come to its end")
    applied.start("another-run", ["flock", "/var/lib/linuxnet-fabric/lock", "sleep", "infinity"])
    held = ["flock", "--nonblock", "/var/lib/linuxnet-fabric/lock", "true"]
    wait_for(lambda: applied.run(held, check=False).returncode != 0, what="another run holds the host")
    applied.run(["systemctl", "stop", RULES])
    applied.run(["systemctl", "start", "--no-block", RULES])
    wait_for(lambda: runs(applied, RULES), what="ours waits for the host")

    applied.run(["systemctl", "reload", "nftables"])

    assert states(applied, RULES) == ["enabled reloading"] and not there(applied)
    applied.run(["systemctl", "stop", "another-run"])
    wait_for(lambda: there(applied) and all_up(applied, RULES), 30, "our rules are back")


def test_who_reloads_ours_after_a_firewall_waits_for_our_rules(applied: BootedHost) -> None:
    for word in ("reload", "restart"):
        applied.run(["systemctl", word, "nftables"])
        applied.run(["systemctl", "reload", "linuxnet-fabric-nftables@*"])
        assert there(applied), word
