# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``workload``: the program that lives in a container's network namespace, and which of the two was there first."""

from __future__ import annotations

import re
from typing import Any, Dict, Iterable, Mapping, Optional

from .topology import Container, Workload
from .words import Problems, boolean, known_keys, mapping, quote, text

#: Whose program it is: one of these says which.
KINDS = ("unit", "podman", "docker", "machine", "pid", "path")
WORKLOAD_WORDS = (*KINDS, "join", "restart")
#: Those whose owner can be told to start it in a namespace of ours, or not.
_MAY_JOIN = ("podman", "docker", "machine")
#: What a name looks like, and what it is called: systemd.unit(5); podman-run(1), --name; machinectl(1).
_SERVICE = r"[A-Za-z0-9:_.\\-]+(@[A-Za-z0-9:_.\\-]*)?\.service"
_NAME = r"[A-Za-z0-9][A-Za-z0-9_.-]*"
_PROCESS = r"/proc/([1-9][0-9]*)/ns/net"
_MOST = 200  # characters of a name
_LARGEST_PID = 1 << 22  # PID_MAX_LIMIT of the kernel, include/linux/threads.h


def parse_workload(value: Any, mode: str, docker_joins: bool, path: str, problems: Problems) -> Optional[Workload]:
    """None without any, or where it is wrong. ``mode``: of the container. ``docker_joins``: where it does not say."""
    if value is None:
        return None
    words = mapping(value, path, problems)
    known_keys(words, WORKLOAD_WORDS, path, problems)
    kinds = [kind for kind in KINDS if words.get(kind) is not None]
    if len(kinds) != 1:
        found = "{0} are several".format(" and ".join(kinds)) if kinds else "there is none"
        problems.note(path, "expected one of {0}; {1}", ", ".join(KINDS), found)
        return None
    kind = kinds[0]
    name = _READERS[kind](words[kind], "{0}.{1}".format(path, kind), problems)
    join = _join(kind, words, docker_joins, path, problems)
    restart = boolean(words.get("restart"), True, path + ".restart", problems)
    if words.get("restart") is not None and kind != "unit":
        problems.note(path + ".restart", "only a unit is restarted; whose {0} it is restarts it", kind)
    if mode == "host":
        problems.note(path, "conflicting options: workload and the network mode host: it is in that network anyway")
    if mode == "container" and not join:
        wrong = "conflicting options: workload and the network mode: a container that joins another has no place for "
        problems.note(path, wrong + "a namespace that the {0} brings; join: true starts it in that one", kind)
    if name is None:
        return None
    of_process = re.fullmatch(_PROCESS, name) if kind == "path" else None
    if of_process:
        kind, name = "pid", of_process[1]
    return Workload(kind, name, join, restart, "{0}.{1}".format(path, kinds[0]))


def check_workloads(containers: Iterable[Container], problems: Problems) -> None:
    """One program is in one namespace."""
    seen: Dict[str, str] = {}
    for container in containers:
        workload = container.workload
        if workload is not None:
            other = seen.setdefault("{0} {1}".format(workload.kind, workload.name), workload.path)
            if other != workload.path:
                problems.note(workload.path, "{0}: {1} says the same", quote(workload.name), other)


def _join(kind: str, words: Mapping[str, Any], docker_joins: bool, path: str, problems: Problems) -> bool:
    if kind not in _MAY_JOIN:
        if words.get("join") is not None:
            always = "a unit always joins" if kind == "unit" else "a namespace that is there joins nothing"
            problems.note(path + ".join", "{0}: leave it out", always)
        return kind == "unit"
    usual = {"podman": True, "docker": docker_joins, "machine": False}
    return boolean(words.get("join"), usual[kind], path + ".join", problems)


def _service(value: Any, path: str, problems: Problems) -> Optional[str]:
    name = text(value, path, problems)
    if name is None:
        return None
    whole = name if "." in name else name + ".service"
    if not re.fullmatch(_SERVICE, whole) or len(whole) > _MOST:
        problems.note(path, "{0}: expected the name of a service of systemd, such as nginx.service", quote(name))
        return None
    if whole.endswith("@.service"):
        problems.note(path, "{0}: this is a template; name one of its instances, such as web@1.service", quote(name))
        return None
    return whole


def _name(value: Any, path: str, problems: Problems) -> Optional[str]:
    name = text(value, path, problems)
    if name is None or (re.fullmatch(_NAME, name) and len(name) <= _MOST):
        return name
    problems.note(path, "{0}: expected a name of letters, digits, hyphens, underscores and dots", quote(name))
    return None


def _pid(value: Any, path: str, problems: Problems) -> Optional[str]:
    name = text(value, path, problems)
    if name is None or (name.isascii() and name.isdigit() and len(name) < 10 and 0 < int(name) <= _LARGEST_PID):
        return name and str(int(name))
    problems.note(path, "{0}: expected the number of a process, from 1 to {1}", quote(name), _LARGEST_PID)
    return None


def _path(value: Any, path: str, problems: Problems) -> Optional[str]:
    name = text(value, path, problems)
    if name is None or (name.startswith("/") and name.isprintable() and ".." not in name.split("/")):
        return name
    problems.note(
        path, "{0}: expected the absolute path of a network namespace, such as /proc/4242/ns/net", quote(name)
    )
    return None


_READERS = {"unit": _service, "podman": _name, "docker": _name, "machine": _name, "pid": _pid, "path": _path}
