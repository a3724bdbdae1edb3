# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The program of the host, as one file and by its own process, on a host that was applied."""

from __future__ import annotations

import functools
import json
import os
import subprocess
from typing import Any, Dict, List, Tuple

from faults import before_each_write, kill_at
from labhost import LabHost, in_child
from rebooting import reboot
from scenarios import DEMO, EDITED, run
from world import difference, world

from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel import archive, marks, names

_PROGRAM = "/run/netns/.linuxnet-fabric"  # of the lab host alone
Done = Tuple[int, str, str]


def call(*words: str) -> Done:
    done = subprocess.run([_PROGRAM, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    return done.returncode, done.stdout, done.stderr


def _applied() -> None:
    archive.install(_PROGRAM)
    run(DEMO)


def shown() -> Dict[str, Any]:
    _applied()
    words: List[List[str]] = [["ls"], ["ls", "--json"], ["inspect", "web", "--json"], ["inspect", "front"]]
    words += [["inspect", "nobody"], ["leases"], ["leases", "--json"], ["journal"], ["check"]]
    return {" ".join(each): call(*each) for each in words}


def test_what_there_is_is_shown_to_people_and_to_programs(fresh_host: LabHost) -> None:
    done = fresh_host.run(shown)
    text = done["ls"][1]
    assert "db         default   bridge         back          172.18.0.3 fd00:" in text
    assert "127.0.0.1:8443->443/tcp" in text and "drifted" not in text
    said = json.loads(done["ls --json"][1])["topologies"]["default"]
    assert said["containers"]["web"]["state"] == "ok" and said["drift"] == [] and said["heal"] is None
    assert said["networks"]["front"]["subnets"] == ["172.17.0.0/16"]
    (web,) = json.loads(done["inspect web --json"][1])["found"]
    assert web["declared"] == DEMO["containers"]["web"]
    assert {row["address"] for row in web["leased"] if row["kind"] == "address"} >= {"172.17.0.2", "172.18.0.2"}
    assert web["really"]["networks"]["front"]["ipv4_address"] == "172.17.0.2"
    assert "network: front" in done["inspect front"][1]
    assert done["inspect nobody"][0] == 1 and "there is: agent, back, batch" in done["inspect nobody"][2]
    assert "172.17.0.2" in done["leases"][1] and len(json.loads(done["leases --json"][1])["leases"]) == 20
    assert done["journal"] == (0, "every run came to its end\n", "")
    assert done["check"] == (0, "default: as it was applied\n", "")


def drifted() -> Dict[str, Any]:
    _applied()
    run({"networks": {"yard": {}}, "containers": {"goat": {"networks": ["yard"]}}}, name="farm")
    subprocess.run(["ip", "link", "set", "br-front", "mtu", "1300"], check=True)
    words = [["check", "--keep"], ["check", "farm"], ["check", "--json"], ["check", "nobody"], ["ls"]]
    done = {" ".join(each): call(*each) for each in words}
    kept = _kept()
    healed = {" ".join(each): call(*each) for each in [["restore", "--heal"], ["check"], ["ls", "--json"]]}
    return {**done, **healed, "kept": kept, "kept by heal": _kept()}


def _kept() -> Dict[str, Any]:
    """What each topology's file says, which everybody may read."""
    found = {}
    for name in os.listdir(names.CHECKED_DIRECTORY):
        path = os.path.join(names.CHECKED_DIRECTORY, name)
        assert os.stat(path).st_mode & 0o777 == 0o644
        with open(path, encoding="utf-8") as file:
            (line,) = file.read().splitlines()
        found[name] = json.loads(line)
    return found


def test_check_tells_drift_by_its_exit_status_and_heal_repairs_it(fresh_host: LabHost) -> None:
    done = fresh_host.run(drifted)
    assert done["check farm"][0] == 0
    assert json.loads(done["check --json"][1])["topologies"]["default"]["drifted"] == [
        "set mtu of br-front from 1300 to 1500"
    ]
    assert done["check --json"][0] == 2
    assert done["check nobody"][0] == 1
    assert "front    default   bridge  172.17.0.0/16" in done["ls"][1] and "drifted" in done["ls"][1]
    assert "set mtu of br-front from 1300 to 1500" in done["restore --heal"][1]
    assert done["check"] == (0, "default: as it was applied\nfarm: as it was applied\n", "")
    healed = json.loads(done["ls --json"][1])["topologies"]["default"]["heal"]
    assert (healed["repaired"], healed["error"]) == (["set mtu of br-front from 1300 to 1500"], "")
    assert done["kept"].keys() == {"default.json", "farm.json"}
    kept = done["kept"]["default.json"]
    assert [(each["kind"], each["text"]) for each in kept["changes"]] == [
        ("drift", "set mtu of br-front from 1300 to 1500")
    ]
    assert (kept["topology"], kept["repaired"], kept["networks"]["front"]["bridge"]) == ("default", [], "br-front")
    kept = done["kept by heal"]["default.json"]
    assert (kept["changes"], kept["repaired"]) == ([], ["set mtu of br-front from 1300 to 1500"])


def booted() -> Tuple[Any, ...]:
    _applied()
    before = world()
    status = in_child(functools.partial(_killed, 40))
    told = call("journal")
    reboot()
    archive.install(_PROGRAM)
    later = call("journal")
    return status, told, later, call("restore"), difference(before, world()), call("check")[0]


def _killed(number: int) -> None:
    with before_each_write(kill_at(number)):
        run(EDITED)


def test_restore_needs_nothing_but_what_is_on_the_host(fresh_host: LabHost) -> None:
    status, told, later, restored, odd, checked = fresh_host.run(booted)
    assert status == -9
    assert "a run of the topology default was interrupted: " in told[1]
    assert "the host was booted since" in later[1]
    assert restored[0] == 0 and "take back the interrupted run of topology default" in restored[1]
    assert (odd, checked) == ({}, 0)


def entered() -> Dict[str, Done]:
    _applied()
    return {
        "files": call("exec", "db", "--", "cat", "/etc/hostname"),
        "links": call("exec", "db", "--", "sh", "-c", "ls /sys/class/net; exit 7"),
        "outside": (0, subprocess.run(["cat", "/etc/hostname"], stdout=subprocess.PIPE, text=True).stdout, ""),
        "no such command": call("exec", "db", "--", "no-such-command"),
        "no such container": call("exec", "nobody", "--", "true"),
        "no command": call("exec", "db"),
    }


def test_exec_is_in_the_namespace_with_its_files_and_exits_as_the_command(fresh_host: LabHost) -> None:
    done = fresh_host.run(entered)
    assert done["files"][:2] == (0, "database\n")
    assert done["links"][:2] == (7, "eth0\nlo\n")
    assert done["outside"][1] != "database\n"
    assert done["no such command"][0] == 1 and "no-such-command" in done["no such command"][2]
    assert done["no such container"][0] == 1 and "there is no container nobody" in done["no such container"][2]
    assert done["no command"][0] == 1


def repaired() -> Tuple[Any, ...]:
    _applied()
    before = world()
    for name in ("web", "agent", "sidecar", "batch"):
        os.unlink(marks.path(name))
    with open(marks.path("db"), "w", encoding="ascii") as file:
        file.write("{")
    return call("check")[0], call("repair"), difference(before, world()), call("check")[0], call("repair")[1]


def test_repair_puts_back_the_marks_out_of_what_the_kernel_says(fresh_host: LabHost) -> None:
    refused, done, odd, checked, again = fresh_host.run(repaired)
    assert refused == 2, "a mark that is missing has drifted"
    assert done[0] == 0 and len(done[1].splitlines()) == 5
    assert (odd, checked, again) == ({}, 0, "nothing that the kernel knows is damaged\n")


def without_leases() -> Tuple[Any, ...]:
    _applied()
    before, leased = world(), call("leases")[1]
    with open(names.LEASE_STORE, "wb") as file:
        file.write(b"no database" * 1000)
    broken = call("check")
    done = call("repair")
    return broken, done, leased == call("leases")[1], difference(before, world()), call("check"), run(DEMO).actions


def test_repair_leases_again_what_the_host_has_where_the_store_cannot_be_read(fresh_host: LabHost) -> None:
    broken, done, same, odd, checked, applied = fresh_host.run(without_leases)
    assert broken[0] == 1 and "linuxnet-fabric repair" in broken[2]
    assert done[0] == 0 and "move the damaged lease store to {0}.damaged-1".format(names.LEASE_STORE) in done[1]
    assert same and odd == {} and applied == ()
    assert checked == (0, "default: as it was applied\n", "")


def without_the_record() -> Tuple[Any, ...]:
    _applied()
    with open(names.DECLARED_DIRECTORY + "/default.json", "w", encoding="ascii") as file:
        file.write("{")
    return call("repair"), run(DEMO).actions, call("repair")[0]


def test_repair_fails_on_a_record_that_only_an_apply_can_write_again(fresh_host: LabHost) -> None:
    done, applied, again = fresh_host.run(without_the_record)
    assert done[0] == 1 and "default.json" in done[2] and "apply the topology default again" in done[2]
    assert (applied, again) == ((), 0)


def unconfirmed() -> Tuple[Any, ...]:
    _applied()
    in_child(functools.partial(run, EDITED, confirm_timeout=600))
    before = world()
    healed = call("restore", "--heal")
    told = call("journal")[1]
    return healed, told, difference(before, world()), run(EDITED, state="confirmed").actions


def test_nothing_is_repaired_while_a_run_waits_for_its_confirmation(fresh_host: LabHost) -> None:
    healed, told, odd, confirmed = fresh_host.run(unconfirmed)
    assert healed[0] == 0 and "waits for its confirmation" in healed[2]
    assert "waits for its confirmation" in told
    assert odd == {}
    assert confirmed == ("confirm the run of topology default",)
