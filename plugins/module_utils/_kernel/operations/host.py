# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Operations on what is neither a link nor a namespace: settings, packet rules, connections, files, other firewalls.

Each takes the host first and then JSON-able arguments, for a journal keeps them.
"""

from __future__ import annotations

from typing import Any, Dict, List, Optional, Sequence

from .. import conntrack, files, firewalld, iptables, nft, sysctl
from ..host import Host


def sysctl_write(host: Host, netns: Optional[str], key: str, value: str) -> None:
    with host.inside(netns):
        sysctl.write(key, value, host.proc.directory() if netns is not None else None)


def nft_load(host: Host, script: str) -> None:
    nft.load(script, host.let_go)


def conntrack_delete(host: Host, flows: List[Dict[str, Any]]) -> None:
    """End the connections of published ports that are gone. There is no way back, so it comes last."""
    conntrack.delete_stale([conntrack.StaleFlow(**flow) for flow in flows])


def file_write(host: Host, path: str, content: str) -> None:
    files.write(path, content)


def file_link(host: Host, path: str, target: str) -> None:
    files.link(path, target)


def file_access(host: Host, path: str, access: Sequence[int]) -> None:
    files.set_access(path, access)


def file_remove(host: Host, path: str) -> None:
    files.remove(path)


def file_replace(host: Host, path: str, content: Optional[str]) -> None:
    files.replace(path, content)


def iptables_own(host: Host, family: str, chain: str, mark: str, rules: List[str]) -> None:
    iptables.set_own(family, chain, mark, rules)


def firewalld_apply(host: Host, zone: str, wanted: List[str], reload: bool) -> None:
    firewalld.apply(zone, wanted, reload)
