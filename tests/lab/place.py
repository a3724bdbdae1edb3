# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A place where things run: a party on the wire (Host), or a container's namespace inside one (Container)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Dict, List, Mapping, Optional, Sequence

from ansible_collections.linuxnet.fabric.plugins.plugin_utils._lab.wire import die_with_parent, enter

from . import ansible
from .waiting import wait_for

SERVERS = Path(__file__).with_name("servers.py")


class Refused(AssertionError):
    """A command or module in a lab said no; the message is what it said."""


class Place:
    """Runs programs somewhere. ``enter`` is the command prefix that gets there."""

    def __init__(self, name: str, enter: Sequence[str]) -> None:
        self.name = name
        self.enter = list(enter)
        self._running: List[subprocess.Popen[str]] = []

    def popen(self, args: Sequence[str], **how: Any) -> "subprocess.Popen[str]":
        """Start a program here; it ends with the place or with the test run."""
        how.setdefault("text", True)
        how.setdefault("stdout", subprocess.PIPE)
        how.setdefault("stderr", subprocess.STDOUT)
        how.setdefault("stdin", subprocess.DEVNULL)
        process = subprocess.Popen(self.enter + list(args), preexec_fn=die_with_parent, **how)
        self._running.append(process)
        return process

    def run(
        self, args: Sequence[str], check: bool = True, timeout: float = 120, **how: Any
    ) -> "subprocess.CompletedProcess[str]":
        """Run a program here to its end. With check, a return code other than 0 raises Refused with what it said."""
        how.setdefault("text", True)
        how.setdefault("capture_output", True)
        if "input" not in how:
            how.setdefault("stdin", subprocess.DEVNULL)
        done = subprocess.run(self.enter + list(args), timeout=timeout, preexec_fn=die_with_parent, **how)
        if check and done.returncode:
            said = "{0}{1}".format(done.stdout or "", done.stderr or "")
            raise Refused("{0}: {1}: rc {2}: {3}".format(self.name, " ".join(args), done.returncode, said))
        return done

    def json(self, args: Sequence[str]) -> Any:
        """What a program such as ``ip -j addr`` or ``nft -j list ruleset`` prints, read as JSON."""
        return json.loads(self.run(args).stdout or "[]")

    def python(self, code: str, *args: str) -> str:
        """Run Python here; returns what it printed."""
        return self.run([sys.executable, "-c", code, *args]).stdout

    def serve(self, kind: str, port: int, address: str = "", says: Optional[str] = None) -> "subprocess.Popen[str]":
        """Start a server (tcp, udp or http) here; when this returns it listens. It answers with says (default: the
        place's name) and the address it was asked from."""
        said = self.name if says is None else says
        process = self.popen([sys.executable, str(SERVERS), "serve", kind, address, str(port), said])
        assert process.stdout is not None
        line = process.stdout.readline()
        if line.strip() != "listening":
            raise Refused(
                "{0}: no {1} server on port {2}: {3}{4}".format(self.name, kind, port, line, process.stdout.read())
            )
        return process

    def ask(
        self, kind: str, address: str, port: int, says: str = "hello", timeout: float = 3.0, source: str = ""
    ) -> Optional[Dict[str, Any]]:
        """Ask a server of ``serve`` from here. {"server", "peer", "heard"}, or None when nothing answered."""
        args = [sys.executable, str(SERVERS), "ask", kind, address, str(port), says, str(timeout), source]
        done = self.run(args, check=False)
        return json.loads(done.stdout) if done.returncode == 0 else None

    def stop(self) -> None:
        """End what was started here."""
        for process in self._running:
            process.kill()
        for process in self._running:
            process.wait()
            if process.stdout:
                process.stdout.close()
        self._running.clear()


class Container(Place):
    """A named namespace of a host, with its own /etc files: what ``ip netns exec NAME`` shows."""

    def __init__(self, host: "Host", name: str) -> None:
        super().__init__(name, host.enter + ["ip", "netns", "exec", name])


class Host(Place):
    """A party on the wire: a machine's network, /run, /var/lib, /etc/netns and hostname of its own."""

    def __init__(self, name: str, pid: int, ipv4: str, ipv6: str) -> None:
        # The namespaces of mounts lead to / by themselves, and util-linux before 2.38 knows of no other way there.
        there = ["--wdns=" + os.getcwd()] if os.getcwd() != "/" else []
        super().__init__(name, [*enter(pid), *there, "--"])
        self.pid, self.ipv4, self.ipv6 = pid, ipv4, ipv6
        self._containers: Dict[str, Container] = {}

    def container(self, name: str) -> Container:
        """The container of that name; it need not exist before something runs in it."""
        return self._containers.setdefault(name, Container(self, name))

    def module(
        self,
        name: str,
        args: Mapping[str, Any],
        check: bool = False,
        diff: bool = False,
        direct: bool = True,
        fail: bool = False,
    ) -> Dict[str, Any]:
        """Run one of our modules here, by its file (direct, 0.2 s) or through the ansible program.

        Returns the result. Raises Refused when it failed; with fail=True, when it did not.
        """
        run = ansible.run_direct if direct else ansible.run_adhoc
        result = run(self, name, args, check, diff)
        if bool(result.get("failed")) != fail:
            raise Refused("{0} {1}".format(name, json.dumps(result, indent=1)))
        return result

    def playbook(
        self,
        path: str,
        inventory: Optional[str] = None,
        extra_vars: Optional[Mapping[str, Any]] = None,
        check: bool = False,
        diff: bool = False,
        args: Sequence[str] = (),
        fail: bool = False,
        env: Optional[Mapping[str, str]] = None,
    ) -> "ansible.PlaybookRun":
        """Run ansible-playbook inside this host, which is its own target (connection local)."""
        ran = ansible.run_playbook(self, path, inventory, extra_vars or {}, check, diff, args, env)
        if ran.failed != fail:
            raise Refused("{0}: {1}".format(path, ran.told))
        return ran

    def stop(self) -> None:
        for container in self._containers.values():
            container.stop()
        super().stop()

    def wait_listening(self, port: int) -> None:
        """Wait until something listens on a TCP port here."""
        wait_for(lambda: self.run(["ss", "-Hltn", "sport = :{0}".format(port)]).stdout, what="a listener")
