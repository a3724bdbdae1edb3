# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A wire with hosts on it, each made of namespaces: made, told in a file, and taken away again. Needs root.

    python wire.py create FILE [HOST ...]    FILE (JSON) then tells the parties' names, pids and addresses
    python wire.py destroy FILE              ends them, and whatever still runs in them

The parties are the hosts, ``client`` (the gateway to everywhere, and a client outside) and ``attacker``, a stranger on
the same wire. The standard library and the programs ip, nsenter and unshare are all that is used here.
"""

from __future__ import annotations

import ctypes
import json
import os
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable, Dict, List, Optional, Sequence

HOLDER = Path(__file__).with_name("holder.py")
#: The outside: the parties' wire, and an address behind the client, which is everybody's gateway (RFC 5737, RFC 3849).
IPV4, IPV6 = "198.51.100.{0}", "2001:db8:100::{0}"
FAR_IPV4, FAR_IPV6 = "203.0.113.1", "2001:db8:ffff::1"
CLIENT, ATTACKER, FIRST_HOST = 1, 66, 11
_libc = ctypes.CDLL(None, use_errno=True)


def missing() -> str:
    """What this machine lacks for a lab, in words; empty when nothing."""
    if os.geteuid() != 0:
        return "root"
    return ", ".join(name for name in ("ip", "nft", "nsenter", "unshare") if not shutil.which(name))


def die_with_parent() -> None:
    """For preexec_fn: whatever kills the parent ends what it started (prctl(2), PR_SET_PDEATHSIG)."""
    _libc.prctl(1, signal.SIGKILL)


def enter(pid: int) -> List[str]:
    """The command prefix that leads into a party."""
    return ["nsenter", "--target", str(pid), "--net", "--mount", "--uts"]


@dataclass
class Party:
    """A machine on the wire."""

    name: str
    pid: int  # of the process that holds its namespaces
    ipv4: str
    ipv6: str


class Wire:
    """Hosts, a client (the gateway to everywhere) and an attacker on one switch.

    A context manager; close() leaves nothing behind. With detached=True it outlives this process (see create).
    """

    def __init__(self, hosts: Sequence[str] = ("node1",), detached: bool = False) -> None:
        os.makedirs("/etc/netns", exist_ok=True)
        self._detached = detached
        self._holders: List[subprocess.Popen[str]] = []
        self.parties: Dict[str, Any] = {}
        try:
            self._switch = self._hold(["unshare", "--net", "sh", "-c", "echo ready; exec sleep infinity"])
            self._at_switch("ip", "link", "add", "switch", "type", "bridge", "mcast_snooping", "0")
            self._at_switch("ip", "link", "set", "switch", "up")
            for name, number in self._numbers(hosts):
                self.parties[name] = self._connect(name, number)
            self._inside("client", "addr add {0}/32 dev lo\naddr add {1}/128 dev lo nodad\n".format(FAR_IPV4, FAR_IPV6))
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *_what: Any) -> None:
        self.close()

    def close(self) -> None:
        """End everything that runs here; with the last process the kernel takes the namespaces back."""
        for holder in self._holders:
            holder.kill()
            holder.wait()
        self._holders.clear()

    @property
    def pids(self) -> List[int]:
        return [holder.pid for holder in self._holders]

    def new_party(self, name: str, pid: int, ipv4: str, ipv6: str) -> Any:
        """What a party is to whoever asks for one."""
        return Party(name, pid, ipv4, ipv6)

    @staticmethod
    def _numbers(hosts: Sequence[str]) -> List[Any]:
        return [
            ("client", CLIENT),
            ("attacker", ATTACKER),
            *((name, FIRST_HOST + index) for index, name in enumerate(hosts)),
        ]

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
        line = holder.stdout.readline() if holder.stdout else ""
        if holder.stdout:
            holder.stdout.close()
        if line.strip() != "ready":
            raise RuntimeError("a lab host did not come up: " + line)
        return holder.pid

    def _at_switch(self, *command: str) -> None:
        subprocess.run(["nsenter", "--target", str(self._switch), "--net", "--", *command], check=True)

    def _connect(self, name: str, number: int) -> Any:
        pid = self._hold(["unshare", "--net", "--mount", "--uts", sys.executable, "-I", str(HOLDER), name])
        port, ipv4, ipv6 = "port{0}".format(number), IPV4.format(number), IPV6.format(number)
        self._at_switch("ip", "link", "add", port, "type", "veth", "peer", "name", "eth0", "netns", str(pid))
        self._at_switch("ip", "link", "set", port, "master", "switch", "up")
        self.parties[name] = party = self.new_party(name, pid, ipv4, ipv6)
        lines = [
            "addr add {0}/24 dev eth0".format(ipv4),
            "addr add {0}/64 dev eth0 nodad".format(ipv6),
            "link set eth0 up",
        ]
        if number != CLIENT:
            lines += ["route add default via " + gateway.format(CLIENT) for gateway in (IPV4, IPV6)]
        self._inside(name, "\n".join(lines) + "\n")
        return party

    def _inside(self, name: str, lines: str) -> None:
        command = [*enter(self.parties[name].pid), "--", "ip", "-b", "-"]
        subprocess.run(command, input=lines, text=True, check=True)


# --- a lab that stays


def create(file: Path, hosts: Sequence[str]) -> None:
    """Make a lab that outlives this process, instead of the one that the file tells of."""
    destroy(file)
    wire = Wire(list(hosts) or ["node1"], detached=True)
    parties = {name: {"pid": party.pid, "ipv4": party.ipv4, "ipv6": party.ipv6} for name, party in wire.parties.items()}
    file.write_text(json.dumps({"parties": parties, "holders": {pid: started(pid) for pid in wire.pids}}, indent=1))


def destroy(file: Path) -> None:
    """Ends the holders and whatever still runs in their mount namespaces."""
    if not file.exists():
        return
    holders = json.loads(file.read_text())["holders"]
    living = [int(pid) for pid, when in holders.items() if started(int(pid)) == when]
    spaces = {mount_space(pid) for pid in living} - {mount_space(os.getpid()), ""}
    inside = [int(name) for name in os.listdir("/proc") if name.isdigit() and mount_space(int(name)) in spaces]
    for pid in dict.fromkeys(living + inside):
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
    file.unlink()


def started(pid: int) -> str:
    """A process's start time: with its pid it names one process for ever. Empty when there is none."""
    try:
        with open("/proc/{0}/stat".format(pid)) as file:
            return file.read().rsplit(")", 1)[1].split()[19]
    except OSError:
        return ""


def mount_space(pid: int) -> str:
    try:
        return os.readlink("/proc/{0}/ns/mnt".format(pid))
    except OSError:
        return ""


def main(args: Sequence[str]) -> int:
    lack = missing()
    if lack:
        print("a lab needs " + lack, file=sys.stderr)
        return 1
    if len(args) >= 2 and args[0] == "create":
        create(Path(args[1]), args[2:])
    elif len(args) == 2 and args[0] == "destroy":
        destroy(Path(args[1]))
    else:
        print(__doc__, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
