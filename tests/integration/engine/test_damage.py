# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever becomes of a file that we keep, a run heals it, or says in words which file it is and what to do.

Never a traceback, never a wait for ever, and never another host than before: a table of files and of damages.
"""

from __future__ import annotations

import functools
import json
import os
import shutil
import signal
import sqlite3
from typing import Any, Callable, Dict, List, NamedTuple, Optional, Tuple
from unittest import mock

import pytest
from faults import before_each_write, kill_at
from labhost import LabHost, in_child
from mutations import shell
from scenarios import DEMO, EDITED, NOTHING, run
from world import difference, world

from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel import names, program
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.errors import FabricError

HEALED, REFUSED, EITHER = "healed", "refused", "healed or refused"
#: Seconds until a run that hangs is ended; a run takes less than one.
HANGS = 60


class File(NamedTuple):
    """A file of ours. ``interrupted``: it is only there after a run that was killed."""

    path: str
    outcome: str
    interrupted: bool = False


FILES: Dict[str, File] = {
    "journal": File(names.JOURNAL_FILE, REFUSED, interrupted=True),
    "the journal's half of this boot": File(names.RUN_JOURNAL_FILE, EITHER, interrupted=True),
    "the journal's counter": File(names.RUN_JOURNAL_FILE + ".reached", REFUSED, interrupted=True),
    "lock": File(names.LOCK_FILE, EITHER),
    "mark of a namespace with interfaces": File(names.HANDLE_MARK_DIRECTORY + "/web", HEALED),
    "mark of a namespace without": File(names.HANDLE_MARK_DIRECTORY + "/batch", HEALED),
    "mark of a second handle": File(names.HANDLE_MARK_DIRECTORY + "/sidecar", HEALED),
    "mark of the host's handle": File(names.HANDLE_MARK_DIRECTORY + "/agent", HEALED),
    "kept declaration": File(names.DECLARED_DIRECTORY + "/default.json", HEALED),
    "what nft showed of the rules": File(names.RULES_DIRECTORY + "/default", HEALED),
    "stash": File(names.STASH_DIRECTORY + "/web", HEALED),
    "mark in the stash": File(names.STASH_DIRECTORY + "/web.mark", HEALED),
    "lease store": File(names.LEASE_STORE, EITHER),
    "write-ahead log of the lease store": File(names.LEASE_STORE + "-wal", EITHER),
}


def _write(path: str, data: bytes) -> None:
    with open(path, "wb") as file:
        file.write(data)


def _truncated(path: str) -> None:
    size = os.path.getsize(path) if os.path.exists(path) else 0
    os.truncate(path, size // 2) if size else _write(path, b"")


def _newer(path: str) -> None:
    """As a later release may write it."""
    if path == names.LEASE_STORE:
        with sqlite3.connect(path) as connection:
            connection.execute("PRAGMA user_version = 99")
        connection.close()
        return
    try:
        with open(path, encoding="utf-8") as file:
            words = json.load(file)
    except (OSError, ValueError):
        words = {}
    words = words if isinstance(words, dict) else {}
    newer = {"version": 99, "topology": "default", "form": {"of": "a later release"}}
    _write(path, json.dumps(dict(newer, **{word: words[word] for word in words if word == "boot_id"})).encode())


def _instead(make: Callable[[str], Any]) -> Callable[[str], None]:
    def damage(path: str) -> None:
        _clear(path)
        make(path)

    return damage


def _clear(path: str) -> None:
    if os.path.isdir(path) and not os.path.islink(path):
        shutil.rmtree(path)
    elif os.path.lexists(path):
        os.unlink(path)


DAMAGES: Dict[str, Callable[[str], None]] = {
    "gone": _clear,
    "empty": lambda path: _write(path, b""),
    "truncated": _truncated,
    "garbage": lambda path: _write(path, b'{"version": [}\n' + b"garbage " * 999),
    "no text": lambda path: _write(path, bytes(range(256)) * 64),
    "zeros": lambda path: _write(path, bytes(8192)),
    "too deep": lambda path: _write(path, b"[" * 200_000),
    "another value": lambda path: _write(path, b'["' + b"9" * 5000 + b'", ' + b"9" * 5000 + b"]"),
    "of a newer release": _newer,
    "a directory": _instead(os.mkdir),
    "a directory with something in it": _instead(lambda path: os.makedirs(path + "/something")),
    "a FIFO": _instead(os.mkfifo),
    "a link to itself": _instead(lambda path: os.symlink(path, path)),
    "a link to nowhere": _instead(lambda path: os.symlink("/nowhere/at/all", path)),
    "a device": _instead(lambda path: os.symlink("/dev/zero", path)),
}


@pytest.mark.parametrize("job", FILES)
def test_damage_is_healed_or_told(outcome: Callable[[str], Any], job: str) -> None:
    problems = outcome(job)
    assert not problems, "\n".join(problems)


def _damage(name: str) -> List[str]:
    problems = []
    for damage in DAMAGES:
        _begin_anew()
        trouble = _try(FILES[name], damage)
        if trouble is not None:
            problems.append("{0}: {1}: {2}".format(name, damage, trouble))
    _begin_anew()
    run(NOTHING)
    return problems


def _begin_anew() -> None:
    """A host that is as declared, whatever is left of the case before."""
    for each in FILES.values():
        if each.interrupted or (os.path.lexists(each.path) and not os.path.isfile(each.path)):
            _clear(each.path)
    try:
        run(DEMO)
    except FabricError:
        shell("ip netns list | while read name rest; do ip netns delete $name; done; nft flush ruleset")
        shell(r"for each in $(ip -br link | grep -o '^\(br-\|veth\)[^@ ]*'); do ip link delete $each; done")
        shell("umount {0}/* 2>/dev/null || true; rm -rf {1}/*".format(names.STASH_DIRECTORY, names.STATE_DIRECTORY))
        run(DEMO)


def _try(file: File, damage: str) -> Optional[str]:
    if file.interrupted:
        in_child(functools.partial(_killed_halfway))
    before = world()
    os.makedirs(os.path.dirname(file.path), exist_ok=True)
    DAMAGES[damage](file.path)
    check, apply = _told(check=True), _told(check=False)
    for message in (check, apply):
        if message is not None and file.path not in message and "lease store" not in message:
            return "does not say which file: " + message
    if (check is None) != (apply is None):
        return "the check said {0}, the run {1}".format(check, apply)
    if apply is None:
        if file.outcome == REFUSED and damage != "gone":
            return "it was not noticed"
        again = run(DEMO)
        return "the next run still did {0}".format(again.actions) if again.changed else None
    if file.outcome == HEALED:
        return apply
    _clear(file.path)
    odd = difference(before, world()) if not file.path.startswith(names.LEASE_STORE) else {}
    return "refused, and yet: {0}".format(odd) if {key for key in odd if key != "journal"} else None


def _killed_halfway() -> None:
    with before_each_write(kill_at(60)):
        run(EDITED)


def _told(check: bool) -> Optional[str]:
    """What the error says; None for no error. Whatever is no error of ours is raised."""
    signal.signal(signal.SIGALRM, _hangs)
    signal.alarm(HANGS)
    try:
        run(DEMO, check=check)
    except FabricError as error:
        return str(error)
    finally:
        signal.alarm(0)
    return None


def _hangs(_signal: int, _frame: Any) -> None:
    raise AssertionError("the run waited for ever")


JOBS: Dict[str, Tuple[Any, ...]] = {name: (_damage, name) for name in FILES}


# --- what puts a mark back


def test_a_mark_that_was_lost_is_put_back_by_what_the_interfaces_say(fresh_host: LabHost) -> None:
    assert fresh_host.run(_marks_gone, ("web", "db")) == (
        ("put back the mark of namespace web, which was lost", "put back the mark of namespace db, which was lost"),
        (),
        {},
    )


def test_a_mark_that_was_lost_does_not_keep_a_namespace_from_being_removed(fresh_host: LabHost) -> None:
    assert fresh_host.run(_removed_without_marks) == []


def test_a_namespace_of_somebody_else_is_not_taken_for_one_that_lost_its_mark(fresh_host: LabHost) -> None:
    message = fresh_host.run(_foreign_namespace)
    assert "/run/netns/batch exists and is not ours" in message


def _marks_gone(handles: Tuple[str, ...]) -> Any:
    run(DEMO)
    before = world()
    for handle in handles:
        os.unlink("{0}/{1}".format(names.HANDLE_MARK_DIRECTORY, handle))
    os.unlink(FILES["kept declaration"].path)
    announced = run(DEMO, check=True).actions
    done = run(DEMO).actions
    assert announced == done
    return done, run(DEMO).actions, difference(before, world())


def _removed_without_marks() -> List[str]:
    run(DEMO)
    for handle in os.listdir(names.HANDLE_MARK_DIRECTORY):
        os.unlink("{0}/{1}".format(names.HANDLE_MARK_DIRECTORY, handle))
    run(NOTHING)
    return os.listdir(names.NETNS_DIRECTORY)


def _foreign_namespace() -> str:
    shell("ip netns add batch; ip -n batch link add other0 type veth peer name other1")
    try:
        run(DEMO)
    except FabricError as error:
        return str(error)
    return "no error"


# --- other files, and other programs


@pytest.mark.parametrize("instead", ["mkfifo", "mkdir"])
def test_what_stands_where_a_hosts_file_is_to_be_is_told_before_anything_is_changed(
    fresh_host: LabHost, instead: str
) -> None:
    check, apply = fresh_host.run(_no_hosts_file, instead)
    assert check == apply
    assert apply.startswith("/etc/netns/web/hosts is a {0}".format({"mkfifo": "FIFO", "mkdir": "directory"}[instead]))


def _no_hosts_file(instead: str) -> Tuple[Optional[str], Optional[str]]:
    run(DEMO)
    shell("rm /etc/netns/web/hosts; {0} /etc/netns/web/hosts".format(instead))
    return _told(check=True), _told(check=False)


NFT: Dict[str, Tuple[str, str]] = {
    "hangs": ("sleep 600", "nft -j --numeric-protocol list table inet fabric-default: no end after 1 s"),
    "prints nonsense": ("echo well", "printed something that is no listing of rules: 'well"),
    "prints nothing": ("true", "printed something that is no listing of rules: ''"),
    "prints another kind of JSON": ("echo '[1, 2]'", "no listing of rules"),
    "prints a listing of nothing known": (
        'echo \'{"nftables": [{"rule": {}}, {"chain": {}}, {"set": {"name": 7}}]}\'',
        "what it lists of the table inet fabric-default cannot be read",
    ),
    "prints without end": ("cat /dev/zero | head -c 100000000", "no listing of rules"),
    "prints errors without end": ("tr '\\0' x < /dev/zero | head -c 100000000 >&2; exit 1", "bytes in all"),
}


@pytest.mark.parametrize("does", NFT)
def test_an_nft_that_is_none_is_told_and_nothing_is_changed(fresh_host: LabHost, does: str) -> None:
    script, told = NFT[does]
    message, odd = fresh_host.run(_other_nft, script)
    assert told in message
    assert len(message) <= 65536
    assert odd == {}


def _other_nft(script: str) -> Tuple[str, Dict[str, Any]]:
    run(DEMO)
    os.unlink(names.RULES_DIRECTORY + "/default")  # or nobody would ask it about a host that is as declared
    before = world()
    place = names.NETNS_ETC_DIRECTORY + "/.bin"
    os.makedirs(place)
    with open(place + "/nft", "w", encoding="ascii") as file:
        file.write("#!/bin/sh\n" + script)
    os.chmod(place + "/nft", 0o755)
    path = place + os.pathsep + os.environ["PATH"]
    with mock.patch.dict(os.environ, PATH=path), mock.patch.object(program, "PATIENCE", 1):
        message = _told(check=False)
    shutil.rmtree(place)
    return str(message), difference(before, world())


def test_a_disk_that_is_full_on_the_way_back_does_not_hide_what_went_wrong(fresh_host: LabHost) -> None:
    message, again = fresh_host.run(_full_disk)
    assert message.startswith("failed at: ")
    assert "injected" in message
    assert again == ()


def _full_disk() -> Tuple[str, Tuple[str, ...]]:
    shell("mount -o remount,size=4m " + names.STATE_DIRECTORY)
    run(DEMO)
    with before_each_write(_fill_and_fail):
        try:
            run(EDITED)
            message = "no error"
        except FabricError as error:
            message = str(error)
    os.unlink(_FILLER)
    run(EDITED)
    return message, run(EDITED).actions


_FILLER = names.STATE_DIRECTORY + "/filler"


def _fill_and_fail(number: int, what: str) -> None:
    if number == 60:
        with open(_FILLER, "wb", buffering=0) as file:
            try:
                while True:
                    file.write(bytes(4096))
            except OSError:
                pass
        raise OSError(5, "injected at " + what)
