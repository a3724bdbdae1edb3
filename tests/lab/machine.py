# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The process beside one machine of a lab: it makes the machine's disk, starts it, and takes all of it away again.

    nsenter --net=SWITCH unshare --mount --propagation private python -I machine.py SPEC

SPEC (JSON) is what ``tests/lab/booted.py`` says of a machine. Standard input is the machine's buttons: a line ``boot``
starts it, ``cut`` is the power failing. Its end, whatever became of the test, ends the machine and this process.
Standard output tells what happens, one JSON object a line: ``{"leader": PID}`` when the machine has a process 1 (its
pid as seen here), ``{"ready": true}`` when that says it has booted, ``{"down": STATUS}`` when it is off. A machine that
reboots itself starts again by itself.

The machine's disk is an overlay on this machine's own root, its upper half a tmpfs in this process's mount namespace:
it outlives the machine's reboots and ends with this process. Two things do not end by themselves: the lab's directory
of keys and consoles, and the machine's control group. Both are removed at the end; a group whose process was killed
itself, by the next one.
"""

from __future__ import annotations

import ctypes
import json
import os
import selectors
import shutil
import signal
import socket
import subprocess
import sys
import time

#: Where all of it is, in a mount namespace of its own.
PLACE = "/run/lab"
DISK, ROOT, NOTIFY = PLACE + "/disk", PLACE + "/root", PLACE + "/notify"
CGROUPS = "/sys/fs/cgroup"
#: systemd-nspawn's exit status when the machine wants to start again.
REBOOT = 133
_libc = ctypes.CDLL(None, use_errno=True)


def run(*command: str) -> None:
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)


def own_mounts(lower: str) -> None:
    """A /run for systemd-nspawn's locks, the switch's /sys, one control group tree, and the machine's disk."""
    run("mount", "-t", "tmpfs", "-o", "mode=0755", "lab", "/run")
    run("mount", "-t", "sysfs", "sysfs", "/sys")
    run("mount", "-t", "cgroup2", "cgroup2", CGROUPS)
    for part in ("/up", "/work"):
        os.makedirs(DISK + part)
    os.mkdir(ROOT)
    options = "lowerdir={0},upperdir={1}/up,workdir={1}/work".format(lower, DISK)
    run("mount", "-t", "overlay", "-o", options, "overlay", ROOT)


def dress(emptied: list, files: dict, links: dict) -> None:
    """What is the machine's own on its disk. Paths are those that the machine sees."""
    for path in emptied:
        shutil.rmtree(ROOT + path, ignore_errors=True)
        os.makedirs(ROOT + path)
    for path, text in files.items():
        _replace(path)
        mode = 0o600 if path.endswith("_key") else 0o644
        with os.fdopen(os.open(ROOT + path, os.O_WRONLY | os.O_CREAT, mode), "w") as file:
            file.write(text)
    for path, target in links.items():
        _replace(path)
        os.symlink(target, ROOT + path)


def _replace(path: str) -> None:
    os.makedirs(os.path.dirname(ROOT + path), exist_ok=True)
    if os.path.lexists(ROOT + path):
        os.unlink(ROOT + path)


# --- control groups


def started(pid: int) -> str:
    """A process's start time: with its pid it names one process for ever. Empty when there is none."""
    try:
        with open("/proc/{0}/stat".format(pid)) as file:
            return file.read().rsplit(")", 1)[1].split()[19]
    except OSError:
        return ""


def group_of(name: str) -> str:
    return "{0}/fabric-lab-{1}-{2}-{3}".format(CGROUPS, os.getpid(), started(os.getpid()), name)


def remove_group(group: str) -> None:
    """End what runs in it, and remove it: the kernel removes an empty one only, so innermost first."""
    deadline = time.monotonic() + 20
    while os.path.isdir(group) and time.monotonic() < deadline:
        for directory, _inner, _files in os.walk(group, topdown=False):
            for pid in _processes(directory):
                _kill(pid)
            try:
                os.rmdir(directory)
            except OSError:
                time.sleep(0.005)


def _processes(group: str) -> list:
    try:
        with open(group + "/cgroup.procs") as file:
            return [int(line) for line in file if int(line)]
    except OSError:
        return []


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


def sweep() -> None:
    """Remove what was left by a process like this that was killed itself."""
    for name in os.listdir(CGROUPS):
        words = name.split("-", 4)
        if words[:2] == ["fabric", "lab"] and started(int(words[2])) != words[3]:
            remove_group(os.path.join(CGROUPS, name))


# --- the machine


class Machine:
    """systemd-nspawn, started, watched, cut off and started again."""

    def __init__(self, spec: dict) -> None:
        self.spec = spec
        self.group = group_of(spec["name"])
        self.leader = 0
        self.process = None
        self.notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.notify.bind(NOTIFY)

    def boot(self) -> None:
        os.makedirs(self.group, exist_ok=True)
        # the old one's wire may still be on its way out: the kernel takes a namespace apart in the background
        subprocess.run(["ip", "link", "delete", "vb-" + self.spec["name"]], stderr=subprocess.DEVNULL)
        self.leader = 0
        with open(self.spec["console"], "a") as console:
            self.process = subprocess.Popen(
                self._command(),
                stdin=subprocess.DEVNULL,
                stdout=console,
                stderr=console,
                preexec_fn=self._enter,
                env=dict(os.environ, NOTIFY_SOCKET=NOTIFY, **self.spec["environment"]),
            )

    def _enter(self) -> None:
        _libc.prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG: it ends with us
        with open(self.group + "/cgroup.procs", "w") as file:
            file.write("0")

    def _command(self) -> list:
        name = self.spec["name"]
        command = ["systemd-nspawn", "--quiet", "--settings=no", "--register=no", "--keep-unit", "--directory=" + ROOT]
        command += ["--machine=" + name, "--hostname=" + name, "--network-bridge=switch", "--console=read-only"]
        # this machine's kernel and clock are nobody's but its own
        command += ["--capability=all", "--drop-capability=CAP_SYS_MODULE,CAP_SYS_TIME"]
        command += ["--system-call-filter=add_key keyctl bpf", "--resolv-conf=off"]
        command += ["--timezone=off", "--link-journal=no"]
        command += ["--bind=" + path for path in self.spec["binds"]]
        return command + self.spec["command"]

    def heard(self) -> list:
        """What systemd-nspawn tells of the machine, as events (sd_notify(3))."""
        events = []
        for line in self.notify.recv(4096).decode().splitlines():
            if line.startswith("X_NSPAWN_LEADER_PID="):
                self.leader = int(line.split("=")[1])
                events.append({"leader": self.leader})
            elif line == "READY=1":
                events.append({"ready": True})
        return events

    def cut(self) -> None:
        """As when the power fails: nothing in the machine is asked, or has time."""
        if self.leader:
            _kill(self.leader)

    def ended(self) -> int:
        """The exit status of systemd-nspawn, with all that it started."""
        status = self.process.wait()
        self.process = None
        remove_group(self.group)
        return status

    def end(self) -> None:
        """For ever. Process 1 goes first, so that systemd-nspawn is there to reap it."""
        self.cut()
        if self.process is not None:
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                pass
        remove_group(self.group)


def tell(event: dict) -> None:
    print(json.dumps(event), flush=True)


class Watch:
    """Buttons in, events out, until standard input ends."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self.buttons = open(0, "rb", buffering=0)  # no line waits unseen in a buffer
        self.selector = selectors.DefaultSelector()
        self.selector.register(self.buttons, selectors.EVENT_READ, self.pressed)
        self.selector.register(machine.notify, selectors.EVENT_READ, self.heard)

    def run(self) -> None:
        while True:
            for key, _mask in self.selector.select():
                if not key.data(key.fileobj):
                    return

    def pressed(self, buttons) -> bool:
        word = buttons.readline()
        if word == b"cut\n":
            self.machine.cut()
        elif word and self.machine.process is None:
            self._boot()
        return bool(word)

    def heard(self, _notify) -> bool:
        for event in self.machine.heard():
            tell(event)
        return True

    def ended(self, pidfd: int) -> bool:
        self.selector.unregister(pidfd)
        os.close(pidfd)
        status = self.machine.ended()
        if status == REBOOT:
            self._boot()
        else:
            tell({"down": status})
        return True

    def _boot(self) -> None:
        self.machine.boot()
        self.selector.register(os.pidfd_open(self.machine.process.pid), selectors.EVENT_READ, self.ended)


def main() -> None:
    spec = json.loads(sys.argv[1])
    signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit(1))
    own_mounts(spec["lower"])
    sweep()
    dress(spec["emptied"], spec["files"], spec["links"])
    machine = Machine(spec)
    try:
        Watch(machine).run()
    finally:
        machine.end()
        shutil.rmtree(spec["directory"], ignore_errors=True)


if __name__ == "__main__":
    main()
