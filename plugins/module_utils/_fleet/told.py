# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is new in what a host is told: a line for each block and each peer that comes, changes or goes. Pure."""

from __future__ import annotations

from typing import Dict, Iterator, Optional, Set, Tuple

from .._kernel.changes import LEASE, Change, Subject
from . import rotation
from .exchange import HostPlan, Peer


def changes(before: Optional[HostPlan], after: HostPlan) -> Iterator[Change]:
    was, now = _facts(before), _facts(after)
    for key in [*was, *(key for key in now if key not in was)]:
        if was.get(key) != now.get(key):
            yield _change(key, was.get(key), now.get(key))
    keys_before, keys_now = _keys(before), _keys(after)
    for host in sorted(keys_before):
        known, told = keys_before[host], keys_now.get(host, keys_before[host])
        subject = Subject(topology=after.topology, part=LEASE)
        if told - known:
            text = "remember the new key of {0}".format(host)
            yield Change(text, subject, {"key of " + host: "another"}, {})
        elif known - told:
            text = "forget the former key of {0}".format(host)
            yield Change(text, subject, {"key of " + host: "two"}, {})


def _keys(plan: Optional[HostPlan]) -> Dict[str, Set[str]]:
    """Of the hosts of encrypted networks, their public halves: what of it changes is said, and shown by none."""
    found: Dict[str, Set[str]] = {}
    for membership in plan.networks.values() if plan is not None else ():
        for host, peer in membership.peers.items():
            found.setdefault(host, set()).update(end.public_key for end in rotation.ends_of(peer))
    return {host: keys for host, keys in found.items() if keys}


_Key = Tuple[str, str]  # network, host; empty: this one


def _facts(plan: Optional[HostPlan]) -> Dict[_Key, str]:
    found: Dict[_Key, str] = {}
    for network, membership in plan.networks.items() if plan is not None else ():
        found[network, ""] = ", ".join(membership.own.blocks)
        found.update({(network, host): _of_peer(peer) for host, peer in membership.peers.items()})
    for host, left in plan.left.items() if plan is not None else ():
        for network, blocks in left.networks.items():
            found[network, host] = "{0}, which it may still hold".format(", ".join(blocks))
    return found


def _of_peer(peer: Peer) -> str:
    text = "{0} at {1}".format(", ".join(peer.blocks), peer.underlay_address)
    return "{0}, encrypted by port {1}".format(text, peer.tunnel.port) if peer.tunnel is not None else text


def _change(key: _Key, was: Optional[str], now: Optional[str]) -> Change:
    network, host = key
    if not host:
        text = "reserve {0} of {1}".format(now, network) if now else "give {0} of {1} back".format(was, network)
        word = "block"
    else:
        text = "remember {0} on {1}: {2}" if now else "forget {0} on {1}: {2}"
        text, word = text.format(host, network, now or was), "host " + host
    subject = Subject(network=network, part=LEASE)
    return Change(text, subject, {word: was} if was else {}, {word: now} if now else {})
