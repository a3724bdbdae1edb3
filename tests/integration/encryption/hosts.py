# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hosts that boot, on encrypted networks: what a program kept by systemd encrypts needs systemd. Without Ansible, which
would take most of the time: the modules as its playbooks call them."""

from __future__ import annotations

import json
import select
import socket
import struct
import threading
import time
from typing import Any, Dict, List, Mapping, Optional, Sequence, TypeVar

from ansible_collections.linuxnet.fabric.plugins.plugin_utils._fleet.inventory import (
    ANSWERS,
    plan_of,
    questions,
    told_of,
)
from tests.integration.overlay.fleet import FleetTalk
from tests.lab import frames
from tests.lab.booted import BootedLab
from tests.lab.booted_host import BootedHost

SUBNETS: List[Dict[str, Any]] = [{"subnet": "10.88.0.0/16"}, {"subnet": "fd88::/64"}]
SHOP: Dict[str, Any] = {"driver": "overlay", "encrypted": True, "enable_ipv6": True, "ipam": {"config": SUBNETS}}
#: One topology's interface; and the unit of the program behind it.
IFNAME, UNIT = "wg-37a8eec1ce19", "linuxnet-fabric-wireguard@default.service"
#: While keys change for the first time, and after it.
SECOND = "wg-3b3500c04131"
STEPS = ("receive", "send", "finish")
DIRECTORY = "/var/lib/linuxnet-fabric/wireguard"
Doer = TypeVar("Doer", bound="_Beside")


class Hosts:
    """``own``: host → its containers; ``words``: of each host, besides."""

    def __init__(self, lab: BootedLab, topology: str = "default") -> None:
        self.lab, self.topology = lab, topology
        self.talk = FleetTalk(lab)
        self.networks: Dict[str, Any] = {"shop": SHOP}
        self.own: Dict[str, Dict[str, Any]] = {}
        self.words: Dict[str, Dict[str, Any]] = {}
        self.told: Dict[str, Any] = {}
        self.behind: List[str] = []

    def close(self) -> None:
        self.talk.close()

    def host(self, name: str) -> BootedHost:
        found: BootedHost = self.lab.parties[name]
        return found

    def introduce(self, hosts: Optional[Sequence[str]] = None, rotation: str = "") -> Dict[str, Any]:
        """Host → what it answers; everybody is told who the others are."""
        asked = list(hosts or self.own)
        variables = {host: dict(self._variables(host)) for host in self.own}
        answers = {host: self._ask(host, variables[host], rotation) for host in asked}
        for host, answer in answers.items():
            variables[host][ANSWERS] = {"results": [answer]}
        plan = plan_of(variables, list(self.own), asked, rotation)
        self.behind = plan["behind"]
        assert plan["problems"] == [], plan["problems"]
        for host in asked:
            self.told[host] = told_of(plan, host).get(self.topology)
            if self.told[host] is not None:
                self._module(host, "fleet_member", {"state": "reserved", "told": self.told[host]})
        return answers

    def _variables(self, host: str) -> Dict[str, Any]:
        return {
            "topology_name": self.topology,
            "topology_host_id": "id-of-" + host,
            "topology_networks": self.networks,
            "topology_containers": self.own[host],
            **self.words.get(host, {}),
        }

    def _ask(self, host: str, variables: Mapping[str, Any], rotation: str) -> Dict[str, Any]:
        (question,) = questions(host, variables)
        words = {name: value for name, value in question.items() if value is not None}
        return self._module(host, "fleet_member", {**words, "rotation": rotation})

    def make(self, host: str, check: bool = False, fail: bool = False, **words: Any) -> Dict[str, Any]:
        """What the module ``topology`` answers."""
        declared = {"networks": self.networks, "containers": self.own[host], **words}
        if self.told.get(host) is not None:
            declared["fleet"] = self.told[host]
        return self._module(host, "topology", declared, check, fail)

    def verify(self, host: str, part: str, **words: Any) -> Dict[str, Any]:
        """What the module ``topology_verify`` answers."""
        declared = {"networks": self.networks, "containers": self.own[host], "fleet": self.told[host]}
        return self._module(host, "topology_verify", {**declared, "part": part, **words})

    def make_all(self) -> Dict[str, Any]:
        self.introduce()
        return {host: self.make(host) for host in self.own}

    def rotate(self, hosts: Optional[Sequence[str]] = None) -> List[Dict[str, Any]]:
        """New keys, as linuxnet.fabric.rotate_keys gives them. What each step did, host by host."""
        return [self.step(rotation, hosts) for rotation in STEPS]

    def step(self, rotation: str, hosts: Optional[Sequence[str]] = None) -> Dict[str, Any]:
        asked = list(hosts or self.own)
        self.introduce(asked, rotation)
        return {host: self.make(host)["actions"] for host in asked}

    def absent(self, host: str) -> Dict[str, Any]:
        return self._module(host, "topology", {"state": "absent"})

    def _module(
        self, host: str, name: str, words: Mapping[str, Any], check: bool = False, fail: bool = False
    ) -> Dict[str, Any]:
        named = {"name": self.topology, **words}
        answer: Dict[str, Any] = self.host(host).module(name, named, check=check, fail=fail)
        return answer

    def reaches(self, source: str, target: str, address: str, size: int = 5, port: int = 8080) -> Optional[str]:
        """As whom the server sees who calls it; None when nothing arrives."""
        server = self.talk.serve(target, port)
        try:
            return self.talk.reach(source, address, port, server, size=size)
        finally:
            server.close()


class _Beside:
    """Does something beside the body, all the time."""

    def __init__(self) -> None:
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._work)

    def __enter__(self: Doer) -> Doer:
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._end.set()
        self._thread.join()

    def _work(self) -> None:
        raise NotImplementedError


class Wire(_Beside):
    """All frames of a host's uplink, from when the body begins; they stay readable after it."""

    def __init__(self, hosts: Hosts, host: str) -> None:
        super().__init__()
        with hosts.talk.inside(host):
            self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 24)
        self.socket.bind(("eth0", 3))  # only now it hears anything: with a protocol it would have heard all interfaces
        self.frames: List[bytes] = []

    def __exit__(self, *exception: object) -> None:
        super().__exit__(*exception)
        self.socket.close()

    def _work(self) -> None:
        while not self._end.is_set():
            if select.select([self.socket], [], [], 0.05)[0]:
                self.frames.append(self.socket.recv(1 << 16))

    def has(self, marker: bytes) -> bool:
        """Whether anybody on the wire could read it."""
        return any(marker in frame for frame in self.frames)

    def datagrams(self, port: int) -> int:
        """How many go to a UDP port, over IPv4."""
        raw = port.to_bytes(2, "big")
        return sum(frame[12:14] == b"\x08\x00" and frame[23] == 17 and frame[36:38] == raw for frame in self.frames)


class Speaker(_Beside):
    """Says a marker to addresses, all the time, out of a container. ``pause``: seconds."""

    def __init__(self, hosts: Hosts, place: str, addresses: Sequence[str], marker: bytes, pause: float = 0.002) -> None:
        super().__init__()
        self._marker, self._pause = marker, pause
        self._targets = [(hosts.talk.socket(place, _family(each), socket.SOCK_DGRAM), each) for each in addresses]
        self.said = 0

    def _work(self) -> None:
        while not self._end.wait(self._pause):
            for speaker, address in self._targets:
                try:
                    speaker.sendto(self._marker, (address, 7777))
                    self.said += 1
                except OSError:
                    pass  # there is no way at this moment, or no route: nothing leaves


class Pings(_Beside):
    """A container that pings another's IPv4 address, each 5 ms, for as long as the body runs; the answers to the last
    ones are waited for."""

    def __init__(self, hosts: Hosts, place: str, address: str) -> None:
        super().__init__()
        self._socket = hosts.talk.socket(place, socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
        self._socket.connect((address, 0))
        self.sent = 0
        self.answered: set[int] = set()

    @property
    def lost(self) -> int:
        return self.sent - len(self.answered)

    def _work(self) -> None:
        while not self._end.wait(0.005):
            self._socket.send(_echo(self.sent & 0xFFFF))
            self.sent += 1
            self._hear()
        while self.lost and self._is_answered_within(10):
            pass

    def _is_answered_within(self, seconds: float) -> bool:
        """Whether one more was answered. The socket hears other things, too."""
        before, deadline = self.lost, time.monotonic() + seconds
        while self.lost == before and time.monotonic() < deadline:
            select.select([self._socket], [], [], 1)
            self._hear()
        return self.lost < before

    def _hear(self) -> None:
        """All that is there."""
        while select.select([self._socket], [], [], 0)[0]:
            packet = self._socket.recv(2048)
            if packet[20] == 0:  # an echo reply (RFC 792)
                self.answered.add(int.from_bytes(packet[26:28], "big"))


def _echo(number: int) -> bytes:
    """A request (RFC 792)."""
    body = struct.pack("!HH", 0x7070, number)
    return struct.pack("!BBH", 8, 0, frames.checksum(b"\x08\0\0\0" + body)) + body


def _family(address: str) -> int:
    return socket.AF_INET6 if ":" in address else socket.AF_INET


def journal(host: BootedHost) -> str:
    """All that the host has written down of runs, and all that it logged."""
    kept = host.run(
        ["sh", "-c", "cat /var/lib/linuxnet-fabric/*.json /var/lib/linuxnet-fabric/*/*.json; journalctl -a"]
    )
    return str(kept.stdout)


def private_key(host: BootedHost) -> str:
    return str(host.run(["cat", DIRECTORY + "/default.key"]).stdout).strip()


def shown(answer: Mapping[str, Any]) -> str:
    return json.dumps(answer)
