# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One host of a lab that boots: its power, and what is seen and done inside. tests/lab/booted.py makes them."""

from __future__ import annotations

import json
import os
import select
import subprocess
import time
from pathlib import Path
from typing import Any, Dict, List, Sequence

from .place import Host

#: Seconds. A boot takes one on an idle machine, and fourteen at once on two cores take more.
BOOT = 120.0


class BootedHost(Host):
    """A party whose namespaces are a machine's: ``pid`` is its process 1, as long as it is on."""

    def __init__(self, name: str, ipv4: str, ipv6: str, guard: "subprocess.Popen[bytes]", console: Path) -> None:
        super().__init__(name, 0, ipv4, ipv6)
        self.guard, self._console = guard, console
        #: CLOCK_MONOTONIC, in seconds, when process 1 was started last: what "within 5 s of boot" is counted from.
        self.began = time.monotonic()

    # --- its power

    def power_on(self) -> None:
        """Returns when it has booted. A unit that failed does not count: see failed_units."""
        self.press("boot")
        self.wait_booted()

    def power_off(self) -> None:
        """Cleanly, by itself."""
        self.run(["systemctl", "poweroff"])
        self._await("down")

    def reboot(self) -> None:
        """Cleanly, by itself."""
        self.run(["systemctl", "reboot"])
        self.wait_booted()

    def cut(self) -> None:
        """The power fails: process 1 is killed, nobody is asked."""
        self.press("cut")
        self._await("down")

    def crash(self) -> None:
        """The power fails, and comes back."""
        self.cut()
        self.power_on()

    def press(self, button: str) -> None:
        """Without waiting for what comes of it: "boot" or "cut"."""
        assert self.guard.stdin is not None
        self.guard.stdin.write(button.encode() + b"\n")

    def wait_booted(self) -> None:
        """Wait for a boot that is under way."""
        self._become(int(self._await("leader")["leader"]))
        self.began = time.monotonic()
        self._await("ready")

    # --- what is seen inside

    def failed_units(self) -> List[str]:
        """Names of the units that failed."""
        return [unit["unit"] for unit in self.json(["systemctl", "list-units", "--failed", "--output=json"])]

    def console(self) -> str:
        """What was printed there since the lab was made."""
        return self._console.read_text(errors="replace")

    def write(self, path: str, text: str) -> None:
        """A file on its disk; missing directories are made."""
        self.run(["sh", "-c", 'mkdir -p "$(dirname "$1")" && cat > "$1"', "sh", path], input=text)

    def start(self, unit: str, command: Sequence[str], *properties: str) -> None:
        """A program as a unit of systemd, which does not outlive the boot. Properties as "NetworkNamespacePath=..."."""
        given = [word for each in properties for word in ("-p", each)]
        self.run(["systemd-run", "--quiet", "--collect", "--unit=" + unit, *given, *command])

    def _become(self, leader: int) -> None:
        there = ["nsenter", "--target", str(leader), "--all", "--wdns=" + os.getcwd(), "--"]
        # nsenter stays outside the machine as the parent of what it starts, which is to end with it
        enter = [*there, "setpriv", "--pdeathsig", "KILL", "--"]
        self.pid, self.enter = leader, enter
        for container in self._containers.values():
            container.enter = [*enter, "ip", "netns", "exec", container.name]

    def _await(self, wanted: str) -> Dict[str, Any]:
        """The next event of this kind; those before it are passed over."""
        deadline = time.monotonic() + BOOT
        assert self.guard.stdout is not None
        while True:
            left = deadline - time.monotonic()
            if left < 0 or not select.select([self.guard.stdout], [], [], left)[0]:
                raise AssertionError("{0}: not {1} within {2} s: {3}".format(self.name, wanted, BOOT, self.console()))
            line = self.guard.stdout.readline()
            event = json.loads(line) if line else {"down": "gone"}
            if wanted in event:
                return dict(event)
            if "down" in event:
                raise AssertionError("{0} went down: {1}: {2}".format(self.name, event["down"], self.console()))
