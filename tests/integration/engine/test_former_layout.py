# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A host that a release up to 0.2.0 applied, which kept marks and files on disk, is taken over without a difference."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from typing import Any, Dict, List, Tuple

from labhost import LabHost
from scenarios import DEMO, run

from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel import marks, names

_REBOOT = """
umount /run/netns/*; rm /run/netns/*; nft flush ruleset
for each in $(ls /sys/class/net | grep -e ^br- -e ^ifb -e fabric0); do ip link delete $each; done 2>/dev/null
true
"""
_SAID = ("web/hosts", "web/resolv.conf", "web/hostname", "sidecar/hosts")


def as_0_2_0_left_it() -> None:
    """Marks in /var/lib, with the boot; a container's files in a directory under /etc/netns."""
    os.makedirs(names.FORMER_MARK_DIRECTORY)
    for name, mark in marks.read_all().items():
        words = {"topology": mark.topology, "inode": mark.inode, "attach": mark.attach, "boot_id": marks.boot_id()}
        with open("{0}/{1}".format(names.FORMER_MARK_DIRECTORY, name), "w", encoding="ascii") as file:
            json.dump(words, file)
    for name in os.listdir(names.NETNS_ETC_DIRECTORY):
        directory = "{0}/{1}".format(names.NETNS_ETC_DIRECTORY, name)
        home = os.path.realpath(directory)
        os.unlink(directory)
        shutil.copytree(home, directory, symlinks=True)
    for path in (names.HANDLE_MARK_DIRECTORY, names.NAMES_DIRECTORY):
        shutil.rmtree(path)


def said() -> Dict[str, str]:
    found = {}
    for path in _SAID:
        with open("{0}/{1}".format(names.NETNS_ETC_DIRECTORY, path), encoding="utf-8") as file:
            found[path] = file.read()
    return found


def taken_over() -> Tuple[Any, ...]:
    run(DEMO)
    before = said()
    as_0_2_0_left_it()
    checked = run(DEMO, check=True).actions
    untouched = os.path.isdir(names.FORMER_MARK_DIRECTORY) and not os.path.islink("/etc/netns/web")
    applied = run(DEMO).actions
    links = sorted(name for name in os.listdir("/etc/netns") if not os.path.islink("/etc/netns/" + name))
    return checked, untouched, applied, run(DEMO, check=True).actions, said() == before, links


def test_a_check_finds_no_difference_and_the_next_apply_moves_the_files_silently(fresh_host: LabHost) -> None:
    checked, untouched, applied, again, same, left = fresh_host.run(taken_over)
    assert (checked, applied, again) == ((), (), ())
    assert untouched, "a check moves nothing"
    assert same, "every file says what it said"
    assert left == [], "each of them is a link now"
    assert not fresh_host.run(os.path.exists, names.FORMER_MARK_DIRECTORY)


def beside_a_file_of_the_users() -> Tuple[Any, ...]:
    run(DEMO)
    as_0_2_0_left_it()
    with open("/etc/netns/web/nsswitch.conf", "w", encoding="ascii") as file:
        file.write("hosts: files\n")
    actions = run(DEMO).actions
    return actions, os.path.islink("/etc/netns/web"), sorted(os.listdir("/etc/netns/web")), run(DEMO).actions


def test_a_directory_that_holds_more_than_our_files_stays_where_it_is(fresh_host: LabHost) -> None:
    actions, moved, left, again = fresh_host.run(beside_a_file_of_the_users)
    assert (actions, again, moved) == ((), (), False)
    assert left == ["hostname", "hosts", "nsswitch.conf", "resolv.conf"]


def killed_and_taken_over(at: str) -> Tuple[Any, ...]:
    """The move, when it dies as it is about to make or remove what ``at`` names."""
    run(DEMO)
    before = said()
    as_0_2_0_left_it()
    script = (
        "import os, sys\n"
        "from ansible_collections.linuxnet.fabric.plugins.module_utils._engine import housekeeping\n"
        "def die(event, arguments):\n"
        "    if event == '{0}' and any('web' in str(each) for each in arguments):\n"
        "        os._exit(9)\n"
        "sys.addaudithook(die)\n"
        "housekeeping.tidy()\n"
    ).format(at)
    environment = dict(os.environ, PYTHONPATH=os.pathsep.join(sys.path))
    status = subprocess.run([sys.executable, "-c", script], env=environment).returncode
    run(DEMO)
    return status, run(DEMO, check=True).actions, said() == before


def test_a_move_that_is_killed_is_ended_by_the_next_run() -> None:
    for at in ("os.remove", "os.rmdir", "os.symlink"):
        host = LabHost()
        try:
            assert host.run(killed_and_taken_over, at) == (9, (), True), at
        finally:
            host.close()


def after_a_reboot() -> Tuple[List[str], Tuple[str, ...], List[str]]:
    """Of a topology that is gone since: /etc/netns kept its links, and what they led to went with /run."""
    run(DEMO)
    for path in (names.HANDLE_MARK_DIRECTORY, names.NAMES_DIRECTORY):
        shutil.rmtree(path)
    subprocess.run(["sh", "-c", _REBOOT], check=True)
    dangling = [name for name in os.listdir("/etc/netns") if not os.path.exists("/etc/netns/" + name)]
    run(None)
    return dangling, run(None).actions, os.listdir("/etc/netns")


def test_links_that_lead_nowhere_after_a_reboot_go_with_the_first_run(fresh_host: LabHost) -> None:
    dangling, again, left = fresh_host.run(after_a_reboot)
    assert "web" in dangling
    assert (again, left) == ((), [])
