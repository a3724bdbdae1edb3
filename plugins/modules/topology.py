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
  - linuxnet.fabric._declaration
  - linuxnet.fabric._attributes.full
options:
  state:
    description:
      - V(present) makes the host match the declaration.
      - V(absent) removes everything that O(name) owns, its leases included. O(networks) and O(containers) are not read.
      - V(confirmed) keeps what a run with O(confirm_timeout) did, and fails when nothing waits to be confirmed.
    type: str
    choices: [present, absent, confirmed]
    default: present
  quarantine:
    description:
      - What to do when something goes wrong because of what is inside the namespace of one container, such as a foreign
        interface that has the name of a declared one, a setting that the kernel refuses, or a hundred thousand routes.
      - V(true) leaves that container out, and those that share its namespace. They stay as they were before the run,
        everything else is made and verified, and the task then fails with the container's name in RV(quarantined).
      - V(false) takes the whole run back.
    type: bool
    default: true
  approved:
    description:
      - The changes that may be made, from the digest of each to its line, as the filter
        P(linuxnet.fabric.approved#filter) reads them out of a plan. Where any other is needed, a repair of what
        somebody changed or of an interrupted run too, the call fails before the first change and names them, in check
        mode too.
      - Fewer are no error, so that a plan which was carried out in part can be carried out to its end.
      - By default all changes are.
    type: dict
    version_added: 0.2.0
  beside:
    description:
      - Of topologies of the same host that will be made before this one, what RV(foreseen) said of each, in that order.
        The check sees the host as they will leave it, and so chooses what they do not take.
      - Empty for the first of several. Without this option the host is seen as it is, and RV(foreseen) is not returned.
      - Only a check reads it.
    type: list
    elements: dict
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
chosen:
  description:
    - From each subnet, address and host port (C(32768/tcp)) that a run would choose, for it is neither written in the
      declaration nor leased yet, to whose it would be. In another order of the declaration another could get it.
  returned: in check mode
  type: dict
  sample:
    172.17.0.0/16: front
    172.17.0.2: web:eth0 on front
    32768/tcp: web for 80/tcp
foreseen:
  description:
    - What this topology will leave on the host that others of the same host meet, for their O(beside). C(granted) and
      C(released) are leases as they are kept, C(links) the interfaces of the host alone with kind and mark,
      C(containers) the names of namespaces, C(sysctls) settings of the host, C(forwarding) what is known of those of
      forwarding, C(program) whether the program C(linuxnet-fabric) is to be there, null where it stays as it is.
  returned: in check mode, with O(beside)
  type: dict
  sample:
    topology: shop
    granted: []
    released: []
    links: {br-front: [bridge, linuxnet.fabric/shop network front]}
    containers: [web]
    sysctls: {net/ipv4/ip_forward: "1"}
    forwarding:
      found: {net/ipv4/ip_forward: "0"}
      claims: {shop: {needs: [4], bridges: [br-front], transit: drop}}
    program:
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
not_approved:
  description: The lines of the changes that O(approved) does not have.
  returned: when there is one; the task fails and has changed nothing
  type: list
  elements: str
  sample: [set mtu of br-front from 1400 to 1500]
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

import gc
from typing import Any, Dict

if __name__ == "__main__":
    gc.disable()  # what is imported stays: to look for garbage among it again and again takes a twentieth of the time

from ansible_collections.linuxnet.fabric.plugins.module_utils._module.declaration import DECLARATION
from ansible_collections.linuxnet.fabric.plugins.module_utils._module.handing_over import begin as begin_by
from ansible_collections.linuxnet.fabric.plugins.module_utils._module.handing_over import hand_over

ARGUMENT_SPEC = dict(
    DECLARATION,
    state=dict(type="str", choices=["present", "absent", "confirmed"], default="present"),
    quarantine=dict(type="bool", default=True),
    approved=dict(type="dict"),
    beside=dict(type="list", elements="dict"),
    remove_limit=dict(type="str"),
    restore=dict(type="str", choices=["auto", "true", "false"]),
    heal=dict(type="int", default=0),
    host_program=dict(type="bool", default=False),
    metrics_directory=dict(type="str"),
    docker_runtime=dict(type="bool"),
    dns=dict(type="str", choices=["files", "unbound"], default="files"),
    confirm_timeout=dict(type="int", default=0),
)


def begin(arguments: Dict[str, Any]) -> None:
    """Called where a host is its own controller, before Ansible's own code is imported."""
    begin_by(arguments, "begun")


def main() -> None:
    hand_over(ARGUMENT_SPEC, "begun.perform_topology", keeps=True)


if __name__ == "__main__":
    main()
