# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ports in Compose's short and long syntax, and what ``expose`` takes."""

from __future__ import annotations

from typing import Any, List, Optional, Tuple

from .topology import Address, PublishedPort
from .words import Problems, address, integer, items, known_keys, mapping, quote, text

PROTOCOLS = ("tcp", "udp", "sctp")
PORT_WORDS = ("target", "published", "host_ip", "protocol", "mode", "name", "app_protocol")
Range = Tuple[int, int]
#: Compose's host port for "whichever is free".
_ANY = "0"
#: Of a port, with any leading zeros. Python itself refuses to read 4,300.
_MOST_DIGITS = 40
#: Every port of every protocol: a container that lists more lists some of them again and again.
MOST_PORTS = 65535 * len(PROTOCOLS)


def parse_ports(value: Any, path: str, problems: Problems) -> Tuple[PublishedPort, ...]:
    ports: List[PublishedPort] = []
    for n, item in enumerate(items(value, path, problems)):
        where = "{0}[{1}]".format(path, n)
        ports.extend(_long(item, where, problems) if isinstance(item, dict) else _short(item, where, problems))
        if len(ports) > MOST_PORTS:
            problems.note(path, "at most {0} ports, every one of each protocol; here some are listed again", MOST_PORTS)
            return ()
    return tuple(ports)


def parse_expose(value: Any, path: str, problems: Problems) -> Tuple[Tuple[int, str], ...]:
    exposed: List[Tuple[int, str]] = []
    for n, item in enumerate(items(value, path, problems)):
        where = "{0}[{1}]".format(path, n)
        entry = text(item, where, problems)
        if entry is None:
            continue
        numbers, protocol = _split_protocol(entry, entry, where, problems)
        ports = _range(numbers, "port", entry, where, problems)
        if ports is not None and protocol is not None:
            exposed.extend((port, protocol) for port in range(ports[0], ports[1] + 1))
        if len(exposed) > MOST_PORTS:
            problems.note(path, "at most {0} ports, every one of each protocol; here some are listed again", MOST_PORTS)
            return ()
    return tuple(dict.fromkeys(exposed))


def _short(value: Any, path: str, problems: Problems) -> List[PublishedPort]:
    """``[HOST_IP:][PUBLISHED[-END]:]TARGET[-END][/PROTOCOL]``"""
    if isinstance(value, int) and not isinstance(value, bool) and value > 65535:
        told = "{0}: the container port must be between 1 and 65535"
        if value < 65536 * 60:
            told += '. To YAML an unquoted {1} is this number: quote it, "{1}"'
        problems.note(path, told, quote(value), "{0}:{1:02}".format(*divmod(min(value, 65536 * 60), 60)))
        return []
    pair = _equal_pair(value)
    if pair:
        told = '{0}: to YAML 1.1 an unquoted {1} is this number; write "{1}" for that, or "{0}" if the number is meant'
        problems.note(path, told, value, pair)
        return []
    entry = text(value, path, problems)
    if entry is None:
        return []
    rest, protocol = _split_protocol(entry, entry, path, problems)
    parts = _split_address(rest)
    if parts is None:
        problems.note(
            path, '{0}: expected "[HOST_IP:][PUBLISHED:]TARGET[/PROTOCOL]", an IPv6 address in [brackets]', quote(entry)
        )
        return []
    host, published_text, target_text = parts
    if not host and "." in published_text:
        problems.note(
            path, '{0}: for any host port on one address write "{1}::{2}"', quote(entry), published_text, target_text
        )
        return []
    host_ip = address(host, path, problems) if host else None
    container_port = _range(target_text, "container port", entry, path, problems)
    published_text = "" if published_text == _ANY else published_text
    published = _range(published_text, "host port", entry, path, problems) if published_text else None
    failed = bool(host and host_ip is None) or bool(published_text and published is None)
    if failed or container_port is None or protocol is None:
        return []
    return _expand(container_port, published, host_ip, protocol, entry, path, problems)


def _equal_pair(value: Any) -> str:
    """``22:22`` of 1342: a number that an unquoted pair of ports becomes in base 60, as it is most often written."""
    if not isinstance(value, int) or isinstance(value, bool):
        return ""
    high, low = divmod(value, 60)
    return "{0}:{0}".format(low) if high == low > 0 else ""


def _split_address(rest: str) -> Optional[Tuple[str, str, str]]:
    """(host address, host port, container port), the first two perhaps empty."""
    if rest.startswith("["):
        host, bracket, tail = rest[1:].partition("]:")
        parts = tail.split(":")
        if not bracket or not host or len(parts) > 2:
            return None
        return (host, "", parts[0]) if len(parts) == 1 else (host, parts[0], parts[1])
    parts = rest.split(":")
    if len(parts) == 1:
        return "", "", parts[0]
    if len(parts) == 2:
        return "", parts[0], parts[1]
    return (parts[0], parts[1], parts[2]) if len(parts) == 3 else None


def _long(value: Any, path: str, problems: Problems) -> List[PublishedPort]:
    words = mapping(value, path, problems)
    known_keys(words, PORT_WORDS, path, problems)
    if words.get("target") is None:
        problems.note(path + ".target", "a port needs its container port, target")
        return []
    if words.get("mode") not in (None, "host", "ingress"):
        problems.note(path + ".mode", "{0}: expected host or ingress", quote(words["mode"]))
    before = len(problems)
    word = text(words.get("protocol") or "tcp", path + ".protocol", problems) or ""
    protocol = _protocol(word, word, path + ".protocol", problems)
    container_port = _range(words["target"], "container port", words["target"], path + ".target", problems)
    published = None
    if words.get("published") not in (None, "", 0, _ANY):
        published = _range(words["published"], "host port", words["published"], path + ".published", problems)
    host_ip = None
    if words.get("host_ip") not in (None, ""):
        host_ip = address(words["host_ip"], path + ".host_ip", problems)
    if len(problems) > before or container_port is None or protocol is None:
        return []
    entry = quote(words.get("published")).strip('"')
    return _expand(container_port, published, host_ip, protocol, entry, path, problems)


def _split_protocol(entry: str, whole: str, path: str, problems: Problems) -> Tuple[str, Optional[str]]:
    rest, slash, protocol = entry.partition("/")
    return rest, _protocol(protocol if slash else "tcp", whole, path, problems)


def _protocol(word: str, whole: str, path: str, problems: Problems) -> Optional[str]:
    if word.lower() in PROTOCOLS:
        return word.lower()
    problems.note(path, "{0}: the protocol must be tcp, udp or sctp", quote(whole))
    return None


def parse_port(value: Any, what: str, path: str, problems: Problems) -> Optional[int]:
    """One port: the ``host port`` or ``container port`` of an option that takes no range."""
    if value is None:
        return None
    found = _range(value, what, value, path, problems)
    if found is not None and found[0] != found[1]:
        problems.note(path, "{0}: one {1}, not a range", quote(value), what)
        return None
    return found[0] if found is not None else None


def _range(value: Any, what: str, whole: Any, path: str, problems: Problems) -> Optional[Range]:
    numbers = value if isinstance(value, str) else quote(value)
    first, dash, last = numbers.partition("-")
    ends = (first, last) if dash else (first,)
    if not all(end.isascii() and end.isdigit() and len(end) <= _MOST_DIGITS for end in ends):
        problems.note(path, "{0}: the {1} must be a number or a range such as 9000-9010", quote(whole), what)
        return None
    low, high = int(ends[0]), int(ends[-1])
    if not (1 <= low <= 65535 and 1 <= high <= 65535):
        problems.note(path, "{0}: the {1} must be between 1 and 65535", quote(whole), what)
        return None
    if low > high:
        problems.note(path, "{0}: the range {1} ends before it begins", quote(whole), numbers)
        return None
    return low, high


def _expand(
    container_port: Range,
    published: Optional[Range],
    host_ip: Optional[Address],
    protocol: str,
    whole: str,
    path: str,
    problems: Problems,
) -> List[PublishedPort]:
    count = container_port[1] - container_port[0] + 1
    if published is not None and count == 1 and published[0] != published[1]:
        # The first of them that is free, and kept.
        return [PublishedPort(container_port[0], protocol, None, host_ip, path, choices=published)]
    if published is not None and published[1] - published[0] + 1 != count:
        problems.note(
            path,
            "{0}: as many host ports as container ports are needed, not {1} for {2}"
            " (leave the host port out to have one chosen)",
            quote(whole),
            published[1] - published[0] + 1,
            count,
        )
        return []
    return [
        PublishedPort(
            container_port=container_port[0] + n,
            protocol=protocol,
            published=published[0] + n if published is not None else None,
            host_ip=host_ip,
            path=path,
        )
        for n in range(count)
    ]


def parse_port_range(value: Any, path: str, problems: Problems) -> Optional[Range]:
    """``topology_port_range``: ``"32768-60999"``."""
    if value is None or value == "":
        return None
    if isinstance(value, (list, tuple)) and len(value) == 2:
        ends = [integer(end, "{0}[{1}]".format(path, n), problems) for n, end in enumerate(value)]
        value = "-".join(str(end) for end in ends)
    return _range(value, "port range", value, path, problems)
