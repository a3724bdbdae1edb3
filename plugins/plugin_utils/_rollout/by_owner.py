# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Changes in which no order of the declaration is left: what was chosen is told by whose it is. Pure.

Who is declared first gets the first free address, and so the same declaration in another order has other lines. Here
``<web:eth0 on front>`` stands for an address that nobody wrote down and nobody held, whichever it is, and
``<MAC of web:eth0 on front>`` for the MAC that is made of it; subnets and host ports likewise.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.macs import mac_of
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.link_local import link_local

Change = Mapping[str, Any]
#: An IPv4 address, or what may be an IPv6 one or a MAC; with a prefix length, or without.
_VALUE = re.compile(r"(?<![\w.:])(?:\d+(?:\.\d+){3}|[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,7})(?:/\d+)?(?!\w)")
_RANGE = re.compile(r"(\d+)(?:-(\d+))?\Z")
_MORE = re.compile(r"and \d+ more\Z")
_PORTS = "published ports"
#: At which others ask for an address, by its last three bytes (RFC 4291, section 2.7.1): the address is beside it.
_GROUPS = "ff02::1:ff"


class Chosen:
    """``values``: subnet, address or ``PORT/PROTOCOL`` → whose it is. None chosen, nothing is otherwise."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self.values = values
        self._ports = {value for value in values if value.partition("/")[2] in ("tcp", "udp", "sctp")}
        self._made: dict[str, tuple[str, str]] = {}  # what is made of a value → what it is, and the value
        for value in values.keys() - self._ports:
            mac = _mac(_address(value))  # a bridge without a gateway has that of its subnet's first address
            self._made.update({mac: ("MAC of ", value), link_local(mac): ("link-local address of ", value)})
        self.met: set[str] = set()  # of the values, those that changes were found to say
        self._former: frozenset[str] = frozenset()  # of the change at hand, what its object has had until now

    def by_owner(self, change: Change) -> Iterator[dict[str, Any]]:
        """The change as it is in whatever order all was declared; of ports, one for each.

        What goes is no choice: of a value that somebody gives up and somebody else gets, it is the former's.
        """
        words = {word: change.get(word) or {} for word in ("text", "subject", "before", "after")}
        if words["before"] and not words["after"]:
            yield words
        elif self._ports and "port" in words["subject"]:
            yield from (self._renamed(each) for each in self._one_by_one(words))
        else:
            had = {key: value for key, value in words["before"].items() if value is not None}
            self._former = frozenset(map(_address, _VALUE.findall(str(had))))
            told = self._renamed(words)
            self._former = frozenset()
            to_come = {key: None for key in words["before"] if key not in had}
            yield {**told, "before": {**self._renamed(to_come), **had}}

    def _renamed(self, value: Any) -> Any:
        if isinstance(value, str):
            return _VALUE.sub(self._owner, value)
        if isinstance(value, Mapping):
            # The ports of a whole table are counted in its line, and each that is chosen has a line of its own.
            kept = ((key, item) for key, item in value.items() if not (self._ports and key == _PORTS))
            return {self._renamed(key): self._renamed(item) for key, item in kept}
        if isinstance(value, (list, tuple)):
            items = [self._renamed(item) for item in value]
            return len(items) if items != list(value) and _MORE.match(str(items[-1])) else items  # which, is by chance
        return value

    def _owner(self, found: re.Match[str]) -> str:
        text = found.group()
        address = _address(text)
        if address in self._former:
            return text
        if address in self._made:
            what, value = self._made[address]
            return f"<{what}{self._whose(value)}>"
        if text in self.values or address in self.values:
            return f"<{self._whose(text if text in self.values else address)}>"
        return "<group>" if address.startswith(_GROUPS) and self.values else text

    def _whose(self, value: str) -> str:
        self.met.add(value)
        return self.values[value]

    def _one_by_one(self, words: Change) -> Iterator[dict[str, Any]]:
        """A range is a line where ports follow each other, which those that were chosen do by chance."""
        told, subject = words["after"], {**words["subject"], "port": ""}
        what = str(words["text"]).partition(" " + str(words["subject"]["port"]))[0]
        published, targets = _numbers(told.get("published")), _numbers(told.get("target"))
        if not published or len(published) != len(targets):
            yield {**words, "text": what, "subject": subject}
            return
        for number, target in zip(published, targets):
            key = f"{number}/{told.get('protocol')}"
            port = self._whose(key) if key in self.values else number
            yield {"text": what, "subject": subject, "after": {**told, "published": port, "target": target}}


def _address(text: str) -> str:
    """Without a prefix length, and without the colon of a sentence."""
    found = text.partition("/")[0]
    return found if found.endswith("::") else found.rstrip(":")


def _mac(address: str) -> str:
    return mac_of(None, address) if ":" in address else mac_of(address)


def _numbers(value: Any) -> range:
    found = _RANGE.match(str(value))
    return range(int(found.group(1)), int(found.group(2) or found.group(1)) + 1) if found else range(0)
