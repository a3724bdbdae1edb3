# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The real firewalls that our topology lives beside, each inside a lab host: its network, and files of its own.

Neither ufw nor firewalld is ever active on the machine: what they would write under /etc is a copy, bound over the
directory in the lab host's mount namespace only.
"""

from __future__ import annotations

import base64
import os
import shutil
from pathlib import Path
from typing import Any, Dict, Iterator, List, Sequence, Tuple

from tests.integration.docker import daemon
from tests.lab.place import Host
from tests.lab.waiting import wait_for

#: A system bus for firewalld alone: no policies but that everything is allowed, nothing that it could start.
BUS = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>system</type>
  <listen>unix:path=/run/dbus/system_bus_socket</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"""


#: Another firewalld than the machine's: the tree into which its packages were unpacked (dpkg-deb -x).
TREE = os.environ.get("FIREWALLD_ROOT", "")


class Beside:
    """A firewall of the host. ``families``: those whose forwarded packets it drops; ``chain``: what a warning names."""

    name = ""
    programs: Sequence[str] = ()
    families: Sequence[int] = (4, 6)
    chain = ""

    def __init__(self, host: Host, folder: Path) -> None:
        self.host, self.folder = host, folder
        self.lab: Any = None
        self.untouched: Dict[str, Any] = {}

    @classmethod
    def missing(cls) -> str:
        """What this machine lacks for it; empty when nothing."""
        place = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
        return ", ".join(each for each in cls.programs if not shutil.which(each, path=place))

    def __enter__(self) -> "Beside":
        self.start()
        return self

    def __exit__(self, *_what: Any) -> None:
        self.stop()

    def start(self) -> None:
        """Bring it up as its user would."""

    def stop(self) -> None:
        """End what runs."""

    def reload(self) -> None:
        """What its user does after a change of its files."""

    def state(self) -> Dict[str, Any]:
        """Everything of it that we could leave a trace in, without counters."""
        found: Dict[str, Any] = {}
        for save in ("iptables-save", "ip6tables-save"):
            lines = self.host.run([save]).stdout.splitlines()
            found[save] = [line.split(" [")[0] for line in lines if not line.startswith("#")]
        return found

    def entries(self) -> int:
        """How many there are of ours."""
        return sum(line.count("linuxnet.fabric/") for lines in Beside.state(self).values() for line in lines)

    def remove_ours(self) -> None:
        """By hand, as somebody who does not know what it is for."""

    def undo(self, commands: Sequence[str]) -> None:
        """What was done by hand as a warning says."""
        raise NotImplementedError

    def close_again(self, commands: Sequence[Sequence[str]]) -> None:
        """What a warning about the port of overlays said was done by hand."""
        raise NotImplementedError

    def shut_out(self, peer: str) -> None:
        """Somebody takes away by hand what lets another host in."""
        raise NotImplementedError

    def _own_copy(self, path: str) -> None:
        copy = "/run/own" + path
        self.host.run(["sh", "-c", "mkdir -p {0} && cp -a {1}/. {0} && mount --bind {0} {1}".format(copy, path)])

    def _files(self, *tops: str) -> Iterator[Tuple[str, bytes]]:
        """Read by the host itself, for the files are in its mounts."""
        script = 'for path; do [ ! -f "$path" ] || printf "%s %s\\n" "$path" "$(base64 -w0 "$path")"; done'
        words = ["sh", "-c", script.replace("for path;", "set -- {0}; for path;".format(" ".join(tops)))]
        for line in self.host.run(words).stdout.splitlines():
            path, text = line.split(" ")
            yield path, base64.b64decode(text)


class Docker(Beside):
    name, programs, families, chain = "Docker", (), (4,), "FORWARD of table ip filter"

    @classmethod
    def missing(cls) -> str:
        return daemon.missing()

    def start(self) -> None:
        self.daemon = daemon.Daemon(self.host, self.folder)
        self.daemon.__enter__()

    def stop(self) -> None:
        self.daemon.__exit__(None, None, None)

    def remove_ours(self) -> None:
        self.host.run(["iptables", "-D", "DOCKER-USER", "1"])

    def undo(self, commands: Sequence[str]) -> None:
        for command in commands:
            self.host.run(command.replace(" -I ", " -D ").split())


class Ufw(Beside):
    name, programs, chain = "ufw", ("ufw", "iptables"), "FORWARD of table ip filter"

    def start(self) -> None:
        self._own_copy("/etc/ufw")
        self._own_copy("/etc/default")
        self.host.run(["ufw", "--force", "enable"])

    def reload(self) -> None:
        self.host.run(["ufw", "reload"])

    def state(self) -> Dict[str, Any]:
        found = dict(super().state(), **dict(self._files("/etc/ufw/*")))
        # Every reload of ufw 0.36 adds these two rules of its own once more.
        found["ip6tables-save"] = [line for line in found["ip6tables-save"] if "-A ufw6-user-limit" not in line]
        return found

    def undo(self, commands: Sequence[str]) -> None:
        for command in commands:
            self.host.run(command.replace(" allow ", " delete allow ").split())

    def close_again(self, commands: Sequence[Sequence[str]]) -> None:
        for command in commands:
            self.host.run(["ufw", "delete", *command[1:]])

    def shut_out(self, peer: str) -> None:
        self.host.run(["sed", "-i", "/-s {0}/d".format(peer), "/etc/ufw/before.rules"])
        self.reload()

    def remove_ours(self) -> None:
        self.host.run(["sed", "-i", "/-i br-front/d", "/etc/ufw/before.rules"])
        self.host.run(["ufw", "reload"])


class Firewalld(Beside):
    name, programs, chain = "firewalld", ("firewalld", "firewall-cmd", "dbus-daemon"), "filter_FORWARD of table inet"

    backend = "nftables"

    def start(self) -> None:
        if TREE:
            self.host.run(["mount", "-t", "overlay", "-o", "lowerdir={0}/usr:/usr".format(TREE), "overlay", "/usr"])
            self.host.run(["mount", "--bind", TREE + "/etc/firewalld", "/etc/firewalld"])
        self._own_copy("/etc/firewalld")
        choose = "s/^FirewallBackend=.*/FirewallBackend={0}/".format(self.backend)
        self.host.run(["sed", "-i", choose, "/etc/firewalld/firewalld.conf"])
        bus = self.folder / "bus.conf"
        bus.write_text(BUS)
        self.host.run(["sh", "-c", "mkdir -p /run/dbus && mount -t tmpfs lab /run/dbus"])
        self._log = open(self.folder / "firewalld.log", "w")
        self.host.popen(["dbus-daemon", "--config-file=" + str(bus), "--nofork", "--nopidfile"], stdout=self._log)
        self._wait(["test", "-S", "/run/dbus/system_bus_socket"], "the bus")
        self.host.popen(["firewalld", "--nofork", "--nopid", "--log-target", "console"], stdout=self._log)
        self._wait(["firewall-cmd", "--state"], "firewalld")

    def _wait(self, command: Sequence[str], what: str) -> None:
        wait_for(lambda: self.host.run(command, check=False).returncode == 0, 60, what)

    def stop(self) -> None:
        self._log.close()

    def reload(self) -> None:
        self.host.run(["firewall-cmd", "--reload"])

    def state(self) -> Dict[str, Any]:
        # Everything that firewalld knows at run time and that a packet could meet is in its table.
        table = _in_any_order(self.host.run(["nft", "list", "table", "inet", "firewalld"], check=False).stdout)
        return dict(super().state(), **dict(self._files("/etc/firewalld/*.*", "/etc/firewalld/*/*")), table=table)

    def entries(self) -> int:
        """Interfaces and definitions."""
        found = dict(self._files("/etc/firewalld/*/*"))
        return sum(1 + text.count(b"<interface") for text in found.values() if b"linuxnet.fabric/" in text)

    def undo(self, commands: Sequence[str]) -> None:
        self.host.run(["sh", "-c", "rm -f /etc/firewalld/zones/trusted.xml*"])
        self.reload()

    def close_again(self, commands: Sequence[Sequence[str]]) -> None:
        self.host.run(["sh", "-c", "rm -f /etc/firewalld/zones/public.xml*"])
        self.reload()

    def shut_out(self, peer: str) -> None:
        self.host.run(["rm", "/etc/firewalld/policies/fabric-default-udp.xml"])
        self.reload()

    def remove_ours(self) -> None:
        self.host.run(["firewall-cmd", "--zone=fabric-default", "--remove-interface=br-front"])


def _in_any_order(table: str) -> List[List[str]]:
    """A listed table with sorted chains: firewalld 2 orders two zones by which of them came first."""
    return [sorted(chain.splitlines()) for chain in table.split("\n\n")]


class FirewalldOnIptables(Firewalld):
    backend, programs = "iptables", (*Firewalld.programs, "iptables")


ALL = (Docker, Ufw, Firewalld)
