# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``bandwidth``: rates and sizes as tc(8) writes them (RATES and SIZES there), and what limits can be."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Dict, Mapping, Optional

from .._resources.qdisc import least_burst, rate_text, size_text
from .driver import DriverWords
from .topology import Attachment, Bandwidth, Container, Network
from .words import Problems, known_keys, mapping, quote, text

if TYPE_CHECKING:
    from fractions import Fraction

BANDWIDTH_WORDS = ("ingress", "egress", "burst")
#: Of no more digits than mean something: Python itself refuses to read 4,300 of them.
_NUMBER = r"(\d{1,40}(?:\.\d{0,40})?|\.\d{1,40})([a-z]*)\Z"
_PREFIXES = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9, "t": 10**12}
_BINARY_PREFIXES = {"ki": 1 << 10, "mi": 1 << 20, "gi": 1 << 30, "ti": 1 << 40}
#: Unit → bits per second: kbit is 1000 bits, kbps is 1000 bytes, kibit is 1024 bits; a number alone is bits.
_RATES: Dict[str, int] = {
    "": 1,
    **{prefix + "bit": factor for prefix, factor in {**_PREFIXES, **_BINARY_PREFIXES}.items()},
    **{prefix + "bps": factor * 8 for prefix, factor in {**_PREFIXES, **_BINARY_PREFIXES}.items()},
}
#: Unit → bits: kb is 1024 bytes, kbit is 1024 bits; a number alone is bytes.
_SIZES: Dict[str, int] = {
    **{unit: factor * 8 for unit, factor in (("", 1), ("b", 1), ("k", 1 << 10), ("m", 1 << 20), ("g", 1 << 30))},
    **{unit + "b": factor * 8 for unit, factor in (("k", 1 << 10), ("m", 1 << 20), ("g", 1 << 30))},
    **{unit + "bit": factor for unit, factor in (("k", 1 << 10), ("m", 1 << 20), ("g", 1 << 30))},
}
#: Bytes per second. The greatest is what 32 bits hold, in which the kernel and pyroute2 keep it.
_LEAST_RATE, _GREATEST_RATE = 1000, (1 << 32) - 1
#: The kernel counts the time that a burst takes at the rate in 32 bits of 64 ns.
_LONGEST_BURST = 240
_GREATEST_BURST = 1 << 31
_DEFAULT_MTU = 1500


def parse_bandwidth(value: Any, path: str, problems: Problems) -> Optional[Bandwidth]:
    """None: nothing is limited."""
    if value is None:
        return None
    words = mapping(value, path, problems)
    known_keys(words, BANDWIDTH_WORDS, path, problems)
    given = {word: words[word] for word in ("ingress", "egress") if words.get(word) is not None}
    rates = {word: parse_rate(item, "{0}.{1}".format(path, word), problems) for word, item in given.items()}
    burst = words.get("burst")
    size = parse_size(burst, path + ".burst", problems) if burst is not None else None
    if burst is not None and not given:
        problems.note(path + ".burst", "{0}: of no rate; give ingress, egress or both", quote(burst))
    for word, rate in rates.items():
        if size is not None and rate is not None and size > rate * _LONGEST_BURST:
            message = "{0}: takes more than {1} seconds at the rate of {2}, {3}"
            problems.note(path + ".burst", message, quote(burst), _LONGEST_BURST, word, rate_text(rate))
    if not any(rates.values()):
        return None
    return Bandwidth(rates.get("ingress"), rates.get("egress"), size, path)


def parse_rate(value: Any, path: str, problems: Problems) -> Optional[int]:
    """In bytes per second."""
    bits = _read(value, _RATES, path, problems, "a rate as tc writes it, such as 10mbit, 512kbit or 2mbps (bytes)")
    if bits is None:
        return None
    rate = int(bits / 8)
    if not _LEAST_RATE <= rate <= _GREATEST_RATE:
        problems.note(path, "{0}: a rate is between 8kbit and 34359738360bit", quote(value))
        return None
    return rate


def parse_size(value: Any, path: str, problems: Problems) -> Optional[int]:
    """In bytes."""
    bits = _read(value, _SIZES, path, problems, "a size as tc writes it, such as 64kb, 1mb or 20000 (bytes)")
    if bits is None:
        return None
    size = int(bits / 8)
    if not 1 <= size <= _GREATEST_BURST:
        problems.note(path, "{0}: a burst is between one packet and 2gb", quote(value))
        return None
    return size


def _read(value: Any, units: Mapping[str, int], path: str, problems: Problems, expected: str) -> Optional["Fraction"]:
    word = text(value, path, problems)
    if word is None:
        return None
    found = re.match(_NUMBER, word.strip().lower(), re.ASCII)
    if found is None or found.group(2) not in units:
        near = found.group(1) + found.group(2) + "bit" if found is not None else ""
        hint = ' (did you mean "{0}"?)'.format(near) if found is not None and found.group(2) + "bit" in units else ""
        problems.note(path, "{0}: expected {1}{2}", quote(value), expected, hint)
        return None
    from fractions import Fraction  # only where something is limited

    return Fraction(found.group(1)) * units[found.group(2)]


def check_limits(
    containers: Mapping[str, Container],
    networks: Mapping[str, Network],
    drivers: Mapping[str, DriverWords],
    problems: Problems,
) -> None:
    """What only shows with the network: whether its driver can, and whether one of its packets is in the burst."""
    for container in containers.values():
        for place in container.attachments:
            network = networks.get(place.network)
            if place.bandwidth is not None and network is not None:
                _check(place, place.bandwidth, network, drivers[network.driver], problems)


def _check(place: Attachment, bandwidth: Bandwidth, network: Network, driver: DriverWords, problems: Problems) -> None:
    if driver.unlimited:
        message = "the network {0} is of the driver {1}: {2}; limit traffic on networks of the driver bridge"
        problems.note(bandwidth.path, message, quote(network.name), driver.name, driver.unlimited)
        return
    for rate in (bandwidth.ingress, bandwidth.egress):
        least = least_burst(rate, network.mtu or _DEFAULT_MTU) if rate is not None else 0
        if bandwidth.burst is not None and bandwidth.burst < least:
            message = '"{0}": a packet of the network {1} would never fit; it takes at least {2} bytes'
            problems.note(bandwidth.path + ".burst", message, size_text(bandwidth.burst), quote(network.name), least)
            return
