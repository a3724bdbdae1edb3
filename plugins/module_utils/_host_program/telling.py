# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``leases``, ``journal`` and ``repair``: what is written down on the host, in words."""

from __future__ import annotations

from typing import Any, Dict, Iterator, Mapping, Tuple

from .._engine import journal as journals
from .._engine.interrupted import UNCONFIRMED, VERIFIED, Record
from .._ipam import store as lease_store
from .._ipam.change import TUNNEL
from .._module.repair import repair as put_back
from .._module.topology_info import fleet_leases
from .answer import CLEAN, FAILED, Answer, table


def leases(words: Any) -> Answer:
    with lease_store.open_store(check_mode=True) as store:
        rows = lease_store.leases(store)
    shown = [{key: value for key, value in row.items() if key != "grant_id"} for row in rows]
    lines = table(("KIND", "TOPOLOGY", "LEASED", "NETWORK", "HOLDER"), map(_row, rows))
    blocks = fleet_leases()
    heads = ("BLOCK", "TOPOLOGY", "NETWORK", "HOST", "STATE")
    held = table(heads, ([row[head.lower()] for head in heads] for row in blocks))
    lines.extend([*([""] if lines and held else []), *held])
    return Answer({"leases": shown, "fleet_leases": blocks}, lines or ["nothing is leased"])


def _row(row: Mapping[str, Any]) -> Tuple[str, ...]:
    if row["kind"] == "subnet":
        return "subnet", row["topology"], row["subnet"], row["network"], ""
    if row["kind"] == "port":
        leased = "{0}:{1}/{2}".format(row["host_ip"] or "*", row["published"], row["protocol"])
        holder = "{0}:{1}".format(row["container"], row["target"]) if row["container"] else TUNNEL
        return "port", row["topology"], leased, "", holder
    holder = ":".join(each for each in (row["container"], row["interface"]) if each)
    return "address", row["topology"], row["address"], row["network"], holder


def journal(words: Any) -> Answer:
    record = journals.read()
    if record is None:
        return Answer({"run": None}, ["every run came to its end"])
    data: Dict[str, Any] = {
        "topology": record.topology,
        "of_this_boot": record.is_of_this_boot,
        "reached": record.reached,
        "actions": len(record.undo),
        "touched": sorted({key for keys in record.touched for key in keys}),
        "leases": sum(len(each.arguments["granted"]) + len(each.arguments["released"]) for each in record.first),
    }
    return Answer({"run": data}, list(_told(record, data)))


def _told(record: Record, data: Mapping[str, Any]) -> Iterator[str]:
    yield "a run of the topology {0} {1}".format(record.topology, _how_far(record))
    if not record.is_of_this_boot:
        yield "the host was booted since: what outlives a boot is put back, the rest went with it"
    if data["leases"] and record.reached != VERIFIED:
        yield "{0} changes of leases are taken back".format(data["leases"])
    for key in data["touched"] if record.reached != VERIFIED else ():
        yield "  " + key


def _how_far(record: Record) -> str:
    if record.reached == VERIFIED:
        return "was verified, and is to be tidied up by the next run"
    if record.reached == UNCONFIRMED:
        waits = journals.awaits_confirmation(record)
        return "waits for its confirmation" if waits else "was not confirmed: the next run takes it back"
    if not record.is_of_this_boot:
        return "did not come to its end: the next run takes it back"
    return "was interrupted: {0} of its {1} actions had begun, which the next run takes back".format(
        record.reached, len(record.undo)
    )


def repair(words: Any) -> Answer:
    result = put_back()
    lines = list(result.actions) or ["nothing that the kernel knows is damaged"]
    status = FAILED if result.warnings else CLEAN
    return Answer({"repaired": list(result.actions), "warnings": list(result.warnings)}, lines, status, result.warnings)
