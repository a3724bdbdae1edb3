# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Other hosts, as they say themselves what of them may be called while promises are tried. Plain data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Dict, Iterable, List, Mapping, Optional, Tuple

from .._kernel.data import NamedTuple


class Listening(NamedTuple):
    """Where a host hears: at an address of a container of its, or, of a published port, of its own."""

    address: str
    protocol: str
    port: Optional[int]  # the one that a promise calls; None: one that nobody uses
    heard_at: int  # the port that listens: that one, or the one that was free
    service: bool = False  # whether a service has it, which is to see nothing
    names: Tuple[str, ...] = ()  # of a published port: whose it is
    container_port: Optional[int] = None

    @property
    def is_door(self) -> bool:
        return bool(self.names)


@dataclass(frozen=True)
class Others:
    """``hosts``: inventory name → what listens there. Who is missing was not asked, or gave no answer."""

    hosts: Mapping[str, Tuple[Listening, ...]]

    def ear(self, host: str, address: str, protocol: str, port: Optional[int]) -> Optional[Listening]:
        wanted = (address, protocol, port)
        return next((each for each in self.hosts.get(host, ()) if each[:3] == wanted), None)


NOBODY = Others({})


def as_data(listening: Iterable[Listening]) -> List[Dict[str, Any]]:
    return [dict(each._asdict(), names=list(each.names)) for each in listening]


def others(data: Optional[Mapping[str, Any]]) -> Others:
    """From inventory name → ``as_data``."""
    return Others(
        {
            host: tuple(Listening(**dict(each, names=tuple(each["names"]))) for each in told)
            for host, told in (data or {}).items()
        }
    )
