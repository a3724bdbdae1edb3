# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Three hosts, each way that a network can be, over an underlay of IPv4 and of IPv6, in both families: every promise of
the declaration is probed, and holds."""

from __future__ import annotations

from typing import Any, Dict, Iterator

import pytest

from tests.integration.encryption.hosts import Hosts
from tests.integration.verify.between import ON_THREE_HOSTS, reports_of
from tests.lab.booted import BootedLab, missing
from tests.lab.waiting import wait_for

WAYS = ("plain", "wireguard", "openvpn")


@pytest.fixture(scope="module")
def three() -> Iterator[Hosts]:
    lack = missing()
    if lack:
        pytest.skip("lab hosts that boot need " + lack)
    with BootedLab(list(ON_THREE_HOSTS)) as lab:
        made = Hosts(lab)
        made.own = ON_THREE_HOSTS
        try:
            yield made
        finally:
            made.close()


def _network(number: int, way: str, mode: str, **words: Any) -> Dict[str, Any]:
    subnets = [{"subnet": "10.%d.0.0/16" % number}, {"subnet": "fd00:%d::/64" % number}]
    made = {"driver": "overlay", "overlay_mode": mode, "encrypted": way != "plain", "enable_ipv6": True}
    return {**made, "ipam": {"config": subnets}, **words}


@pytest.mark.parametrize("underlay", [4, 6])
@pytest.mark.parametrize("mode", ["routed", "bridged"])
@pytest.mark.parametrize("way", WAYS)
def test_every_promise_is_probed_and_holds(three: Hosts, way: str, mode: str, underlay: int) -> None:
    apart = _network(89, way, mode, icc=False)
    three.networks = {"shop": _network(88, way, mode), "front": {}, "apart": apart}
    three.words = {host: {"topology_underlay_address": _underlay(three, host, underlay)} for host in ON_THREE_HOSTS}
    if way == "openvpn":
        three.words = {host: {**words, "topology_encryption": way} for host, words in three.words.items()}
    three.make_all()
    try:
        (address, *_more) = three.told["node3"]["networks"]["shop"]["own"]["containers"]["mq"]["addresses"]
        for source in ("node1/web", "node2/db"):
            what = "{0} to reach mq".format(source)
            wait_for(lambda: three.reaches(source, "node3/mq", address) is not None, 60, what)  # noqa: B023
        reports = reports_of(three)
        cells = [(host, cell) for host, report in reports.items() for cell in report["cells"]]
        print(way, mode, underlay, len(cells), "promises")
        assert [(host, cell["text"], cell["result"]) for host, cell in cells if cell["result"] != "held"] == []
        assert {cell["target"].get("host") for _host, cell in cells} >= set(ON_THREE_HOSTS)
        assert [three.make(host, check=True)["actions"] for host in ON_THREE_HOSTS] == [[], [], []]
    finally:
        for host in ON_THREE_HOSTS:
            three.absent(host)


def _underlay(hosts: Hosts, name: str, family: int) -> str:
    host = hosts.host(name)
    return host.ipv4 if family == 4 else host.ipv6
