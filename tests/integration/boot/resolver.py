# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Asking a name server on the wire as a container does, and one that stands for the world outside."""

from __future__ import annotations

import sys
from typing import List

from tests.lab.place import Host, Place

#: RFC 1035, section 4: asks SERVER for NAME TYPE by PROTOCOL; prints the rcode, and the data of the answers in order.
ASK = r"""
import socket, struct, sys
server, name, kind, protocol = sys.argv[1:]
labels = b"".join(bytes([len(each)]) + each.encode() for each in name.split("."))
query = struct.pack(">6H", 1, 0x100, 1, 0, 0, 0) + labels + b"\0" + struct.pack(">HH", int(kind), 1)
family = socket.AF_INET6 if ":" in server else socket.AF_INET
asked = socket.socket(family, socket.SOCK_STREAM if protocol == "tcp" else socket.SOCK_DGRAM)
asked.settimeout(2)
asked.connect((server, 53))
asked.sendall((struct.pack(">H", len(query)) if protocol == "tcp" else b"") + query)
answer = asked.recv(4096)
while protocol == "tcp" and len(answer) < 2 + struct.unpack(">H", answer[:2])[0]:
    answer += asked.recv(4096)
answer = answer[2:] if protocol == "tcp" else answer
def skip(at):
    while answer[at] and answer[at] < 192:
        at += answer[at] + 1
    return at + (1 if not answer[at] else 2)
def read(at):
    labels = []
    while answer[at]:
        if answer[at] >= 192:
            return ".".join([*labels, read(struct.unpack(">H", answer[at : at + 2])[0] & 0x3FFF)])
        labels.append(answer[at + 1 : at + 1 + answer[at]].decode())
        at += answer[at] + 1
    return ".".join(labels)
flags, questions, answers = struct.unpack(">3H", answer[2:8])
at, found = skip(12) + 4 if answers else 0, []
for each in range(answers):
    at = skip(at)
    kind, length = struct.unpack(">H6xH", answer[at : at + 10])
    at += 10
    data = answer[at : at + length]
    found.append(read(at) if kind == 12 else socket.inet_ntop(2 if kind == 1 else 10, data))
    at += length
print(flags & 15, *sorted(found))
"""
#: A name server of the world outside: every name has the address 192.0.2.7.
WORLD = r"""
import socket, struct, sys
asked = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
asked.bind((sys.argv[1], 53))
while True:
    query, who = asked.recvfrom(512)
    end = query.index(b"\0", 12) + 5
    head = query[:2] + struct.pack(">5H", 0x8180, 1, 1, 0, 0)
    asked.sendto(head + query[12:end] + struct.pack(">3HIH4B", 0xC00C, 1, 1, 60, 4, 192, 0, 2, 7), who)
"""
A, PTR, AAAA = "1", "12", "28"
NOERROR, NXDOMAIN, REFUSED = "0", "3", "5"


def asked(place: Place, server: str, name: str, kind: str = A, protocol: str = "udp") -> List[str]:
    """The rcode, then the answers; empty where nobody answers."""
    return place.run([sys.executable, "-c", ASK, server, name, kind, protocol], check=False).stdout.split()


def servers_of(host: Host, container: str) -> List[str]:
    """Whom a container asks, in their order."""
    lines = host.run(["cat", "/etc/netns/{0}/resolv.conf".format(container)]).stdout.splitlines()
    return [line.split()[1] for line in lines if line.startswith("nameserver ")]
