# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What many hosts are told, and give back, without saying all of it of each of them. Pure.

Each host of a network is told of all the others, so that a fleet is told with the square of its number. What is the
same for all is said once here: in a plan by a table of each network's hosts, of which each host is told the others; and
on its way back to the controller by a packed text, which hosts that were told the same give letter for letter.
"""

from __future__ import annotations

import base64
import json
import zlib
from dataclasses import replace
from typing import Any, Dict, Mapping, Optional, Tuple

from .exchange import VERSION, HostPlan, Peer, Read, host_plan, peers_of

#: Network → inventory name → host.
Hosts = Dict[str, Dict[str, Peer]]


def handed_out(plans: Mapping[str, Mapping[str, HostPlan]]) -> Tuple[Dict[str, Any], Dict[str, Any]]:
    """``plans``: topology → inventory name → what that host is told. As data: inventory name → topology → what it is
    told but for its peers; and topology → network → inventory name → that host."""
    hosts: Dict[str, Any] = {}
    tables: Dict[str, Any] = {}
    for topology, plan in plans.items():
        said: Dict[int, Any] = {}
        table: Dict[str, Any] = tables.setdefault(topology, {})
        for host, told in plan.items():
            if not table.keys() >= told.networks.keys():
                table.update(_tables(told.as_data(said)))
            alone = {name: replace(each, peers={}) for name, each in told.networks.items()}
            hosts.setdefault(host, {})[topology] = replace(told, networks=alone).as_data(said)
    return hosts, tables


def told_to(host: str, hosts: Mapping[str, Any], tables: Mapping[str, Any]) -> Dict[str, Any]:
    """Topology → ``HostPlan.as_data`` of one host, out of what is handed out."""
    return {topology: _with_peers(told, host, tables[topology]) for topology, told in (hosts.get(host) or {}).items()}


def _with_peers(told: Mapping[str, Any], host: str, table: Mapping[str, Any]) -> Dict[str, Any]:
    networks = {
        name: dict(words, peers={other: peer for other, peer in table[name].items() if other != host})
        for name, words in told["networks"].items()
    }
    return dict(told, networks=networks)


def _tables(told: Mapping[str, Any]) -> Dict[str, Any]:
    return {name: {**words["peers"], told["host"]: words["own"]} for name, words in told["networks"].items()}


def carried(told: Mapping[str, Any]) -> Dict[str, Any]:
    """Of ``HostPlan.as_data``, what a host answers: ``told``, without peers, and ``hosts``, of all its networks, as
    base64 of what zlib (RFC 1950) makes of JSON."""
    if told.get("version") != VERSION:
        return {"told": dict(told), "hosts": ""}  # another release's, which the controller refuses
    text = json.dumps(_tables(told), sort_keys=True, separators=(",", ":")).encode("utf-8")
    networks = {name: dict(words, peers={}) for name, words in told["networks"].items()}
    packed = base64.b64encode(zlib.compress(text)).decode("ascii")
    return {"told": dict(told, networks=networks), "hosts": packed}


class Carried:
    """Reads answers of many hosts, each text once."""

    def __init__(self) -> None:
        self._read: Read = {}
        self._hosts: Dict[str, Hosts] = {}

    def plan(self, answer: Optional[Mapping[str, Any]]) -> Optional[HostPlan]:
        """From ``carried``; None of a host that was told nothing before. Raises OtherVersion."""
        if not answer:
            return None
        alone = host_plan(answer["told"])
        hosts = self._unpacked(answer["hosts"])
        networks = {
            name: replace(each, peers={host: peer for host, peer in hosts[name].items() if host != alone.host})
            for name, each in alone.networks.items()
        }
        return replace(alone, networks=networks)

    def _unpacked(self, text: str) -> Hosts:
        if text not in self._hosts:
            data = json.loads(zlib.decompress(base64.b64decode(text)).decode("utf-8"))
            self._hosts[text] = {name: peers_of(name, hosts, self._read) for name, hosts in data.items()}
        return self._hosts[text]
