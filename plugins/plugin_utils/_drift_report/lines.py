# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run says at its end, a line each: what was done, and where the containers are now that it changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .changes import DONE, Change, by_weight, state_of

#: Of more places and ports of one container than this, the first ones.
_OF_ONE = 12


def lines_of(result: Mapping[str, Any], many: int) -> list[str]:
    """The changes of one answer, what matters first: what was done, or would be in check mode."""
    return in_lines(by_weight(result.get("changes") or ()), many)


def in_lines(changes: Sequence[Change], many: int) -> list[str]:
    """``many``: how many of them are told."""
    more = [f"and {len(changes) - many} more"] if len(changes) > many else []
    return [f"{DONE[state_of(change)]} {change['text']}" for change in changes[:many]] + more


def where_lines(result: Mapping[str, Any], many: int) -> list[str]:
    """Of what the module ``topology`` answered, with its ``changes``. ``many``: how many containers are told of."""
    containers = result.get("containers") or {}
    subjects = (change["subject"].get("container") for change in result.get("changes") or ())
    changed = [name for name in dict.fromkeys(subjects) if name in containers]
    more = [f"and {len(changed) - many} more"] if len(changed) > many else []
    return [f"{name}: {_told(containers[name])}" for name in changed[:many]] + more


def _told(container: Mapping[str, Any]) -> str:
    told = [*_places(container), *_ports(container)]
    more = " ..." if len(told) > _OF_ONE else ""
    return (", ".join(told[:_OF_ONE]) or str(container["mode"])) + more


def _places(container: Mapping[str, Any]) -> Iterator[str]:
    for nic in container["interfaces"].values():
        yield " ".join(filter(None, (nic.get("ipv4"), nic.get("ipv6")))) + f" on {nic['network']}"


def _ports(container: Mapping[str, Any]) -> Iterator[str]:
    for port in container["ports"]:
        host = f"[{port['host_ip']}]" if ":" in port["host_ip"] else port["host_ip"]
        yield f"{host}:{port['published']}->{port['target']}/{port['protocol']}"
