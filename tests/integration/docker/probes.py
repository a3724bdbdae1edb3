# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The questions put to both sides. An answer is a few words: who answered, and whose address the server saw."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Callable, Dict, List, Tuple, Union

from .sides import Side

NOTHING = "nothing"
#: For what does not answer. Every hop is in this kernel, so it is long enough for what does.
PATIENCE = 5.0
SERVERS = (
    [("web", "tcp", port) for port in (80, 443, 7000, 8080, 9000, 9010)]
    + [("web", "udp", 53), ("sidecar", "tcp", 8081), ("db", "tcp", 5432), ("neighbour", "tcp", 80)]
    + [("agent", "tcp", 3333), ("host", "tcp", 2222), ("client", "tcp", 80)]
)


@dataclass(frozen=True)
class Probe:
    source: str
    target: str  # an address's name in Side.addresses
    port: str  # "80", "53/udp", or a name in Side.ports
    note: str = ""

    @property
    def told(self) -> str:
        words = "{0} → {1}:{2}".format(self.source, self.target, self.port)
        return words + (" ({0})".format(self.note) if self.note else "")

    def answer(self, side: Side) -> str:
        port, _, protocol = self.port.partition("/")
        number = side.ports.get(port) or int(port)
        heard = side.places[self.source].ask(protocol or "tcp", side.addresses[self.target], number, timeout=PATIENCE)
        return "{0}, asked by {1}".format(heard["server"], side.word(heard["peer"])) if heard else NOTHING


@dataclass(frozen=True)
class Fact:
    told: str
    answer: Callable[[Side], str]


def probes(source: str, *targets: str) -> List[Probe]:
    """ "host:80" asks an address, "host:80 words" adds a note."""
    made = []
    for words in targets:
        target, _, note = words.partition(" # ")
        address, _, port = target.rpartition(":")
        made.append(Probe(source, address, port, note))
    return made


def interfaces(side: Side, name: str) -> List[Tuple[str, str]]:
    listed = side.places[name].json(["ip", "-j", "address"])
    return [(link["ifname"], item["local"]) for link in listed for item in link["addr_info"]]


def _only_lo(side: Side) -> str:
    return ", ".join(sorted({name for name, _address in interfaces(side, "batch")}))


def _same(one: str, two: str) -> Callable[[Side], str]:
    def compare(side: Side) -> str:
        return "the same" if interfaces(side, one) == interfaces(side, two) else "others"

    return compare


def _way_out(name: str) -> Callable[[Side], str]:
    def told(side: Side) -> str:
        routes = side.places[name].json(["ip", "-j", "route", "show", "default"])
        return "through {0}".format(side.word(routes[0]["gateway"])) if routes else "none"

    return told


def _sockets(side: Side) -> str:
    own = {port for name, _kind, port in SERVERS if name in ("host", "agent")}
    lines = side.places["host"].run(["ss", "-Hlntu"]).stdout.splitlines()
    return str(sum(int(line.split()[4].rsplit(":", 1)[1]) not in own for line in lines))


def _in_range(side: Side) -> str:
    low, high = side.places["host"].run(["cat", "/proc/sys/net/ipv4/ip_local_port_range"]).stdout.split()
    return "yes" if int(low) <= side.ports["allocated"] <= int(high) else "no"


_DNS = """
import socket, struct, sys
server, name = sys.argv[1:]
labels = b"".join(bytes([len(part)]) + part.encode() for part in name.split("."))
asking = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
asking.settimeout(3)
asking.sendto(struct.pack("!6H", 7, 0x100, 1, 0, 0, 0) + labels + struct.pack("!BHH", 0, 1, 1), (server, 53))
answer = asking.recv(512)
if struct.unpack("!H", answer[6:8])[0]:
    print(socket.inet_ntoa(answer[-4:]))
"""


def _in_hosts(side: Side, place: str, name: str) -> str:
    """As a program finds it that looks into /etc/hosts first, as all that use the C library do."""
    lines = [line.split("#")[0].split() for line in side.file(place, "/etc/hosts").splitlines()]
    found = [line[0] for line in lines if name in line[1:] and ":" not in line[0]]
    return side.word(found[0]) if found else ""


def _in_dns(side: Side, place: str, name: str) -> str:
    """What the name server of the container says."""
    servers = [line.split()[1] for line in side.file(place, "/etc/resolv.conf").splitlines() if "nameserver" in line]
    if not servers:
        return ""
    said = side.places[place].run([sys.executable, "-c", _DNS, servers[0], name], check=False).stdout.strip()
    return side.word(said) if said else ""


def _knows(place: str, name: str) -> Fact:
    def told(side: Side) -> str:
        return _in_hosts(side, place, name) or _in_dns(side, place, name) or NOTHING

    return Fact("{0} looks up {1}".format(place, name), told)


def _asks_a_name_server(place: str, name: str) -> Fact:
    told = "{0} asks its name server for {1}, past /etc/hosts".format(place, name)
    return Fact(told, lambda side: _in_dns(side, place, name) or NOTHING)


_CRAFT = """
import socket, struct, sys
target, port, mark, mac, own = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4], sys.argv[5]
def total(data):
    data += b"\\0" * (len(data) % 2)
    number = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    while number >> 16:
        number = (number & 0xffff) + (number >> 16)
    return ~number & 0xffff
pack = socket.inet_aton
tcp = struct.pack("!HHIIBBHHH", mark, port, 1, 0, 0x50, 2, 1024, 0, 0)
check = total(pack(own) + pack(target) + struct.pack("!BBH", 0, 6, len(tcp)) + tcp)
tcp = tcp[:16] + struct.pack("!H", check) + tcp[18:]
head = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(tcp), 1, 0, 64, 6, 0) + pack(own) + pack(target)
head = head[:10] + struct.pack("!H", total(head)) + head[12:]
mouth = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
mouth.bind(("eth0", 0))
ether = open("/sys/class/net/eth0/address").read().strip()
octets = lambda text: bytes(int(part, 16) for part in text.split(":"))
mouth.send(octets(mac) + octets(ether) + b"\\x08\\x00" + head + tcp)
"""
_LISTEN = """
import socket, struct, sys
ear = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x0800))
ear.settimeout(10)
print("listening", flush=True)
seen = set()
mark = int(sys.argv[1])
while mark + 1 not in seen:
    frame = ear.recv(4096)
    if frame[23] == 6:
        seen.add(struct.unpack("!H", frame[34:36])[0])
print("arrived" if mark in seen else "nothing")
"""


def crafted(target: str, port: int) -> Callable[[Side], str]:
    """A frame for 127.0.0.1 put on the wire by the attacker; one to a port that is open to everybody follows it."""

    def told(side: Side) -> str:
        mark = 40000 + 10 * (port % 1000)
        listener = side.places["web"].popen([sys.executable, "-c", _LISTEN, str(mark)])
        assert listener.stdout is not None and listener.stdout.readline() == "listening\n"
        attacker, host = side.lab.attacker, side.lab.host
        mac = host.json(["ip", "-j", "link", "show", "eth0"])[0]["address"]
        attacker.python(_CRAFT, target, str(port), str(mark), mac, attacker.ipv4)
        attacker.python(_CRAFT, host.ipv4, "80", str(mark + 1), mac, attacker.ipv4)
        return listener.communicate(timeout=15)[0].strip()

    return told


def _routes_to_everything(side: Side) -> None:
    """What somebody does who wants in: the attacker by way of the host, the container by way of its gateway."""
    front, back, back6 = side.addresses["web"], side.addresses["db"], side.addresses["[db]"]
    for address in (front, back, side.addresses["web on back"]):
        side.places["attacker"].run(["ip", "route", "add", address, "via", side.addresses["host"]])
    side.places["attacker"].run(["ip", "route", "add", back6, "via", side.addresses["[host]"]])
    side.places["client"].run(["ip", "route", "add", side.addresses["bare"], "via", side.addresses["host"]])


def _routes_out(side: Side) -> None:
    for address in ("back's gateway", "[back's gateway]"):
        side.places["db"].run(["ip", "route", "replace", "default", "via", side.addresses[address]])


#: Section → what is asked in it, after the attacker gave itself routes to every container.
SECTIONS: Dict[str, List[Union[Probe, Fact]]] = {
    "From outside": [
        *probes("client", "host:80", "host:5353/udp", "host:9000 # a range", "host:9010 # its end"),
        *probes("client", "host:allocated # 7000", "host:8443 # published on 127.0.0.1", "[host]:80"),
        *probes("client", "host:3333 # agent", "host:8081 # not published"),
    ],
    "From the host": [
        *probes("host", "127.0.0.1:80", "127.0.0.1:5353/udp", "127.0.0.1:8443", "127.0.0.1:allocated", "[::1]:80"),
        *probes("host", "host:80", "host:5353/udp", "host:8443", "front's gateway:80", "back's gateway:80"),
        *probes("host", "web:80", "web:8080 # not published", "db:5432", "[db]:5432"),
        *probes("agent", "127.0.0.1:80", "host:2222"),
    ],
    "From a neighbour, and from another network": [
        *probes("neighbour", "web:80", "web:8080 # not published", "host:80", "host:5353/udp", "front's gateway:80"),
        *probes("neighbour", "host:8443", "db:5432"),
        *probes("other", "host:80", "host:5353/udp", "bridge's gateway:80", "front's gateway:80"),
        *probes("other", "web:80", "web:8080 # not published", "db:5432"),
    ],
    "From the container itself": [
        *probes("web", "127.0.0.1:80", "web:80", "host:80", "host:5353/udp", "front's gateway:80"),
        *probes("sidecar", "127.0.0.1:80", "host:80"),
        *probes("neighbour", "web:8081 # sidecar"),
    ],
    "Outwards": [
        *probes("web", "client:80"),
        *probes("neighbour", "client:80"),
        *probes("bare", "client:80 # from a network without masquerade", "host:80"),
        *probes("batch", "client:80"),
    ],
    "The attacker has a route to every container": [
        *probes("attacker", "web:80", "web:443 # published on 127.0.0.1", "web:53/udp"),
        *probes("attacker", "web:8080 # not published", "web on back:80"),
        *probes("attacker", "db:5432", "[db]:5432"),
        Fact("attacker → 127.0.0.1:8443, a crafted frame", crafted("127.0.0.1", 8443)),
        Fact("attacker → 127.0.0.1:80, a crafted frame", crafted("127.0.0.1", 80)),
    ],
    "The internal network, `icc: false`": [
        *probes("web", "db:5432", "[db]:5432"),
        *probes("db", "web on back:80", "[web on back]:80", "web:80"),
        *probes("db", "client:80", "[client]:80", "host:80", "back's gateway:80", "[back's gateway]:80"),
        *probes("db", "back's gateway:2222 # a service of the host", "[back's gateway]:2222 # the same"),
    ],
    "Names": [
        *(_knows("neighbour", name) for name in ("web", "www", "neighbour", "db")),
        *(_knows("web", name) for name in ("db", "neighbour", "web")),
        *(_knows("db", name) for name in ("web", "www")),
        *(_knows("other", name) for name in ("web", "other")),
        _asks_a_name_server("neighbour", "web"),
    ],
    "What there is": [
        Fact("interfaces of batch", _only_lo),
        Fact("default route of web", _way_out("web")),
        Fact("default route of db", _way_out("db")),
        Fact("addresses of sidecar and of web", _same("sidecar", "web")),
        Fact("addresses of agent and of the host", _same("agent", "host")),
        Fact("sockets of the host that are held for published ports", _sockets),
        Fact("the allocated port is in ip_local_port_range", _in_range),
    ],
}
#: The same, asked after db gave itself default routes.
AFTERWARDS: Dict[str, List[Union[Probe, Fact]]] = {
    "The internal network, after `db` gave itself default routes": [
        *probes("db", "client:80", "[client]:80", "host:80", "[host]:80", "web:80", "front's gateway:80"),
        *probes("db", "host:2222 # a service of the host"),
    ],
}


def answers(side: Side) -> Dict[str, Dict[str, str]]:
    """Section → question → answer."""
    for name, kind, port in SERVERS:
        side.places[name].serve(kind, port, says=name)
    _routes_to_everything(side)
    told = _ask(side, SECTIONS)
    _routes_out(side)
    return {**told, **_ask(side, AFTERWARDS)}


def _ask(side: Side, sections: Dict[str, List[Union[Probe, Fact]]]) -> Dict[str, Dict[str, str]]:
    """All at once: what does not answer takes its time."""
    with ThreadPoolExecutor(40) as pool:
        asked = {
            name: [(item.told, pool.submit(item.answer, side)) for item in items] for name, items in sections.items()
        }
        return {name: {told: answer.result() for told, answer in items} for name, items in asked.items()}
