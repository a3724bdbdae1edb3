# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever breaks a call on the other host is named there, in every kind of overlay, sealed ones too."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import Any, Dict, Iterator

import pytest

from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel import names
from tests.integration.encryption.hosts import IFNAME, SHOP, UNIT, Hosts
from tests.integration.verify.between import pair_of_hosts, reports_of, told_in, told_of, words_of, wrong
from tests.integration.verify.far_faults import APART, CONTAINERS, OPENVPN, SEALED, TOGETHER, WIREGUARD, Fault, filled
from tests.lab.booted import BootedLab, missing
from tests.lab.waiting import wait_for

TABLES = "for t in 'inet other' 'ip other' 'ip front' 'bridge other' 'netdev other'; do nft delete table $t; done; true"
FEW = {"node1": {"web": {"networks": ["shop"]}}, "node2": {"db0": {"networks": ["shop"]}}}


@pytest.mark.parametrize("mode", ["routed", "bridged"])
def test_each_of_many_faults_at_once_is_named(tmp_path: Path, mode: str) -> None:
    with pair_of_hosts(tmp_path, mode, CONTAINERS) as pair:
        before = pair.left()
        faults = [each for each in APART if mode in each.modes]
        told = told_of(pair, faults, tmp_path)
        assert wrong(pair.words, faults, told) == {}
        pair.hosts.host("node2").run(["sh", "-c", TABLES])
        assert pair.left() == before


@pytest.fixture(scope="module")
def hosts(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Hosts]:
    mode, _space, sealed = str(request.param).partition(" ")
    if not sealed:
        with pair_of_hosts(tmp_path_factory.mktemp("fleet"), mode, FEW) as pair:
            yield pair.hosts
        return
    if missing():
        pytest.skip("lab hosts that boot need " + missing())
    with _booted(mode, "openvpn" if "openvpn" in sealed else "wireguard") as made:
        yield made


@contextmanager
def _booted(mode: str, by: str) -> Iterator[Hosts]:
    with BootedLab(["node1", "node2"]) as lab:
        made = Hosts(lab)
        made.networks, made.own = {"shop": {**SHOP, "enable_ipv6": False, "overlay_mode": mode}, "front": {}}, FEW
        made.networks["shop"]["ipam"] = {"config": [{"subnet": "10.88.0.0/16"}]}
        made.words = {host: {"topology_encryption": by} for host in FEW}
        try:
            yield made
        finally:
            made.close()


def _sealed(hosts: Hosts) -> Dict[str, str]:
    """Of the tunnel's end on node2. By OpenVPN it calls node1, whose identifier comes before its own."""
    shop: Any = hosts.networks["shop"]
    if not shop.get("encrypted"):
        return {}
    own, other = (hosts.told["node2"]["networks"]["shop"][word] for word in ("own", "peers"))
    if own["tunnel"]["kind"] == "openvpn":
        tunnel = names.openvpn_ifname(hosts.topology, "id-of-node1")
        wait_for(lambda: hosts.reaches("node1/web", "node2/db0", "10.88.1.2"), 60, "the tunnel to be there")
        sealed = "udp sport {0}".format(other["node1"]["tunnel"]["port"])
        return {"tunnel": tunnel, "unit": names.openvpn_unit(tunnel), "sealed": sealed}
    return {"tunnel": IFNAME, "unit": UNIT, "sealed": "udp dport {0}".format(own["tunnel"]["port"])}


MODES = ("routed", "bridged", *WIREGUARD, *OPENVPN)
BREAKING = [(mode, fault) for mode in MODES for fault in (*TOGETHER, *SEALED) if mode in fault.modes]


@pytest.mark.parametrize(
    ("hosts", "fault"), BREAKING, indirect=["hosts"], ids=["-".join((mode, fault.name)) for mode, fault in BREAKING]
)
def test_what_breaks_all_calls_is_named(hosts: Hosts, fault: Fault) -> None:
    words = {**words_of(hosts.make_all()), **_sealed(hosts)}
    hosts.host("node2").run(["sh", "-ec", fault.filled(words)])
    try:
        told = told_in(reports_of(hosts)["node1"], [fault])
    finally:
        hosts.host("node2").run(["sh", "-c", TABLES + "; " + filled(fault.undo or "true", words)])
    assert wrong(words, [fault], told) == {}
