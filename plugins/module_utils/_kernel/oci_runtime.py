# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An OCI runtime for Docker: it starts a container in a network namespace of ours, and is runc in everything else.

    docker run --runtime fabric --network none --env FABRIC_NETNS=web IMAGE

A program of its own on a host (``docker.py`` makes the file): it imports nothing of the collection. runc reads what a
container is to be like from ``config.json`` in a directory, the bundle (OCI runtime specification, config.md and
runtime.md). Where the environment in there has FABRIC_NETNS, the namespace's path is put in before runc reads it, and
the names files of that container in the place of those that Docker keeps for each. Where it has not, nothing is
written. Docker makes the bundle anew at each start, and so it is done at each start.

What it refuses it says where Docker looks for a runtime's errors, which is the file after ``--log``, and exits with 1.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
import time
from typing import Any, Dict, List, Mapping, Optional, Sequence

VARIABLE = "FABRIC_NETNS"
#: As in names.py, which is not there where this file runs: a test compares them.
HANDLES, MARKS, FILES = "/run/netns", "/run/linuxnet-fabric/netns", "/etc/netns"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")
#: Of runc(8): what reads a bundle, and what takes a word of its own before that.
_STARTS = ("create", "run", "restore")
_TAKES_A_WORD = ("--log", "--log-format", "--root", "--criu", "--rootless")
_PATH = os.environ.get("PATH", os.defpath) + ":/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin"


class Refused(Exception):
    """The container cannot be started as it asks for; in words for whoever started it."""


def main(arguments: Sequence[str]) -> int:
    words = list(arguments[1:])
    try:
        prepare(words)
        runc = shutil.which("runc", path=_PATH)
        if runc is None:
            raise Refused("runc, which starts the containers of this runtime, is not installed")
    except Refused as error:
        _tell(words, "linuxnet.fabric: {0}".format(error))
        return 1
    os.execv(runc, [runc, *words])


def prepare(words: Sequence[str]) -> None:
    """Before runc is told these words."""
    place = _place_of_command(words)
    if place is None or words[place] not in _STARTS:
        return
    own, container = words[place + 1 :], words[-1]
    path = os.path.join(_value(own, "--bundle", "-b") or ".", "config.json")
    config = _read(path)
    name = _asked_for(config) if config is not None else None
    if config is not None and name is not None:
        join(config, name, container)
        _write(path, config)


def join(config: Dict[str, Any], name: str, container: str) -> None:
    """Put the namespace and the names of ``name`` into the configuration of Docker's ``container`` (its identifier)."""
    handle = _handle_of_ours(name)
    mounts = [mount for mount in config.get("mounts") or () if _is_dockers(mount, container)]
    _refuse_other_networks(config, mounts)
    for space in config["linux"]["namespaces"]:
        if space["type"] == "network":
            space["path"] = handle
    own = "{0}/{1}/".format(FILES, name)
    named = config.get("hostname") == container[:12] and os.path.isfile(own + "hostname")
    if named:
        with open(own + "hostname", encoding="utf-8") as file:
            config["hostname"] = file.read().strip()
    for mount in mounts:
        kind = os.path.basename(mount["destination"])
        if os.path.isfile(own + kind) and (kind != "hostname" or named):
            mount.update(source=own + kind, options=["rbind", "rprivate", "ro"])


def _refuse_other_networks(config: Mapping[str, Any], mounts: Sequence[Mapping[str, Any]]) -> None:
    """Docker would move what its networks have into our namespace."""
    spaces = [space for space in config["linux"]["namespaces"] if space["type"] == "network"]
    kept = [os.path.join(os.path.dirname(mount["source"]), "hostconfig.json") for mount in mounts]
    mode = (_read(kept[0]) or {}).get("NetworkMode", "none") if kept else "none"
    if len(spaces) != 1 or spaces[0].get("path") or mode != "none":
        raise Refused("with {0} a container has no network of Docker's: start it with --network none".format(VARIABLE))


def _is_dockers(mount: Mapping[str, Any], container: str) -> bool:
    """Whether it is one of the files that Docker keeps for each container, and none that its owner mounts."""
    directory = os.path.dirname(str(mount.get("source")))
    files = ("/etc/hosts", "/etc/resolv.conf", "/etc/hostname")
    return mount.get("destination") in files and directory.endswith("/containers/" + container)


def _handle_of_ours(name: str) -> str:
    """The path of a declared container's namespace, which no other program brought."""
    if not _NAME.fullmatch(name):
        text = "{0}: {1}: expected the name of a container of topology_containers"
        raise Refused(text.format(VARIABLE, json.dumps(name)))
    handle, mark = "{0}/{1}".format(HANDLES, name), _read("{0}/{1}".format(MARKS, name))
    if not os.path.lexists(handle):
        text = "{0}: there is no {1}: no container {2} is declared on this host, or its networks are not up yet"
        raise Refused(text.format(VARIABLE, handle, name))
    status, own = os.stat(handle), os.stat("/proc/self/ns/net")
    if mark is None or (status.st_dev, status.st_ino) != (own.st_dev, mark.get("inode")):
        raise Refused("{0}: {1} is not a namespace that linuxnet.fabric made".format(VARIABLE, handle))
    if status.st_ino == own.st_ino:
        raise Refused("{0}: {1} is the host's own network: start it with --network host".format(VARIABLE, handle))
    whose = _brought_by(mark)
    if whose:
        raise Refused("{0}: {1} is the namespace of {2}, which brought it".format(VARIABLE, handle, whose))
    return handle


def _brought_by(mark: Optional[Mapping[str, Any]]) -> str:
    """Whose program's a namespace is; empty: ours. A second handle is asked for the first one."""
    seen: List[str] = []
    attach = str((mark or {}).get("attach") or "")
    while attach.startswith("netns:") and attach not in seen:
        seen.append(attach)
        attach = str((_read("{0}/{1}".format(MARKS, attach[6:])) or {}).get("attach") or "")
    return attach


def _asked_for(config: Mapping[str, Any]) -> Optional[str]:
    process = config.get("process")
    environment = process.get("env") if isinstance(process, dict) else None
    values = [str(each).partition("=")[2] for each in environment or () if str(each).startswith(VARIABLE + "=")]
    return values[-1] if values else None


def _place_of_command(words: Sequence[str]) -> Optional[int]:
    """Where runc's own command is, behind the options that all of them have."""
    place = 0
    while place < len(words):
        if not words[place].startswith("-"):
            return place
        place += 2 if words[place] in _TAKES_A_WORD else 1
    return None


def _value(words: Sequence[str], *options: str) -> Optional[str]:
    for word, following in zip(words, [*words[1:], ""]):
        name, equals, value = word.partition("=")
        if name in options:
            return value if equals else following
    return None


def _read(path: str) -> Optional[Dict[str, Any]]:
    """None for what cannot be read, or holds no JSON: of a bundle, runc says so."""
    try:
        with open(path, encoding="utf-8") as file:
            found = json.load(file)
    except (OSError, ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _write(path: str, config: Mapping[str, Any]) -> None:
    try:
        with open(path + ".fabric", "w", encoding="utf-8") as file:
            json.dump(config, file)
        shutil.copymode(path, path + ".fabric")
        os.replace(path + ".fabric", path)
    except OSError as error:
        raise Refused("{0} cannot be written: {1}".format(path, error.strerror)) from error


def _tell(words: Sequence[str], text: str) -> None:
    sys.stderr.write(text + "\n")
    log = _value(words, "--log")
    if log:
        line = {"level": "error", "msg": text, "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())}
        with open(log, "a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")


if __name__ == "__main__":
    raise SystemExit(main(sys.argv))
