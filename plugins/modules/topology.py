#!/usr/bin/python
# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: topology
short_description: Container networks of a host, in the words of Compose
version_added: 0.1.0
description:
  - Makes a host's network namespaces, bridges, veth pairs, addresses, routes, published ports, packet rules and hosts
    files as O(networks) and O(containers) declare them, in one transaction. When a step fails, all before it are
    undone.
  - What this O(name) owns and does not declare any more is removed. What does not carry its mark is never changed; if
    it stands in the way the module fails before the first change and names it.
  - Every declared container has the handle C(/run/netns/NAME), whatever its mode, so that C(ip netns exec), systemd's
    C(NetworkNamespacePath=), C(podman run --network ns:) and an OCI C(config.json) can join it.
  - The role P(linuxnet.fabric.topology#role) calls this module with variables of an inventory.
notes:
  - O(networks) and O(containers) are dictionaries of free form here. They are validated as a whole before the first
    change; an error names the place of each wrong value, as in C(topology_containers.web.ports[2]), and unknown keys
    are errors.
  - Needs root on the target.
requirements:
  - python >= 3.9
  - pyroute2 >= 0.7.2, when a published port goes or moves, for C(bandwidth), and for macvlan and ipvlan networks
  - netaddr >= 0.8, when a subnet has to be chosen
  - nft >= 1.0.1 (package nftables)
  - Linux >= 5.10; for C(bandwidth) with sch_tbf, sch_ingress, cls_u32, act_mirred and ifb, as distributions build it
extends_documentation_fragment:
  - linuxnet.fabric._attributes
  - linuxnet.fabric._attributes.full
options:
  name:
    description:
      - The project, as C(name) in Compose. It is what this call owns; two names on one host never touch each other's
        objects.
      - Lower-case letters, digits, hyphens and underscores, at most 40 characters.
    type: str
    default: default
  state:
    description:
      - V(present) makes the host match the declaration.
      - V(absent) removes everything that O(name) owns, its leases included. O(networks) and O(containers) are not read.
      - V(confirmed) keeps what a run with O(confirm_timeout) did, and fails when nothing waits to be confirmed.
    type: str
    choices: [present, absent, confirmed]
    default: present
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
        length of each host's block (V(24), and V(80) for IPv6), and has no C(gateway). C(encrypted) is refused.
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
  quarantine:
    description:
      - What to do when something goes wrong because of what is inside the namespace of one container, such as a foreign
        interface that has the name of a declared one, a setting that the kernel refuses, or a hundred thousand routes.
      - V(true) leaves that container out, and those that share its namespace. They stay as they were before the run,
        everything else is made and verified, and the task then fails with the container's name in RV(quarantined).
      - V(false) takes the whole run back.
    type: bool
    default: true
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
  remove_limit:
    description:
      - How many networks and containers of O(name) one call may remove, as a number or as a percentage of those that
        there are, such as V(25%). A call that would remove more fails before the first change and names them, in check
        mode too. The objects that a container is made of are not counted.
      - By default there is no limit. O(state=absent) is free of it.
      - Whatever the limit, a declaration with neither networks nor containers is an error on a host where O(name) has
        some; O(state=absent) removes them.
    type: str
  restore:
    description:
      - Whether the networks come back by themselves when the host boots, by units of systemd that run the program
        C(/usr/local/sbin/linuxnet-fabric), which the role C(linuxnet.fabric.topology) installs. They are part of what
        is declared, and so compared, named in drift, repaired, and removed with O(state=absent).
      - V(auto) has them where systemd is process 1 and the run is in its network and mount namespaces. Elsewhere, such
        as on a lab host on a machine with systemd, V(auto) does nothing and leaves alone whatever is there, and V(true)
        is an error.
      - By default the units are left as they are.
    type: str
    choices: [auto, "true", "false"]
    version_added: 0.2.0
  heal:
    description:
      - Minutes between two repairs by the host itself of what has drifted, with a timer of systemd. V(0) means never.
        An error where O(restore=true) is one.
    type: int
    default: 0
    version_added: 0.2.0
  host_program:
    description:
      - Whether the program C(linuxnet-fabric) is to be on the host also where neither O(restore) nor O(heal) needs it.
    type: bool
    default: false
    version_added: 0.2.0
  metrics_directory:
    description:
      - The directory of the textfile collector of Prometheus' node exporter, as an absolute path. Each repair of
        O(heal) then writes C(linuxnet-fabric.prom) there, and the program C(linuxnet-fabric) is on the host.
    type: str
    version_added: 0.2.0
  docker_runtime:
    description:
      - Whether Docker has the OCI runtime C(fabric), which starts a container in the network namespace of a declared
        one, again after each restart, with C(docker run --runtime fabric --network none --env FABRIC_NETNS=NAME).
      - It is the program C(/usr/local/sbin/linuxnet-fabric-runtime) and the one key C(runtimes.fabric) in
        C(/etc/docker/daemon.json), which is made where it is missing and stays as it is otherwise. Docker reloads it,
        and is not restarted. An error where that file is not JSON, and where a runtime of this name is somebody else's.
      - V(true) also makes C(join=true) the default of C(workload.docker) of a container.
      - They are removed with V(false) and with O(state=absent), unless another topology of the host wants them.
      - By default they are left as they are.
    type: bool
    version_added: 0.2.0
  dns:
    description:
      - How containers know each other by name. V(files) writes C(/etc/netns/NAME/hosts) alone.
      - V(unbound) also runs a name server on the host, on the gateway address of each network, by the unit
        C(linuxnet-fabric-dns@NAME.service). It tells a container the names of all who are on one of its networks, and
        asks the name servers of the host for any other name, or those that C(dns) of the container says. An error where
        systemd is not process 1, or where the program unbound is missing.
    type: str
    choices: [files, unbound]
    default: files
    version_added: 0.2.0
  lock_timeout:
    description:
      - How many seconds to wait for another run on the same host to end.
    type: int
    default: 60
  confirm_timeout:
    description:
      - For a host that is managed over the network which the run changes. A timer is started on the host before the
        first change; unless a call with O(state=confirmed), over a new connection, comes within so many seconds after
        that, the host goes back by itself to what it was.
      - V(0) means that no confirmation is asked for.
    type: int
    default: 0
seealso:
  - module: linuxnet.fabric.topology_info
  - name: Compose file reference
    description: Where the words of a network and of a container come from.
    link: https://docs.docker.com/reference/compose-file/
  - name: Getting started
    description: A topology, step by step.
    link: https://github.com/linuxnet/fabric/blob/main/docs/getting-started.md
  - name: A run is a transaction
    description: What a run promises, and what becomes of one that fails or is killed.
    link: https://github.com/linuxnet/fabric/blob/main/docs/transactions.md
author:
  - linuxnet.fabric contributors (@linuxnet)
"""

EXAMPLES = r"""
- name: One network, two containers, one published port
  linuxnet.fabric.topology:
    name: shop
    networks:
      front:
        ipam:
          config:
            - subnet: 10.214.0.0/24
    containers:
      web:
        networks: [front]
        ports: ["8080:80"]
      db:
        networks: [front]

- name: The four network modes
  linuxnet.fabric.topology:
    name: shop
    networks:
      front: {}
    containers:
      web:
        networks: [front]
        ports: ["8080:80", "127.0.0.1:8443:443", "5353:53/udp"]
      sidecar:
        network_mode: container:web
      batch:
        network_mode: none
      agent:
        network_mode: host

- name: A network without a way out, with IPv6, whose containers talk over links only
  linuxnet.fabric.topology:
    name: vault
    networks:
      back:
        internal: true
        enable_ipv6: true
        icc: false
    containers:
      secrets:
        networks: [back]
        expose: ["8200"]
      reader:
        networks:
          back:
            aliases: [client]
        links: ["secrets:vault"]

- name: What goes into a container and what comes out of it is limited
  linuxnet.fabric.topology:
    name: shop
    networks:
      front: {}
    containers:
      web:
        networks:
          front:
            bandwidth: {ingress: 10mbit, egress: 5mbit, burst: 64kb}
        ports: ["8080:80"]
      backup:
        networks: [front]
        bandwidth: {egress: 2mbit}

- name: Take all of it away
  linuxnet.fabric.topology:
    name: "{{ item }}"
    state: absent
  loop: [shop, vault]
"""

RETURN = r"""
actions:
  description: What was done, or would be done in check mode, in order; each a line that a person can read.
  returned: success
  type: list
  elements: str
  sample:
    - lease subnet 172.20.0.0/24 to network front
    - create namespace web
    - create bridge br-front (172.20.0.1/24, mtu 1500)
changes:
  description:
    - RV(actions) as data, one for each, in the same order; in check mode and after an apply.
  returned: success
  type: list
  elements: dict
  contains:
    subject:
      description:
        - What it is about. C(network) is what a network has on the host, C(container) a namespace, C(container) with
          C(interface), C(port) or C(link) what belongs to it, C(host) a setting of the host or another firewall,
          C(topology) what belongs to no network or container alone, C(bridge) or C(interface) alone a link that no
          declared network or container has.
        - C(part) is V(packet rules), V(files) or V(lease) of that, or V(run) for a run that was interrupted.
      returned: always
      type: dict
    kind:
      description:
        - V(drift) repairs what somebody changed on the host since O(name) was applied last.
        - V(intended) follows a change of the declaration.
        - V(release) follows what the same declaration asks otherwise than it did, because another release of this
          collection reads it, or because the host's surroundings are others, such as its name servers.
        - After an apply of a changed declaration a kind is told by the object, in check mode by each change.
      returned: always
      type: str
    text:
      description: The line in RV(actions).
      returned: always
      type: str
    before:
      description:
        - What differs, as it was on the host. Empty where all of the subject is missing. An attribute that is not there
          is null.
      returned: always
      type: dict
    after:
      description: The same as declared. Empty where all of the subject goes.
      returned: always
      type: dict
  sample:
    - subject:
        network: front
      kind: drift
      text: set mtu of br-front from 1400 to 1500
      before:
        mtu: 1400
      after:
        mtu: 1500
    - subject:
        container: web
        port: 0.0.0.0:8081/tcp
      kind: intended
      text: publish 0.0.0.0:8081/tcp -> 172.20.0.2:80
      before: {}
      after:
        host_ip: 0.0.0.0
        published: 8081
        target: 80
        protocol: tcp
        address: 172.20.0.2
timings:
  description:
    - Milliseconds that each stage of the run took, in order. Python's and Ansible's own start is not among them.
  returned: with C(-vv)
  type: dict
  sample:
    parse: 0.6
    lock: 0.4
    lease and expand: 3.1
    read and plan: 21.5
    journal and leases: 1.2
    apply sysctl: 0.1
    apply nft: 9.8
    apply netns: 3.9
    apply link: 7.1
    apply file: 1.0
    verify: 24.0
    finish: 0.7
    look at other firewalls: 5.3
drift:
  description:
    - Of RV(actions), those that repair what somebody changed on the host since O(name) was applied last.
  returned: in check mode
  type: list
  elements: str
  sample:
    - set mtu of br-front from 1400 to 1500
intended:
  description:
    - Of RV(actions), those that follow a change of the declaration since O(name) was applied last, or another release.
  returned: in check mode
  type: list
  elements: str
  sample:
    - publish 0.0.0.0:8081/tcp -> 172.17.0.2:80
networks:
  description:
    - From the name of each network to its C(driver), its C(subnets) and its C(gateways). With the driver V(bridge) to
      its C(bridge) (the interface), with V(macvlan) and V(ipvlan) to its C(parent) and its C(macvlan_mode) or
      C(ipvlan_mode), too.
  returned: success
  type: dict
  sample:
    front:
      driver: bridge
      bridge: br-front
      subnets: [172.20.0.0/24]
      gateways: [172.20.0.1]
containers:
  description:
    - From the name of each container to its C(netns) (the handle), its C(mode), its C(interfaces) and its C(ports).
    - C(interfaces) is a dictionary from the name in the container to C(network), C(mac), C(ipv4), C(ipv6), C(gateway),
      C(host_interface), which is null on a network that has no end on the host, and C(bandwidth), its limits as they
      are declared, or null. In the mode C(container:NAME) they are those of NAME.
    - C(ports) has an entry for each published port and address family, with C(host_ip), C(published), C(target) and
      C(protocol). V(0.0.0.0) and V(::) stand for every address. A range of more than twenty ports is one entry, whose
      C(published) and C(target) are written as in Compose, such as V(20000-36383).
    - C(workload) is there where one is declared, with C(kind), C(name), C(join) and C(start), the lines by which its
      owner starts it in the namespace, ready to be copied; none where nothing is to be said.
  returned: success
  type: dict
  sample:
    web:
      netns: /run/netns/web
      mode: bridge
      interfaces:
        eth0:
          network: front
          mac: "02:42:ac:14:00:02"
          ipv4: 172.20.0.2
          ipv6:
          gateway: 172.20.0.1
          host_interface: vethed9cf27d6ce
          bandwidth:
            ingress: 10mbit
            egress: 5mbit
      ports:
        - host_ip: 0.0.0.0
          published: 8080
          target: 80
          protocol: tcp
unmended:
  description:
    - What of the host is not as declared, and only the owner of a program can mend, such as a C(workload) that runs in
      another network namespace than its container's, or is not there. Each is a warning, too.
  returned: when there is any
  type: list
  elements: str
  sample:
    - container web: nginx.service runs in another network namespace than /run/netns/web; restart it
quarantined:
  description: Containers that were left out, or in check mode would be, because of what is inside; with what is wrong.
  returned: when O(quarantine) is V(true) and there is one; the task fails
  type: dict
  sample: {web: "interface eth0 in namespace web is not ours: it stands in the way of web:eth0"}
would_remove:
  description: The names of the C(networks) and C(containers) that the declaration would have removed.
  returned: when the declaration is empty, or would remove more than O(remove_limit)
  type: dict
  sample:
    networks: [front]
    containers: [db, web]
problems:
  description: Every wrong value of the declaration, with the place where it was written.
  returned: when the declaration is wrong
  type: list
  elements: dict
  contains:
    path:
      description: Where the value was written.
      returned: always
      type: str
      sample: topology_containers.web.ports[2]
    message:
      description: What is wrong with it, and what would be right.
      returned: always
      type: str
      sample: '"80:99999": the container port must be between 1 and 65535'
"""

from ansible_collections.linuxnet.fabric.plugins.module_utils._module.door import run_module
from ansible_collections.linuxnet.fabric.plugins.module_utils._module.topology import perform_topology

ARGUMENT_SPEC = dict(
    name=dict(type="str", default="default"),
    state=dict(type="str", choices=["present", "absent", "confirmed"], default="present"),
    networks=dict(type="dict", default={}),
    containers=dict(type="dict", default={}),
    default_address_pools=dict(
        type="list",
        elements="dict",
        options=dict(base=dict(type="str", required=True), size=dict(type="int", required=True)),
    ),
    port_range=dict(type="str"),
    firewall=dict(type="str", choices=["warn", "integrate", "ignore"], default="warn"),
    quarantine=dict(type="bool", default=True),
    forwarding=dict(type="str", choices=["manage", "keep"], default="manage"),
    transit=dict(type="str", choices=["drop", "accept"], default="drop"),
    fleet=dict(type="dict"),
    remove_limit=dict(type="str"),
    restore=dict(type="str", choices=["auto", "true", "false"]),
    heal=dict(type="int", default=0),
    host_program=dict(type="bool", default=False),
    metrics_directory=dict(type="str"),
    docker_runtime=dict(type="bool"),
    dns=dict(type="str", choices=["files", "unbound"], default="files"),
    lock_timeout=dict(type="int", default=60),
    confirm_timeout=dict(type="int", default=0),
)


def main() -> None:
    run_module(ARGUMENT_SPEC, perform_topology)


def host_program() -> None:
    """Never called: what is imported here is sent along, for the program of the host is made of what was sent."""
    from ansible_collections.linuxnet.fabric.plugins.module_utils._host_program import main as program

    program.main()


if __name__ == "__main__":
    main()
