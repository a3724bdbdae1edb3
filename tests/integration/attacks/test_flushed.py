# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What holds where somebody flushed all packet rules, as the first line of Debian's own nftables.conf does."""

from __future__ import annotations

from typing import Iterator

import pytest
from scene import KINDS, Scene

from tests.lab.frames import ethernet

LLDP = "01:80:c2:00:00:0e"


@pytest.fixture(scope="module", params=["icc off", "icc off with links"])
def flushed(request: pytest.FixtureRequest) -> Iterator[Scene]:
    made = Scene(KINDS[request.param])
    made.host.run(["nft", "flush", "ruleset"])
    yield made
    made.close()


def test_the_hosts_loopback_is_closed_to_a_network_that_publishes_nothing_there(flushed: Scene) -> None:
    with flushed.talk.serve(flushed.host.name, 514, "udp", "127.0.0.1") as server:
        bridge = flushed.mac_of("br-inside")
        flushed.shout_all("prisoner", [flushed.datagram("prisoner", "127.0.0.1", b"inside", bridge, dport=514)])
        assert not flushed.hears_datagram(server)


def test_neighbours_that_no_link_leads_to_are_kept_apart(flushed: Scene) -> None:
    for source, target in (("victim", "third"), ("third", "victim")):
        frame = flushed.datagram(source, flushed.address(target), b"through", flushed.mac(target))
        assert not flushed.comes_through(target, [frame], b"through", place=source)


def test_nobody_takes_a_neighbours_place_in_the_forwarding_table(flushed: Scene) -> None:
    forged = flushed.datagram("mallory", flushed.address("third"), b"stolen", flushed.mac("third"))
    as_victim = forged[:6] + bytes.fromhex(flushed.mac("victim").replace(":", "")) + forged[12:]
    silent = ethernet(flushed.mac("victim"), LLDP, 0x88CC, b"\0" * 46)
    flushed.shout_all("mallory", [silent, as_victim])
    flushed.mark("victim", b"the end")
    assert flushed.entries(flushed.port("mallory")) == [flushed.mac("mallory")]
    with flushed.talk.serve("victim", 4002, "udp") as server:
        assert flushed.talk.reach(flushed.host.name, flushed.address("victim"), 4002, server)


def test_the_next_run_puts_all_of_them_back(flushed: Scene) -> None:
    actions = flushed.apply()["actions"]
    assert [line for line in actions if not line.startswith("create nft table")] == []
    flushed.host.run(["nft", "flush", "ruleset"])
