# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever breaks a call on the other host is named there, in every kind of overlay, sealed ones too."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import Any, Iterator

import pytest

from tests.integration.encryption.hosts import IFNAME, SHOP, Hosts
from tests.integration.verify.between import pair_of_hosts, reports_of, told_in, told_of, words_of, wrong
from tests.integration.verify.far_faults import APART, CONTAINERS, SEALED, TOGETHER, Fault
from tests.lab.booted import BootedLab, missing

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


@pytest.fixture(scope="module", params=["routed", "bridged", "routed encrypted", "bridged encrypted"])
def hosts(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Hosts]:
    mode, _space, encrypted = str(request.param).partition(" ")
    if not encrypted:
        with pair_of_hosts(tmp_path_factory.mktemp("fleet"), mode, FEW) as pair:
            yield pair.hosts
        return
    if missing():
        pytest.skip("lab hosts that boot need " + missing())
    with _booted(mode) as made:
        yield made


@contextmanager
def _booted(mode: str) -> Iterator[Hosts]:
    with BootedLab(["node1", "node2"]) as lab:
        made = Hosts(lab)
        made.networks, made.own = {"shop": {**SHOP, "enable_ipv6": False, "overlay_mode": mode}, "front": {}}, FEW
        made.networks["shop"]["ipam"] = {"config": [{"subnet": "10.88.0.0/16"}]}
        try:
            yield made
        finally:
            made.close()


@pytest.mark.parametrize("fault", [*TOGETHER, *SEALED], ids=lambda fault: str(fault.name))
def test_what_breaks_all_calls_is_named(hosts: Hosts, fault: Fault) -> None:
    shop: Any = hosts.networks["shop"]
    kind = shop["overlay_mode"] + (" encrypted" if shop.get("encrypted") else "")
    if kind not in fault.modes:
        pytest.skip("breaks nothing there")
    words = {**words_of(hosts.make_all()), "wg": IFNAME}
    words["port"] = str(hosts.told["node2"]["networks"]["shop"]["own"].get("tunnel", {}).get("port", ""))
    hosts.host("node2").run(["sh", "-ec", fault.filled(words)])
    try:
        told = told_in(reports_of(hosts)["node1"], [fault])
    finally:
        hosts.host("node2").run(["sh", "-c", TABLES])
    assert wrong(words, [fault], told) == {}
