# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The instruction set of a transaction: every write to a host is one of these, with JSON-able arguments.

JSON-able, because a journal holds their inverses for the case that the process dies. An inverse may run
after its operation was done, half done, or not begun, so those that take away ask first whether there is any.
"""

from __future__ import annotations

from typing import Any, Callable, Dict, List, Optional

from .. import conntrack, files, firewalld, iptables, nft, sysctl
from ..announce import announce
from ..host import Host
from . import link as operations_link
from . import netns as operations_netns


def sysctl_write(host: Host, netns: Optional[str], key: str, value: str) -> None:
    with host.inside(netns):
        sysctl.write(key, value, host.proc.directory() if netns is not None else None)


def nft_load(host: Host, script: str) -> None:
    nft.load(script)


def conntrack_delete(host: Host, flows: List[Dict[str, Any]]) -> None:
    """End the connections of published ports that are gone. There is no way back, so it comes last."""
    conntrack.delete_stale([conntrack.StaleFlow(**flow) for flow in flows])


def file_write(host: Host, path: str, content: str) -> None:
    files.write(path, content)


def file_link(host: Host, path: str, target: str) -> None:
    files.link(path, target)


def file_remove(host: Host, path: str) -> None:
    files.remove(path)


def file_replace(host: Host, path: str, content: Optional[str]) -> None:
    files.replace(path, content)


def iptables_own(host: Host, family: str, chain: str, mark: str, rules: List[str]) -> None:
    iptables.set_own(family, chain, mark, rules)


def firewalld_apply(host: Host, zone: str, wanted: List[str], reload: bool) -> None:
    firewalld.apply(zone, wanted, reload)


OPERATIONS: Dict[str, Callable[..., None]] = {
    "netns.create": operations_netns.netns_create,
    "netns.attach": operations_netns.netns_attach,
    "netns.adopt": operations_netns.netns_adopt,
    "netns.remark": operations_netns.netns_remark,
    "netns.remove": operations_netns.netns_remove,
    "netns.retire": operations_netns.netns_retire,
    "netns.discard": operations_netns.netns_discard,
    "netns.stash": operations_netns.netns_stash,
    "netns.unstash": operations_netns.netns_unstash,
    "netns.drop": operations_netns.netns_drop,
    "bridge.create": operations_link.bridge_create,
    "bridge.set": operations_link.bridge_set,
    "veth.create": operations_link.veth_create,
    "link.set": operations_link.link_set,
    "link.rename": operations_link.link_rename,
    "altname.add": operations_link.altname_add,
    "altname.delete": operations_link.altname_delete,
    "port.set": operations_link.port_set,
    "port.restore": operations_link.port_restore,
    "settings.restore": operations_link.settings_restore,
    "link.delete": operations_link.link_delete,
    "links.delete": operations_link.links_delete,
    "address.add": operations_link.address_add,
    "address.delete": operations_link.address_delete,
    "route.add": operations_link.route_add,
    "route.delete": operations_link.route_delete,
    "sysctl.write": sysctl_write,
    "nft.load": nft_load,
    "conntrack.delete": conntrack_delete,
    "announce": announce,
    "file.write": file_write,
    "file.link": file_link,
    "file.remove": file_remove,
    "file.replace": file_replace,
    "iptables.own": iptables_own,
    "firewalld.apply": firewalld_apply,
}
