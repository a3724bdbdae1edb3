# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options in which a topology is declared, of every module that is told one."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  name:
    description:
      - The project, as C(name) in Compose. It is what this call owns; two names on one host never touch each other's
        objects.
      - Lower-case letters, digits, hyphens and underscores, at most 40 characters.
    type: str
    default: default
  networks:
    description:
      - The networks, as a dictionary from a name to the words below. A network may have none of them (V({})).
      - C(driver) (V(bridge)) - V(bridge) (a bridge of the network's own on the host), V(macvlan) (each container is a
        machine on the host's LAN, with a MAC of its own) or V(ipvlan) (the same with the host's MAC). Words that mean
        nothing for a driver are refused.
      - With V(macvlan) and V(ipvlan), C(parent) - the interface of the host that is on the LAN. It has to exist and is
        never changed.
      - With V(macvlan), C(macvlan_mode) (V(bridge)) - V(bridge), V(private) (the containers do not reach each other),
        V(vepa) (they reach each other if the switch sends back what came from there) or V(passthru) (the parent is one
        container's alone, which has its MAC).
      - With V(ipvlan), C(ipvlan_mode) (V(l2)) - V(l2), or V(l3) and V(l3s) (the host's kernel routes between the LAN
        and the containers, whose subnet is one of their own).
      - With V(macvlan) and V(ipvlan), C(host_access) (V(false)) - the host has a link of its own beside those of the
        containers, with an address out of C(ip_range), so that it reaches them and they it. Without it the kernel keeps
        a host apart from what stands on its interface.
      - With V(macvlan) and V(ipvlan), a network without a C(subnet) has that of its parent, and the gateway that the
        host has there. It needs an C(ip_range) then that nobody else on the LAN gives addresses from. With a
        C(subnet) it has the C(gateway) that is written, or none.
      - With V(overlay), the network reaches over all hosts that have a container on it (O(fleet)). C(overlay_mode)
        (V(routed)) - V(routed), each host routes the blocks of the others, or V(bridged), one segment over all hosts.
        C(vni) - the VXLAN identifier, by default made of the names. C(multicast) (V(false), with V(bridged)) -
        broadcast and multicast go to the other hosts too. An entry of C(ipam.config) may have C(block_size), the prefix
        length of each host's block (V(24), and V(80) for IPv6), and has no C(gateway).
        C(encrypted) (V(false)) - what hosts send each other is encrypted, by WireGuard or OpenVPN.
      - C(ipam) - C(config) is a list with at most one subnet of each family. Each has C(subnet), C(ip_range) (where
        addresses are chosen from), C(gateway) (default the lowest free address, of C(ip_range) where there is one) and
        C(aux_addresses) (name to address; never given to a container). A network without a subnet gets one that
        overlaps no route, nameserver or other lease of the host.
      - C(enable_ipv4) (V(true)), C(enable_ipv6) (V(false)). An IPv6 network without a subnet gets a unique local /64.
      - C(internal) (V(false)) - no way out and no published ports. The network's own gateway is the only address of the
        host that it reaches.
      - C(external) (V(false)) - use a bridge that exists and is not ours. It is never changed or deleted, and keeps
        its MAC and its mtu whatever its ports are; C(mtu) is by default its own. Without C(ipam.config) the subnet and
        the gateway are those of the bridge's own address. An address that the host or somebody on the wire has is not
        given to a container. Compose's C(name) beside it is
        the name of that bridge, where C(bridge) is not given; elsewhere C(name) means nothing here.
      - C(bridge) - the name of the bridge's interface, at most 15 characters. Default is C(br-) and the network's name,
        shortened with a hash past 15 characters.
      - C(icc) (V(true)) - containers on this network may talk with each other. With V(false) only over C(links).
        Whoever else is on an C(external) bridge is not kept apart from them.
      - C(isolate) (V(true)) - no traffic between this network and another, except over published ports.
      - C(masquerade) (V(true)) - what leaves the network has the host's address as its source.
      - C(snat_to) - this address of the host as the source, instead of masquerading. One word or
        C({ipv4:, ipv6:}).
      - C(gateway_mode) (V(nat)) - V(nat), V(routed) (no address translation, published ports open to the outside),
        V(nat-unprotected) (all ports of the containers open to the outside) or V(isolated) (the host has no address on
        the bridge; with C(internal) only). One word or C({ipv4:, ipv6:}).
      - C(host_binding) - host addresses of published ports that name none. Default is every address.
      - C(trusted_host_interfaces) - interfaces of the host from which the containers' own addresses can be reached.
      - C(mtu) - default is that of the default route's interface, and of V(macvlan) and V(ipvlan) that of the parent.
      - C(anti_spoofing) (V(true)) - a container sends with its own MAC and addresses only.
      - C(routes) - routes in every container of this network, each with C(destination) and C(gateway), or with
        C(type) V(blackhole), V(unreachable) or V(prohibit), and C(metric), C(onlink).
      - C(driver_opts) - Docker's keys, such as C(com.docker.network.bridge.enable_icc), as other spellings of the words
        above.
      - C(labels) - accepted and not used.
    type: dict
    default: {}
  containers:
    description:
      - The containers, as a dictionary from a name to the words below. The name has letters, digits, C(_), C(.) and
        C(-), a letter or digit first, at most 63 characters.
      - C(network_mode) (V(bridge)) - V(bridge), V(none) (C(lo) only), V(host) (the host's own namespace) or
        C(container:NAME) (the namespace of NAME, under a second handle; C(service:NAME) is the same).
      - C(networks) - a list of names, or a dictionary from a name to C(ipv4_address), C(ipv6_address), C(mac_address),
        C(aliases), C(interface_name) (default C(eth0), C(eth1) and on in declared order), C(gw_priority) (the highest
        one gives the default route), C(link_local_ips) and C(bandwidth). A container with neither C(networks) nor
        C(network_mode) is on the network V(bridge), which exists without being declared, on the interface C(fabric0).
      - C(ports) - a list in Compose's short syntax V([HOST_IP:][PUBLISHED:]TARGET[/PROTOCOL]), with ranges, or its long
        one (C(target), C(published), C(host_ip), C(protocol)). Protocols are V(tcp), V(udp) and V(sctp). A port without
        C(PUBLISHED) gets a free one out of O(port_range) and keeps it.
      - C(expose) - ports that C(links) may reach in a network with C(icc) V(false).
      - C(links) - V(NAME) or V(NAME:ALIAS). A name in the hosts file, and in a network with C(icc) V(false) the way to
        what the other container exposes or publishes.
      - C(dns), C(dns_search), C(dns_opt) - for C(/etc/netns/NAME/resolv.conf); default as on the host, without its
        loopback addresses.
      - C(extra_hosts) - V(NAME:ADDRESS), as a list or a dictionary. V(host-gateway) is the host as the container sees
        it.
      - C(hostname) - default is the name of the container.
      - C(mac_address) - of the first interface. Default is V(02:42:) and the four bytes of its IPv4 address.
      - C(sysctls) - those under C(net.), which belong to the namespace. They count before what the networks would set.
        A container on several networks forwards nothing between them, unless C(net.ipv4.ip_forward) or
        C(net.ipv6.conf.all.forwarding) is V(1) here.
      - C(routes) - as for a network, in this container only. A default route takes the place of the network's.
      - C(bandwidth) - limits of the traffic of each of its interfaces, as seen from the container. C(ingress) is the
        rate of what goes into it, C(egress) of what comes out of it, as tc writes rates - V(10mbit), V(512kbit),
        V(1gbit), V(2mbps) (bytes per second), a number alone is bits per second. C(burst) is what may go at once at
        full speed, of each of the two, as tc writes sizes - V(64kb), V(1mb), a number alone is bytes; the default is
        10 ms of the rate, at least V(64kb). An entry of C(networks) may have a C(bandwidth) of its own, which then
        counts instead, as a whole. Only on networks of the driver V(bridge), for the limits are at the host's end.
      - C(workload) - the program that lives in its network namespace, one of C(unit) (a service of systemd), C(podman),
        C(docker), C(machine) (of C(systemd-nspawn), by the name that C(machinectl) shows), C(pid) and C(path). With
        C(join) V(true) the namespace is ours, and its owner starts it there; with V(false) the namespace is the
        program's own, and gets our interfaces. A C(unit) always joins, C(podman) by default, C(docker) and
        C(machine) not, and C(pid) and C(path) never. A C(unit) is restarted when its namespace is not the one that it
        runs in, unless C(restart) is V(false). A program that is not there, or does not run, is no error.
      - C(labels) - accepted and not used.
      - What Docker refuses is refused here, such as C(ports) beside the modes V(host), V(none) and C(container:NAME).
    type: dict
    default: {}
  default_address_pools:
    description:
      - Where a network without a subnet gets one. The default is Docker's own list.
    type: list
    elements: dict
    suboptions:
      base:
        description:
          - The range that is cut into subnets.
        type: str
        required: true
      size:
        description:
          - The prefix length of each subnet.
        type: int
        required: true
  port_range:
    description:
      - Where a published port without a host port gets one, as in V(32768-60999).
      - The default is the kernel's C(net.ipv4.ip_local_port_range). Ports in C(ip_local_reserved_ports) are left out.
    type: str
  firewall:
    description:
      - What to do about another firewall of the host, such as Docker's rules, ufw or firewalld, whose chain would drop
        what the containers send and receive. This module's own rules cannot undo such a drop.
      - V(warn) names the chain and says what would let the packets pass.
      - V(integrate) puts in the accept that such a firewall provides for - rules in Docker's C(DOCKER-USER), in ufw's
        C(before.rules) and its chain, or a zone of firewalld - and takes it away with the network, with O(name), or
        when this option changes. About what it lets pass the module's own rules decide, as they do without another
        firewall. Of a chain that is none of these three it warns.
      - So it is with what the other hosts of overlay networks send to this one - ufw and firewalld let it in.
      - V(ignore) says nothing.
    type: str
    choices: [warn, integrate, ignore]
    default: warn
  forwarding:
    description:
      - V(manage) turns on C(net.ipv4.ip_forward) and C(net.ipv6.conf.all.forwarding) where a network of that family
        needs it, which all do that are not C(internal). They go back to what they were when the last topology that
        needs them goes.
      - V(keep) never writes them. Where one that is needed is off, a warning says what will not work.
    type: str
    choices: [manage, keep]
    default: manage
  transit:
    description:
      - What happens to packets that the host forwards neither from nor to a network of a topology, where a run turned
        forwarding on. V(drop) drops them, as the host did before; V(accept) lets them pass, for a host that is a
        router, or one where libvirt, LXD or a VPN forward.
      - One topology with V(accept) is enough. Where forwarding was on already, this option does nothing.
    type: str
    choices: [drop, accept]
    default: drop
  fleet:
    description:
      - What this host is told of the networks with the driver V(overlay) that it is on, of itself and of its peers. The
        role C(linuxnet.fabric.topology) makes it of what all hosts of the fleet declare and answer; nobody writes it by
        hand. A network with the driver V(overlay) and a container on it needs it.
    type: dict
    version_added: 0.2.0
  lock_timeout:
    description:
      - How many seconds to wait for another run on the same host to end.
    type: int
    default: 60
"""
