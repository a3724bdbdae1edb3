# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a fleet's etcd is, who asks it, and what may be wrong with it, as data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Tuple

from ..._kernel.errors import FabricError

#: What may be wrong. All but CONFLICT leave what is leased as it is: it goes on working.
UNREACHABLE = "unreachable"  # no endpoint answers
NO_QUORUM = "no quorum"  # members answer, and cannot decide
LOGIN = "login"  # user or password
PERMISSION = "permission"  # the user may not read or write below the prefix
CERTIFICATE = "certificate"  # one side does not believe the other, or a file cannot be read
EXPIRED = "expired certificate"
FULL = "full"  # the database has no room
CONFLICT = "conflict"  # somebody else holds it
REFUSED = "refused"  # an answer that nothing above says


@dataclass(frozen=True)
class Access:
    """``endpoints``: URLs. ``ca``, ``cert`` and ``key``: files of this host, in PEM; empty: none."""

    endpoints: Tuple[str, ...]
    prefix: str = "/linuxnet-fabric"
    ca: str = ""
    cert: str = ""
    key: str = ""
    user: str = ""
    password: str = ""

    def __repr__(self) -> str:
        return "Access({0}, {1})".format(", ".join(self.endpoints), self.prefix)  # whatever prints it: no password


class EtcdError(FabricError):
    """``kind`` is one of the above. ``lost_reply``: what was asked for may have been done all the same."""

    def __init__(self, kind: str, message: str, lost_reply: bool = False) -> None:
        super().__init__("topology_lease_store: etcd: {0}".format(message), lease_store=kind)
        self.kind, self.lost_reply = kind, lost_reply
