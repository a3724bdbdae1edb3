# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The collection's lab (plugins/plugin_utils/_lab), handed out as places in which a test runs programs."""

from __future__ import annotations

from typing import Sequence

from ansible_collections.linuxnet.fabric.plugins.plugin_utils._lab.wire import (
    FAR_IPV4,
    FAR_IPV6,
    Wire,
    create,
    destroy,
    missing,
)

from .place import Host

__all__ = ["FAR_IPV4", "FAR_IPV6", "Lab", "create", "destroy", "missing"]


class Lab(Wire):
    """``lab.host`` is the first host, ``lab.hosts`` all of them; ``lab.client``, ``lab.attacker`` beside them."""

    def __init__(self, hosts: Sequence[str] = ("node1",), detached: bool = False) -> None:
        super().__init__(hosts, detached)
        self.hosts = [self.parties[name] for name in hosts]
        self.host: Host = self.hosts[0]
        self.client: Host = self.parties["client"]
        self.attacker: Host = self.parties["attacker"]

    def new_party(self, name: str, pid: int, ipv4: str, ipv6: str) -> Host:
        return Host(name, pid, ipv4, ipv6)

    def close(self) -> None:
        for party in self.parties.values():
            party.stop()
        super().close()
