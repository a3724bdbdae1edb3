# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A lease store that is a list: the contract at its plainest, for tests that are not about a file."""

from __future__ import annotations

import ipaddress


class MemoryStore:
    def __init__(self, rows=()):
        self.committed = [dict(row) for row in rows]
        self._rows = None  # while a transaction is open

    def begin(self):
        assert self._rows is None, "one transaction at a time"
        self._rows = list(self.committed)

    def commit(self):
        self.committed, self._rows = self._rows, None

    def rollback(self):
        self._rows = None

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.rollback()

    def insert(self, row):
        if any(_excludes(held, row) for held in self._now):
            return False
        self._now.append(dict(row))
        return True

    def insert_all(self, rows):
        before = list(self._now)
        if all([self.insert(row) for row in rows]):
            return True
        self._now[:] = before
        return False

    def delete(self, row):
        self._now[:] = [held for held in self._now if held != row]

    def rows(self, kind, **where):
        return [
            dict(row)
            for row in self._now
            if row["kind"] == kind and all(row[name] == value for name, value in where.items())
        ]

    def next_free(self, family, number):
        held = {int(ipaddress.ip_address(row["address"])) for row in self.rows("address", family=family)}
        while number in held:
            number += 1
        return number

    def published_ports(self, protocol, first, last):
        return {row["published"] for row in self.rows("port", protocol=protocol) if first <= row["published"] <= last}

    @property
    def _now(self):
        return self.committed if self._rows is None else self._rows


_OWNER = {
    "subnet": ("topology", "network", "family"),
    "address": ("topology", "network", "container", "interface", "family"),
    "port": ("protocol", "published", "host_ip"),
}


def _excludes(held, row):
    """Whether two rows cannot be beside each other."""
    kind = row["kind"]
    if held["kind"] != kind:
        return False
    if all(held[name] == row[name] for name in _OWNER[kind]):
        return True
    if kind == "subnet":
        one, other = (ipaddress.ip_network(each["subnet"]) for each in (held, row))
        return one.overlaps(other) and not (one == other and (held["external"] or row["external"]))
    if kind == "address":
        return (held["family"], held["address"]) == (row["family"], row["address"])
    same = (held["protocol"], held["published"]) == (row["protocol"], row["published"])
    return same and {held["host_ip"], row["host_ip"]} in ({"", "0.0.0.0"}, {"", "::"})
