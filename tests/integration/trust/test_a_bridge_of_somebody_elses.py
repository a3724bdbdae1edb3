# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Containers on the host's own uplink bridge: it keeps its MAC and its mtu, and what the LAN has stays the LAN's."""

from __future__ import annotations

import subprocess
import sys

import pytest

MAC = "b4:2e:99:00:00:01"
#: The wire's usual way: a bridge that nobody gave a MAC or an mtu, with the host's interface for a port.
UPLINK = """
link set eth0 address b4:2e:99:00:00:01
link add lan0 type bridge forward_delay 0
link set lan0 up
link set eth0 master lan0
address flush dev eth0
address add 198.51.100.11/24 dev lan0
address add 198.51.100.13/24 dev lan0
address add 2001:db8:100::b/64 dev lan0 nodad
route replace default via 198.51.100.1
"""
MANY = {"c{0}".format(n): {"networks": ["lan"]} for n in range(10)}


@pytest.fixture
def host(lab):
    lab.host.run(["ip", "-b", "-"], input=UPLINK.lstrip())
    return lab.host


def lan(**words):
    pool = {"subnet": "198.51.100.0/24", "gateway": "198.51.100.1", **words.pop("pool", {})}
    six = {"subnet": "2001:db8:100::/64", "gateway": "2001:db8:100::1", "ip_range": "2001:db8:100::f00/120"}
    config = [pool, *([six] if words.get("enable_ipv6") else [])]
    return {"lan": {"external": True, "bridge": "lan0", "ipam": {"config": config}, **words}}


def bridge(host):
    return host.json(["ip", "-j", "-d", "link", "show", "lan0"])[0]


def given(answer, name):
    interface = answer["containers"][name]["interfaces"]["eth0"]
    return interface["ipv4"], interface["ipv6"]


#: Asks a UDP server again and again until its standard input ends; prints how many questions had no answer.
ASKING = """
import select, socket, sys
asked = lost = 0
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
    sock.connect((sys.argv[1], 7000))
    while not select.select([sys.stdin], [], [], 0.01)[0]:
        asked += 1
        sock.send(b"%d" % asked)
        if asked == 1:
            print("asking", flush=True)
        if not select.select([sock], [], [], 2)[0]:
            lost += 1
        else:
            sock.recv(4096)
print(lost)
"""


def test_its_mac_stays_when_containers_come_and_go_and_no_packet_is_lost(lab, host):
    host.serve("udp", 7000)
    asking = lab.client.popen([sys.executable, "-c", ASKING, host.ipv4], stdin=subprocess.PIPE)
    assert asking.stdout.readline() == "asking\n"
    host.module("topology", {"networks": lan(), "containers": MANY})
    assert bridge(host)["address"] == MAC
    host.module("topology", {"networks": lan(), "containers": {"c0": MANY["c0"]}})
    host.module("topology", {"state": "absent"})
    assert bridge(host)["address"] == MAC
    assert asking.communicate(timeout=30)[0] == "0\n"


def test_a_smaller_mtu_of_the_containers_is_theirs_alone(host):
    answer = host.module("topology", {"networks": lan(mtu=1400), "containers": {"aa": {"networks": ["lan"]}}})
    assert host.container("aa").json(["ip", "-j", "link", "show", "eth0"])[0]["mtu"] == 1400
    assert bridge(host)["mtu"] == 1500
    outer = answer["containers"]["aa"]["interfaces"]["eth0"]["host_interface"]
    assert host.json(["ip", "-j", "link", "show", outer])[0]["mtu"] == 1500
    assert not host.module("topology", {"networks": lan(mtu=1400), "containers": {"aa": {"networks": ["lan"]}}})[
        "changed"
    ]


def test_the_mtu_of_its_containers_is_that_of_the_bridge_where_none_is_written(host):
    host.run(["ip", "link", "set", "eth0", "mtu", "1450"])
    host.module("topology", {"networks": lan(), "containers": {"aa": {"networks": ["lan"]}}})
    assert host.container("aa").json(["ip", "-j", "link", "show", "eth0"])[0]["mtu"] == 1450


def test_nobody_gets_an_address_of_the_bridge_or_of_the_gateway_or_of_the_name_server(lab, host):
    """The bridge has .11 and .13, the gateway .1; .12 is nobody's, .14 a name server that is away today."""
    host.run(["sh", "-c", "printf 'nameserver 198.51.100.14\\n' > /etc/resolv.conf"])
    pool = {"ip_range": "198.51.100.8/29"}
    words = {
        "networks": lan(pool=pool),
        "containers": {name: {"networks": ["lan"]} for name in ("aa", "bb", "cc", "dd")},
    }
    answer = host.module("topology", words)
    assert [given(answer, name)[0] for name in words["containers"]] == [
        "198.51.100.{0}".format(n) for n in (8, 9, 10, 12)
    ]
    wish = {"aa": {"networks": {"lan": {"ipv4_address": "198.51.100.13"}}}}
    told = host.module("topology", {"networks": lan(), "containers": wish}, fail=True)
    assert "lan.ipv4_address: 198.51.100.13 belongs to the bridge of lan or to the host" in told["msg"]


def test_what_a_machine_on_the_wire_has_is_given_to_nobody_and_a_check_knows_it(lab, host):
    """The attacker has .66 and ::42, which no file and no lease here tells."""
    pool = {"ip_range": "198.51.100.66/31"}
    six = {"subnet": "2001:db8:100::/64", "gateway": "2001:db8:100::1", "ip_range": "2001:db8:100::42/127"}
    networks = lan(pool=pool, enable_ipv6=True)
    networks["lan"]["ipam"]["config"][1] = six
    assert lab.attacker.ipv6 == "2001:db8:100::66"
    lab.attacker.run(["ip", "address", "add", "2001:db8:100::42/64", "dev", "eth0", "nodad"])
    words = {"networks": networks, "containers": {"aa": {"networks": ["lan"]}}}
    check = host.module("topology", words, check=True)
    answer = host.module("topology", words)
    assert given(answer, "aa") == ("198.51.100.67", "2001:db8:100::43")
    assert check["actions"] == answer["actions"]
    assert not host.module("topology", words)["changed"]
    words["containers"]["bb"] = {"networks": ["lan"]}
    told = host.module("topology", words, fail=True)
    assert "no address is free in 198.51.100.0/24 of lan" in told["msg"]


def test_an_address_that_is_written_and_in_use_on_the_wire_is_an_error_that_names_the_mac(lab, host):
    wish = {"lan": {"ipv4_address": lab.attacker.ipv4, "ipv6_address": lab.attacker.ipv6}}
    words = {"networks": lan(enable_ipv6=True), "containers": {"aa": {"networks": wish}}}
    told = host.module("topology", words, fail=True)["msg"]
    mac = lab.attacker.json(["ip", "-j", "link", "show", "eth0"])[0]["address"]
    path = "topology_containers.aa.networks.lan."
    for word, address in wish["lan"].items():
        assert path + word + ": " + address + " is in use on the wire of lan, by the MAC " + mac in told


def test_a_lease_that_was_lost_is_not_taken_for_somebody_elses(host):
    """The container itself answers for its address, but not out on the wire."""
    words = {"networks": lan(pool={"ip_range": "198.51.100.32/27"}), "containers": {"aa": {"networks": ["lan"]}}}
    before = given(host.module("topology", words), "aa")
    host.run(["rm", "/var/lib/linuxnet-fabric/leases.db"])
    assert given(host.module("topology", words), "aa") == before


def test_a_bridge_without_a_port_keeps_its_mac_when_its_first_and_last_are_ours(lab):
    host = lab.host
    host.run(["ip", "link", "add", "lan0", "type", "bridge"])
    host.run(["ip", "link", "set", "lan0", "up"])
    host.run(["ip", "address", "add", "10.9.0.1/24", "dev", "lan0"])
    mac = bridge(host)["address"]
    words = {"networks": {"lan": {"external": True, "bridge": "lan0"}}, "containers": {"aa": {"networks": ["lan"]}}}
    check = host.module("topology", words, check=True)
    assert bridge(host)["address"] == mac
    assert "keep the MAC {0} of lan0, which is not ours and has no port".format(mac) in check["actions"]
    assert host.module("topology", words)["actions"] == check["actions"]
    assert not host.module("topology", words)["changed"]
    host.module("topology", {"state": "absent"})
    assert bridge(host)["address"] == mac


def test_a_container_that_moves_onto_it_takes_a_high_mac_along(host):
    words = {"networks": {"front": {}, **lan(pool={"ip_range": "198.51.100.128/25"})}}
    host.module("topology", {**words, "containers": {"aa": {"networks": ["front"]}}})
    host.module("topology", {**words, "containers": {"aa": {"networks": {"lan": {"interface_name": "eth0"}}}}})
    assert bridge(host)["address"] == MAC
