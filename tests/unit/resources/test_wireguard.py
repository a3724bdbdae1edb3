# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A tunnel that is declared, and what there is of it: what a run says and does. Lines name a host, never a key."""

from __future__ import annotations

from dataclasses import replace
from typing import Optional

import pytest

from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel import names, wireguard, wireguard_files, x25519
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.observe import Observed
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.rtnl.read import Link
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.wireguard import State
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.wireguard_files import Config, PeerConfig
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.links.wireguard import (
    TunnelPeer,
    Wireguard,
    compare,
    remove,
)
from tests.unit.resources.tunnels import lines, observed

IFNAME, UNIT = names.wireguard_ifname("default"), names.wireguard_unit("default")
ALIAS = names.alias("default", names.encryption_subject(0))
NODE2 = TunnelPeer("node2", "key-of-node2", "192.0.2.12:51871", ("10.88.1.0/24",), (("10.88.1.0/24", "10.88.0.1"),))
DECLARED = Wireguard(IFNAME, ALIAS, "default", "own-key", 51871, 1440, (NODE2,), UNIT)
LINK = Link(
    7,
    IFNAME,
    wireguard.PROGRAM_KIND,
    up=True,
    mtu=1440,
    alias=ALIAS,
    altnames=(names.altname(ALIAS),),
    ipv6_link_local=False,
)
AS_DECLARED = State(DECLARED.config, DECLARED.config, DECLARED.routes)


def _observed(link: Optional[Link], state: State = AS_DECLARED) -> Observed:
    return observed(link, {link.index: state} if link is not None else {})


def test_nothing_is_done_where_it_is_as_declared() -> None:
    assert compare(DECLARED, _observed(LINK)) == []


def test_one_that_is_missing_is_made_before_it_leads_anywhere() -> None:
    assert lines(compare(DECLARED, _observed(None))) == [
        "create {0} of the encrypted networks (WireGuard, by wireguard-go, port 51871, mtu 1440)".format(IFNAME),
        "reach node2 at 192.0.2.12:51871 over {0}: 10.88.1.0/24".format(IFNAME),
    ]


def test_where_the_kernel_has_wireguard_now_it_is_made_anew() -> None:
    by_the_kernel = replace(DECLARED, unit="")

    assert lines(compare(by_the_kernel, _observed(LINK))) == [
        "take {0} away, for the kernel has WireGuard now: until it is made anew, nothing gets to other hosts".format(
            IFNAME
        ),
        "create {0} of the encrypted networks (WireGuard, port 51871, mtu 1440)".format(IFNAME),
        "reach node2 at 192.0.2.12:51871 over {0}: 10.88.1.0/24".format(IFNAME),
    ]


def test_a_program_that_does_not_run_is_started() -> None:
    stopped = AS_DECLARED._replace(running=None)

    assert lines(compare(DECLARED, _observed(LINK, stopped))) == ["start " + UNIT]


@pytest.mark.parametrize("roams", [True, False])
def test_an_endpoint_that_moved_is_drift_unless_a_side_is_behind_nat(roams: bool) -> None:
    moved = NODE2.config._replace(endpoint="203.0.113.9:4500")
    state = AS_DECLARED._replace(running=DECLARED.config._replace(peers=(moved,)))
    declared = replace(DECLARED, peers=(NODE2._replace(roams=roams),))

    told = "set the endpoint of node2 on {0} from 203.0.113.9:4500 to 192.0.2.12:51871".format(IFNAME)
    assert lines(compare(declared, _observed(LINK, state))) == ([] if roams else [told])


def test_a_peer_with_another_key_is_known_by_what_it_may_say() -> None:
    other = NODE2.config._replace(public_key="another-key")
    state = State(DECLARED.config._replace(peers=(other,)), DECLARED.config, DECLARED.routes)

    assert lines(compare(DECLARED, _observed(LINK, state))) == ["set the key of node2 on " + IFNAME]


def test_its_way_back_from_being_taken_away_is_what_the_file_said() -> None:
    action = remove(LINK, _observed(LINK))

    assert [step.name for step in action.do] == ["link.delete"]
    assert [step.name for step in action.undo] == ["link.delete", "link.create", "tunnel.set"]
    assert action.undo[2].arguments["config"] == DECLARED.config.words()
    assert [step.name for step in action.finish] == ["tunnel.forget"]


def test_a_configuration_survives_json_and_its_file() -> None:
    private = "5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb"
    key = x25519.base64.b64encode(bytes.fromhex(private)).decode("ascii")
    config = DECLARED.config._replace(public_key=x25519.public_key(key))

    assert wireguard_files.config_of(config.words()) == config
    assert wireguard.state_of(AS_DECLARED.words()) == AS_DECLARED
    assert wireguard_files.parsed(wireguard_files.config_text(key, config)) == config


def test_what_runs_is_told_of_what_differs_and_of_nothing_else() -> None:
    now = Config("own-key", 51871, (NODE2.config, PeerConfig("stranger"), PeerConfig("third", "192.0.2.13:1", (), 25)))
    third = PeerConfig("third", "192.0.2.13:1", ("10.88.2.0/24",))
    fourth = PeerConfig("fourth", "192.0.2.14:51871", ("10.88.3.0/24", "fd88::3:0:0:0/80"), 25)
    wanted = Config("own-key", 51872, (NODE2.config, third, fourth))

    assert wireguard_files.difference(wanted, wanted) == []
    assert " ".join(wireguard_files.difference(now, wanted)) == (
        "listen-port 51872 peer stranger remove peer third persistent-keepalive off allowed-ips 10.88.2.0/24 "
        "peer fourth endpoint 192.0.2.14:51871 persistent-keepalive 25 allowed-ips 10.88.3.0/24,fd88::3:0:0:0/80"
    )


def test_who_was_heard_of_elsewhere_stays_there() -> None:
    moved = Config("own-key", 51871, (NODE2.config._replace(endpoint="203.0.113.9:4500"),))

    assert wireguard_files.difference(moved, DECLARED.config, [NODE2.public_key]) == []
    assert wireguard_files.difference(moved, DECLARED.config) == ["peer", "key-of-node2", "endpoint", NODE2.endpoint]
