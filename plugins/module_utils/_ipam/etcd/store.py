# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The fleet's leases in etcd: what ``fleet_store.FleetStore`` promises, by compare-and-set on every key.

A host first reads all that is held of its networks, at one revision. What it takes it then writes in one transaction,
which holds only if nobody has taken anything of these networks since: so a block that overlaps another one is refused
as well as the same one. Who was overtaken reads again. Nothing has a time to live.
"""

from __future__ import annotations

import base64
import random
import time
from typing import Any, Dict, Iterator, Mapping, Optional, Sequence, Tuple

from ..._kernel import gate
from ..._kernel.data import NamedTuple
from ..fleet_store import (
    ADDRESS,
    BLOCK,
    VNI,
    Approve,
    Held,
    InUse,
    Mark,
    Snapshot,
    nothing,
    whatever,
    would_hold,
)
from ..store import Row
from . import rows as keys
from .access import Access, EtcdError
from .gateway import Gateway

#: etcd takes 128 in one transaction (--max-txn-ops), comparisons or writes.
OPERATIONS = 50
#: Seconds. Those who were overtaken do not all come back at once.
_LONGEST_PAUSE = 0.05


class _Seen(NamedTuple):
    snapshot: Snapshot
    values: Mapping[str, Tuple[str, str]]  # key → its value, and the revision of its last change


class EtcdStore:
    """Close it, or use it as a context manager."""

    def __init__(self, access: Access, gateway: Optional[Gateway] = None) -> None:
        self._prefix = access.prefix.rstrip("/")
        self._gateway = Gateway(access) if gateway is None else gateway
        self.mark: Optional[Mark] = None

    def __enter__(self) -> "EtcdStore":
        return self

    def __exit__(self, *exception: object) -> None:
        self._gateway.__exit__(*exception)

    # -- reading

    def read(self, topology: str) -> Snapshot:
        return self._read(topology).snapshot

    def _read(self, topology: str) -> _Seen:
        """Both ranges in one transaction, so that they are of one moment."""
        folders = (keys.topology_keys(self._prefix, topology), keys.vnis(self._prefix))
        answer = self._gateway.transact({"success": [{"request_range": _range(folder)} for folder in folders]}, False)
        values: Dict[str, Tuple[str, str]] = {}
        for response in answer.get("responses") or ():
            for each in response["response_range"].get("kvs") or ():
                values[_text(each["key"])] = _text(each.get("value", "")), str(each["mod_revision"])
        found = (keys.row(self._prefix, key, value) for key, (value, _revision) in values.items())
        rows = tuple(row for row in found if row is not None)
        return _Seen(Snapshot(*self._marked(answer), rows), values)

    def _marked(self, answer: Mapping[str, Any]) -> Mark:
        header = answer["header"]
        self.mark = Mark(str(header["cluster_id"]), int(header["revision"]))
        return self.mark

    # -- writing

    def hold(
        self,
        topology: str,
        host_id: str,
        rows: Sequence[Row],
        in_use: InUse = nothing,
        approve: Approve = whatever,
    ) -> Held:
        pause, first = 0.001, Held()
        while True:
            seen = self._read(topology)
            now = would_hold(host_id, rows, seen.snapshot.rows, in_use)
            if now.conflicts:
                return now
            # What the first reading said: a lost reply that had been a success leaves nothing for the second.
            first = first if first.granted or first.released else now
            approve(now.granted, now.released)
            todo = list(self._todo(now.granted, now.released))
            if not todo:
                break
            if self._write(rows, todo[:OPERATIONS], seen) and len(todo) <= OPERATIONS:
                break
            time.sleep(random.uniform(0, pause))
            pause = min(pause * 2, _LONGEST_PAUSE)
        if any(row["kind"] == BLOCK for row in first.released):
            self.give_back(topology, ())
        return first

    def _todo(self, granted: Sequence[Row], released: Sequence[Row]) -> Iterator[Mapping[str, Any]]:
        """What goes comes first: an address moves from one container of a host to another."""
        for row in released:
            yield {"request_delete_range": {"key": _bytes(self._key(row))}}
        for row in granted:
            key, value = keys.entry(self._prefix, row)
            yield {"request_put": {"key": _bytes(key), "value": _bytes(value)}}

    def _write(self, rows: Sequence[Row], todo: Sequence[Mapping[str, Any]], seen: _Seen) -> bool:
        """False where somebody was faster, or nobody knows whether it was done: then all is read again."""
        gate.writing("fleet store")
        networks = sorted({(row["topology"], row["network"]) for row in rows})
        compare = [
            dict(_range(keys.network_keys(self._prefix, topology, network, kind)), **_not_since(seen.snapshot.revision))
            for topology, network in networks
            for kind in (BLOCK, ADDRESS)
        ]
        compare.extend(self._as_seen(todo, rows, seen))
        try:
            answer = self._gateway.transact({"compare": compare, "success": list(todo)}, True)
            self._marked(answer)
            return bool(answer.get("succeeded"))
        except EtcdError as error:
            if not error.lost_reply:
                raise
            return False

    def _as_seen(self, todo: Sequence[Mapping[str, Any]], rows: Sequence[Row], seen: _Seen) -> Iterator[Dict[str, str]]:
        """Each key that is written, and each identifier that is relied on, is as it was."""
        names = [_text(words["key"]) for each in todo for words in each.values()]
        relied = [self._key(row) for row in rows if row["kind"] == VNI]
        for name in dict.fromkeys((*names, *relied)):
            revision = seen.values.get(name, ("", "0"))[1]
            yield {"key": _bytes(name), "target": "MOD", "result": "EQUAL", "mod_revision": revision}

    def give_back(self, topology: str, held: Sequence[Row]) -> None:
        """An identifier goes with the last block of its network."""
        while True:
            seen = self._read(topology)
            going = {keys.entry(self._prefix, row) for row in held}
            todo = [
                {"request_delete_range": {"key": _bytes(key)}}
                for key, (value, _revision) in seen.values.items()
                if (key, value) in going
            ]
            ownerless = [] if todo else list(self._ownerless(topology, seen))
            todo = todo or [{"request_delete_range": {"key": _bytes(self._key(row))}} for row in ownerless]
            if not todo:
                return
            self._write(ownerless, todo[:OPERATIONS], seen)

    def _ownerless(self, topology: str, seen: _Seen) -> Iterator[Row]:
        """The identifiers of a topology's networks of which nobody holds a block."""
        used = {row["network"] for row in seen.snapshot.rows if row["kind"] == BLOCK}
        for row in seen.snapshot.rows:
            if row["kind"] == VNI and row["topology"] == topology and row["network"] not in used:
                yield row

    def _key(self, row: Row) -> str:
        return keys.entry(self._prefix, row)[0]


def _range(folder: str) -> Dict[str, str]:
    """All keys that begin so: up to the first that does not."""
    return {"key": _bytes(folder), "range_end": _bytes(folder[:-1] + chr(ord(folder[-1]) + 1))}


def _not_since(revision: int) -> Dict[str, str]:
    return {"target": "MOD", "result": "LESS", "mod_revision": str(revision + 1)}


def _bytes(text: str) -> str:
    return base64.b64encode(text.encode("utf-8")).decode("ascii")


def _text(encoded: str) -> str:
    return base64.b64decode(encoded).decode("utf-8", "replace")
