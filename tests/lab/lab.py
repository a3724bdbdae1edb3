# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A wire with parties on it: made, handed out, and taken away again."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, Callable, Dict, List, Optional, Sequence

from .place import Host, die_with_parent

HOLDER = Path(__file__).with_name("holder.py")
#: The outside: the parties' wire, and an address behind the client, which is everybody's gateway.
IPV4, IPV6 = "198.51.100.{0}", "2001:db8:100::{0}"
FAR_IPV4, FAR_IPV6 = "203.0.113.1", "2001:db8:ffff::1"
CLIENT, ATTACKER, FIRST_HOST = 1, 66, 11


def missing() -> str:
    """What this machine lacks for a lab, in words; empty when nothing."""
    if os.geteuid() != 0:
        return "root"
    return ", ".join(name for name in ("ip", "nft", "nsenter", "unshare") if not shutil.which(name))


class Lab:
    """Hosts, a client (the gateway to everywhere) and an attacker on one switch.

    ``lab.host`` is the first host, ``lab.hosts`` all of them. A context manager; close() leaves nothing behind.
    With detached=True it outlives this process (see __main__).
    """

    def __init__(self, hosts: Sequence[str] = ("node1",), detached: bool = False) -> None:
        os.makedirs("/etc/netns", exist_ok=True)
        self._detached = detached
        self._holders: List[subprocess.Popen[str]] = []
        self.parties: Dict[str, Host] = {}
        try:
            self._switch = self._hold(["unshare", "--net", "sh", "-c", "echo ready; exec sleep infinity"])
            self._at_switch("ip", "link", "add", "switch", "type", "bridge", "mcast_snooping", "0")
            self._at_switch("ip", "link", "set", "switch", "up")
            self.client = self._party("client", CLIENT)
            self.attacker = self._party("attacker", ATTACKER)
            self.hosts = [self._party(name, FIRST_HOST + index) for index, name in enumerate(hosts)]
            self._far_side()
        except BaseException:
            self.close()
            raise
        self.host = self.hosts[0]

    def __enter__(self) -> "Lab":
        return self

    def __exit__(self, *_what: Any) -> None:
        self.close()

    def close(self) -> None:
        """End everything that runs here; with the last process the kernel takes the namespaces back."""
        for party in self.parties.values():
            party.stop()
        for holder in self._holders:
            holder.kill()
            holder.wait()
        self._holders.clear()

    @property
    def pids(self) -> List[int]:
        return [holder.pid for holder in self._holders]

    def _hold(self, command: Sequence[str]) -> int:
        """Start a holder, wait until it is ready, return its pid: unshare becomes the program, the pid stays."""
        before: Optional[Callable[[], None]] = None if self._detached else die_with_parent
        holder = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
            preexec_fn=before,
            start_new_session=self._detached,
            stderr=subprocess.DEVNULL if self._detached else None,
        )
        self._holders.append(holder)
        assert holder.stdout is not None
        line = holder.stdout.readline()
        holder.stdout.close()
        if line.strip() != "ready":
            raise RuntimeError("a lab host did not come up: " + line)
        return holder.pid

    def _at_switch(self, *command: str) -> None:
        subprocess.run(["nsenter", "--target", str(self._switch), "--net", "--", *command], check=True)

    def _party(self, name: str, number: int) -> Host:
        pid = self._hold(["unshare", "--net", "--mount", "--uts", sys.executable, "-I", str(HOLDER), name])
        port = "port{0}".format(number)
        self._at_switch("ip", "link", "add", port, "type", "veth", "peer", "name", "eth0", "netns", str(pid))
        self._at_switch("ip", "link", "set", port, "master", "switch", "up")
        host = Host(name, pid, IPV4.format(number), IPV6.format(number))
        host.run(
            ["ip", "-b", "-"],
            input="\n".join(
                [
                    "addr add {0}/24 dev eth0".format(host.ipv4),
                    "addr add {0}/64 dev eth0 nodad".format(host.ipv6),
                    "link set eth0 up",
                ]
                + (
                    []
                    if name == "client"
                    else [
                        "route add default via " + IPV4.format(CLIENT),
                        "route add default via " + IPV6.format(CLIENT),
                    ]
                )
            )
            + "\n",
        )
        self.parties[name] = host
        return host

    def _far_side(self) -> None:
        """Addresses that are not on the wire: what stands for the rest of the world."""
        self.client.run(["ip", "addr", "add", FAR_IPV4 + "/32", "dev", "lo"])
        self.client.run(["ip", "addr", "add", FAR_IPV6 + "/128", "dev", "lo", "nodad"])
