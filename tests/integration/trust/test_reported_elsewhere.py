# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What people stumble over with container networks, whoever makes them: here it works, or the run says why not."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest


def told(answer):
    return json.dumps(answer.get("warnings", []))


def given(answer, name, ifname="eth0"):
    return answer["containers"][name]["interfaces"][ifname]["ipv4"]


def link(place, ifname="eth0"):
    return place.json(["ip", "-j", "link", "show", ifname])[0]


def apply(host, networks, containers, **more):
    """Applied, and a second run finds nothing to do."""
    words = {"networks": networks, "containers": containers, **more}
    answer = host.module("topology", words)
    again = host.module("topology", words)
    assert not again["changed"], again["actions"]
    return answer


def refused(host, networks, containers):
    return host.module("topology", {"networks": networks, "containers": containers}, fail=True)["msg"]


# --- Compose's words


def test_a_network_with_the_name_that_docker_gives_it_is_understood(lab):
    opts = {"com.docker.network.driver.mtu": 1440}
    networks = {"web-net": {"name": "web-net", "driver": "bridge", "driver_opts": opts}}
    containers = {
        "peer0.org1.example.com": {"networks": ["web-net"], "ports": ["7051:7051"]},
        "orderer.example.com": {"networks": ["web-net"], "ports": ["8081/tcp", 7050]},
    }
    apply(lab.host, networks, containers)
    peer, orderer = (lab.host.container(name) for name in containers)
    peer.serve("tcp", 7051)
    assert lab.client.ask("tcp", lab.host.ipv4, 7051)["server"] == peer.name
    assert orderer.ask("tcp", peer.name, 7051)["server"] == peer.name
    assert link(peer)["mtu"] == 1440


def test_who_names_no_network_is_on_the_declared_default_one(lab):
    network = {"driver_opts": {"com.docker.network.driver.mtu": "1400"}}
    network["ipam"] = {"config": [{"subnet": "172.30.7.0/24"}]}
    containers = {"web": {"ports": ["8080:80"]}, "db": {}, "apart": {"network_mode": "bridge"}}
    answer = apply(lab.host, {"default": network}, containers)
    assert given(answer, "web").startswith("172.30.7.") and given(answer, "db").startswith("172.30.7.")
    assert not given(answer, "apart").startswith("172.30.7.")
    web = lab.host.container("web")
    assert link(web)["mtu"] == 1400
    web.serve("tcp", 80)
    assert lab.client.ask("tcp", lab.host.ipv4, 8080)["server"] == "web"


def test_of_a_range_for_one_port_the_first_that_is_free_is_taken_and_kept(lab):
    port = {"target": 80, "host_ip": "127.0.0.1", "published": "8000-8003", "protocol": "tcp", "mode": "host"}
    containers = {
        "aa": {"networks": ["front"], "ports": [port]},
        "bb": {"networks": ["front"], "ports": ["127.0.0.1:8000-8003:80"]},
    }
    apply(lab.host, {"front": {}}, containers)
    for name, number in (("aa", 8000), ("bb", 8001)):
        lab.host.container(name).serve("tcp", 80)
        assert lab.host.ask("tcp", "127.0.0.1", number)["server"] == name
    answer = apply(lab.host, {"front": {}}, {"bb": containers["bb"]})
    assert answer["containers"]["bb"]["ports"][0]["published"] == 8001


def test_a_range_of_which_none_is_free_is_an_error(lab):
    lab.host.serve("tcp", 8000)
    message = refused(lab.host, {"front": {}}, {"aa": {"networks": ["front"], "ports": ["8000-8000:80", "0:81"]}})
    assert "in use" in message


def test_a_number_that_was_a_pair_of_ports_is_told_how_to_be_written(lab):
    message = refused(lab.host, {}, {"web": {"ports": [127342, 1342]}})
    assert "topology_containers.web.ports[0]: 127342" in message and 'quote it, "2122:22"' in message
    assert "topology_containers.web.ports[1]: 1342" in message and '"22:22"' in message and '"1342"' in message


def test_a_host_port_of_zero_is_any(lab):
    answer = apply(lab.host, {}, {"web": {"ports": ["0:80"]}})
    lab.host.container("web").serve("tcp", 80)
    published = answer["containers"]["web"]["ports"][0]["published"]
    assert lab.client.ask("tcp", lab.host.ipv4, published)["server"] == "web"


def test_a_host_name_has_an_underscore_where_a_container_has(lab):
    containers = {"kafka_1": {"networks": ["front"], "hostname": "kafka_1"}, "app": {"networks": ["front"]}}
    answer = apply(lab.host, {"front": {}}, containers)
    assert given(answer, "kafka_1") in lab.host.container("app").run(["getent", "hosts", "kafka_1"]).stdout
    assert lab.host.run(["cat", "/etc/netns/kafka_1/hostname"]).stdout == "kafka_1\n"


def test_host_gateway_on_an_internal_network_is_what_reaches_the_host(lab):
    networks = {"back": {"internal": True, "ipam": {"config": [{"subnet": "172.20.0.0/24"}]}}}
    apply(lab.host, networks, {"web": {"networks": ["back"], "extra_hosts": ["host.docker.internal:host-gateway"]}})
    web = lab.host.container("web")
    assert web.run(["getent", "hosts", "host.docker.internal"]).stdout.split()[0] == "172.20.0.1"
    lab.host.serve("tcp", 9000)
    assert web.ask("tcp", "host.docker.internal", 9000)["server"] == lab.host.name


def test_two_names_that_differ_in_case_only_are_refused_on_one_network(lab):
    message = refused(lab.host, {"front": {}}, {"Web": {"networks": ["front"]}, "web": {"networks": ["front"]}})
    assert '"web" and "Web" are both on the network "front"' in message
    apply(lab.host, {"front": {}, "back": {}}, {"Web": {"networks": ["front"]}, "web": {"networks": ["back"]}})


# --- name servers


def resolv_conf(host, text):
    host.run(["sh", "-c", "cat > /etc/resolv.conf"], input=text)


def of_container(host, name="web"):
    return host.run(["cat", "/etc/netns/{0}/resolv.conf".format(name)]).stdout


WEB = {"web": {"networks": ["front"]}}


def test_behind_the_stub_of_systemd_resolved_containers_ask_whom_it_asks(lab):
    lab.host.run(["mkdir", "-p", "/run/systemd/resolve"], check=False)
    lab.host.run(["mount", "-t", "tmpfs", "none", "/run/systemd/resolve"])
    lab.host.run(
        ["sh", "-c", "cat > /run/systemd/resolve/resolv.conf"], input="nameserver 192.0.2.2\nsearch lab.example\n"
    )
    resolv_conf(lab.host, "nameserver 127.0.0.53\noptions edns0 trust-ad\nsearch lab.example\n")
    answer = apply(lab.host, {"front": {}}, WEB)
    assert "nameserver 192.0.2.2\nsearch lab.example\n" in of_container(lab.host)
    assert "name server" not in told(answer)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("nameserver fe80::1%eth0\nnameserver 192.0.2.2\n", "nameserver 192.0.2.2\n"),
        ("nameserver 2001:db8::53\nnameserver 192.0.2.2\n", "nameserver 192.0.2.2\n"),
        ("# B\udcfcro\nnameserver 192.0.2.2\n", "nameserver 192.0.2.2\n"),
        ("nameserver 127.0.0.1\n", ""),
        ("nameserver 2001:db8::53\n", ""),
    ],
    ids=["a zone", "another family", "no UTF-8", "loopback", "another family alone"],
)
def test_of_the_hosts_name_servers_a_container_gets_those_it_can_ask(lab, text, left):
    lab.host.run(
        [
            sys.executable,
            "-c",
            "import sys; open('/etc/resolv.conf', 'wb').write(bytes.fromhex(sys.argv[1]))",
            text.encode("utf-8", "surrogateescape").hex(),
        ]
    )
    containers = {**WEB, "own": {"networks": ["front"], "dns": ["192.0.2.9"]}, "inner": {"networks": ["back"]}}
    answer = apply(lab.host, {"front": {}, "back": {"internal": True}}, containers)
    assert of_container(lab.host).split("\n", 1)[1] == left
    assert ("web has no name server" in told(answer)) == (not left)
    assert of_container(lab.host, "own").split("\n", 1)[1] == "nameserver 192.0.2.9\n"


# --- MACs


def test_a_written_mac_that_another_has_from_its_address_is_refused_and_both_are_named(lab):
    networks = {"front": {"ipam": {"config": [{"subnet": "172.20.0.0/24"}]}}}
    mac = "02:42:ac:14:00:0a"
    containers = {
        "aa": {"networks": {"front": {"ipv4_address": "172.20.0.9", "mac_address": mac}}},
        "bb": {"networks": {"front": {"ipv4_address": "172.20.0.10"}}},
    }
    message = refused(lab.host, networks, containers)
    assert message.startswith("topology_containers.aa.networks.front.mac_address")
    assert mac in message and '"aa"' in message and '"bb"' in message
    containers["aa"]["networks"]["front"]["mac_address"] = "02:42:ac:14:00:01"
    assert "the bridge" in refused(lab.host, networks, containers)


# --- publishing


@pytest.mark.parametrize("bridge_netfilter", [False, True], ids=["", "br_netfilter"])
def test_with_icc_off_a_neighbour_reaches_a_published_port_as_everybody_does(lab, bridge_netfilter):
    """With br_netfilter the kernel translates such a frame, and turns it round, on the bridge itself."""
    config = [{"subnet": "172.20.0.0/24"}, {"subnet": "fdf0::/64"}]
    for name in ("bridge-nf-call-iptables", "bridge-nf-call-ip6tables"):
        lab.host.run(["sysctl", "-qw", "net.bridge.{0}={1:d}".format(name, bridge_netfilter)])
    networks = {"back": {"icc": False, "enable_ipv6": True, "ipam": {"config": config}}}
    answer = apply(
        lab.host, networks, {"db": {"networks": ["back"], "ports": ["5433:5432"]}, "app": {"networks": ["back"]}}
    )
    db, app = lab.host.container("db"), lab.host.container("app")
    db.serve("tcp", 5432)
    own = answer["containers"]["db"]["interfaces"]["eth0"]
    for family, at_host in (("ipv4", lab.host.ipv4), ("ipv6", lab.host.ipv6)):
        assert app.ask("tcp", at_host, 5433)["server"] == "db"
        assert lab.client.ask("tcp", at_host, 5433)["server"] == "db"
        for port in (5432, 5433):
            assert app.ask("tcp", own[family], port, timeout=0.5) is None


CALL = """
import socket, sys
call = socket.socket()
call.bind((sys.argv[1], 40005))
call.connect((sys.argv[2], 8000))
print("connected", flush=True)
sys.stdin.read()
"""


def test_a_call_that_the_host_made_does_not_stop_a_range_from_being_published(lab):
    lab.client.serve("tcp", 8000)
    call = lab.host.popen([sys.executable, "-c", CALL, lab.host.ipv4, lab.client.ipv4], stdin=subprocess.PIPE)
    assert call.stdout.readline() == "connected\n"
    apply(lab.host, {"front": {}}, {"turn": {"networks": ["front"], "ports": ["40000-40010:40000-40010"]}})
    turn = lab.host.container("turn")
    for port in (40000, 40005):
        turn.serve("tcp", port)
        assert lab.client.ask("tcp", lab.host.ipv4, port)["server"] == "turn"


@pytest.mark.parametrize("address", ["203.0.113.99", "2001:db8:9::9"])
def test_a_port_on_an_address_that_the_host_has_not_is_refused_unless_it_may_bind_it(lab, address):
    family = 6 if ":" in address else 4
    port = {"target": 80, "published": 8080, "host_ip": address}
    words = {
        "networks": {"front": {"enable_ipv6": True}},
        "containers": {"web": {"networks": ["front"], "ports": [port]}},
    }
    message = lab.host.module("topology", words, fail=True)["msg"]
    assert 'topology_containers.web.ports[0]: "{0}": this host has no such address'.format(address) in message
    lab.host.run(["sh", "-c", "echo 1 > /proc/sys/net/ipv{0}/ip_nonlocal_bind".format(family)])
    apply(lab.host, **words)


def test_a_port_may_be_on_the_gateway_that_the_run_makes(lab):
    networks = {"front": {"ipam": {"config": [{"subnet": "172.20.0.0/24"}]}}}
    apply(lab.host, networks, {"web": {"networks": ["front"], "ports": ["172.20.0.1:8080:80"]}})


# --- source routing and policy rules


def test_that_answers_do_not_follow_a_rule_for_the_hosts_address_is_said(lab):
    lab.host.run(["ip", "rule", "add", "from", lab.host.ipv4, "lookup", "100"])
    plain = apply(lab.host, {"front": {}}, WEB)
    assert "routes by its own address" not in told(plain)
    answer = apply(lab.host, {"front": {}}, {"web": {"networks": ["front"], "ports": ["8080:80"]}})
    assert "the host routes by its own address" in told(answer)
    assert "from {0}/32 lookup 100".format(lab.host.ipv4) in told(answer)


def test_a_policy_rule_that_names_a_network_is_said_and_let_be(lab):
    networks = {"front": {"ipam": {"config": [{"subnet": "172.20.0.0/24"}]}}}
    lab.host.run(["ip", "rule", "add", "from", "172.20.0.0/16", "lookup", "100"])
    answer = apply(lab.host, networks, WEB)
    assert "a policy rule of the host is asked before the routes of the network front (172.20.0.0/24)" in told(answer)
    assert "from 172.20.0.0/16 lookup 100" in lab.host.run(["ip", "rule"]).stdout


# --- as many containers as addresses


@pytest.mark.parametrize(("mode", "count"), [("nat", 1), ("isolated", 2)])
def test_a_point_to_point_subnet_holds_as_many_as_it_has_addresses(lab, mode, count):
    config = [{"subnet": "172.20.0.0/31"}, {"subnet": "fd00:20::/127"}]
    network = {"enable_ipv6": True, "ipam": {"config": config}, "gateway_mode": mode, "internal": mode == "isolated"}
    containers = {"c{0}".format(n): {"networks": ["front"]} for n in range(count)}
    apply(lab.host, {"front": network}, containers)
    place = lab.host.container("c0")
    peer = lab.host.container("c1") if count == 2 else lab.host
    place.serve("tcp", 80)
    shown = place.json(["ip", "-j", "addr", "show", "eth0", "scope", "global"])
    addresses = [info["local"] for each in shown for info in each.get("addr_info", []) if info]
    assert len(addresses) == 2 and all(peer.ask("tcp", address, 80) for address in addresses)
    containers["more"] = {"networks": ["front"]}
    assert "no address is free" in refused(lab.host, {"front": network}, containers)


# --- what is not ours


def test_what_stands_at_a_handles_place_and_is_not_ours_is_there_after_a_teardown(lab):
    """Somebody took the namespace away and put another one there."""
    host = lab.host
    host.module("topology", {"networks": {"front": {}}, "containers": WEB})
    host.run(["ip", "netns", "delete", "web"])
    host.run(["ip", "netns", "add", "web"])
    before = host.run(["stat", "-Lc", "%i", "/run/netns/web"]).stdout
    host.module("topology", {"state": "absent"})
    assert host.run(["stat", "-Lc", "%i", "/run/netns/web"]).stdout == before


def test_a_file_at_a_handles_place_stops_the_run(lab):
    lab.host.run(["sh", "-c", "mkdir -p /run/netns && echo mine > /run/netns/web"])
    assert "/run/netns/web is a file with something in it, and so not ours" in refused(lab.host, {"front": {}}, WEB)
    assert lab.host.run(["cat", "/run/netns/web"]).stdout == "mine\n"


def test_what_is_put_into_a_container_of_mode_none_by_hand_stays_there(lab):
    host = lab.host
    words = {"networks": {}, "containers": {"batch": {"network_mode": "none"}}}
    host.module("topology", words)
    host.module("bridge", {"name": "br-hand", "addresses": ["10.9.0.1/24"]})
    pair = {"name": "hand0", "netns": "batch", "ifname": "eth0", "addresses": ["10.9.0.2/24"], "master": "br-hand"}
    host.module("veth", pair)
    answer = host.module("topology", words)
    assert not answer["changed"], answer["actions"]
    host.container("batch").serve("tcp", 80)
    assert host.ask("tcp", "10.9.0.2", 80)["server"] == "batch"
    assert not host.module("veth", pair)["changed"]
