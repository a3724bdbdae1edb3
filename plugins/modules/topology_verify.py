#!/usr/bin/python
# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: topology_verify
short_description: Prove by packets what a topology declares
version_added: 0.2.0
description:
  - Works out, from the declaration and its leases alone, who reaches whom - every pair of containers, every published
    port, the host, its gateway on the wire - and tries it with real packets from inside the namespaces. Changes
    nothing.
  - Probes are ICMP echo requests, TCP connections, UDP datagrams and first chunks of SCTP. Where nothing listens on a
    port, this module does for as long as it runs, with sockets that end with its process. Where a service listens, TCP
    is probed by a first segment alone, which the service does not see, and UDP is not probed.
  - What is promised to reach has to be answered. What is promised not to reach must not so much as arrive.
  - The playbook P(linuxnet.fabric.topology#role) C(linuxnet.fabric.verify) calls it on all hosts and makes a report.
  - A broken promise is sent once more and followed, to say at which rule, route, neighbour, link or setting it ends.
    For that moment there are tables of nft called C(linuxnet-fabric-trace) on the host and in the namespaces of its
    two ends. They drop nothing, and are gone with this module's process, also when that is killed. Of calls between
    hosts those of O(calls) are followed on both hosts; on the one that is called by the process that listens, in tables
    called C(linuxnet-fabric-trace-) and the name of the topology.
notes:
  - Needs root on the target, and nothing in the containers.
  - Who calls from the wire, and who is called there where the host's own gateway does not answer, is played in a
    network namespace that ends with this module's process, and so do the interface C(fabric-wire) with four hex digits
    and the table C(netdev linuxnet-fabric-wire) that lead to it.
  - Probing calls to containers of other hosts takes three steps, each on all hosts before the next - O(part=listen),
    then O(part=probe) with what the others answered in O(others), then O(part=collect). The playbook does so.
requirements:
  - python >= 3.9
  - pyroute2 >= 0.7.2, where M(linuxnet.fabric.topology) needs it for what is declared
  - netaddr >= 0.8, when a subnet has to be chosen
  - nft >= 1.0.1 (package nftables)
  - Linux >= 5.10
extends_documentation_fragment:
  - linuxnet.fabric._attributes
  - linuxnet.fabric._declaration
attributes:
  check_mode:
    support: full
    details:
      - Says what would be probed, in RV(would_probe), and sends nothing.
  diff_mode:
    support: N/A
    details:
      - This module changes nothing.
  idempotent:
    support: full
options:
  part:
    description:
      - V(probe) tries what is promised to callers of this host.
      - V(listen) begins to listen where other hosts call the containers of this one, and returns at once. What listens
        ends with V(collect), or by itself after ten minutes.
      - V(collect) tells what was heard since, and nothing listens any more.
    type: str
    choices: [probe, listen, collect]
    default: probe
  kept:
    description:
      - With O(part=listen) and O(part=collect), take what was last made of the project on this host for declared. Of
        the declaration only O(name) has to be given then.
    type: bool
    default: false
  others:
    description:
      - From the inventory names of other hosts to what they returned as RV(listening). What is promised of a host that
        is missing here is not tried.
    type: dict
  calls:
    description:
      - Promises between hosts that are broken, to be followed on both hosts while they are called once more. Each is a
        dictionary with C(text), C(address), C(protocol), C(port) and C(promised) of one of RV(cells), the inventory
        names of both hosts as C(source) and C(target), and a C(token) of 16 hexadecimal digits that no other has.
      - Each O(part) is for these alone, then. With V(listen) and V(collect) they are those that come to this host.
    type: list
    elements: dict
  probes:
    description:
      - How many promises are tried at most. Of more, some of each kind are, the same ones each time that the same is
        declared. V(0) tries all.
    type: int
    default: 2000
seealso:
  - module: linuxnet.fabric.topology
  - name: What is declared, proven by packets
    description: What is promised of which declaration, and how it is tried.
    link: https://github.com/linuxnet/fabric/blob/main/docs/verify.md
author:
  - linuxnet.fabric contributors (@linuxnet)
"""

EXAMPLES = r"""
- name: Make a topology
  linuxnet.fabric.topology:
    name: shop
    networks: &networks
      front: {}
      back: {internal: true}
    containers: &containers
      web: {networks: [front, back], ports: ["8080:80"]}
      db: {networks: [back]}

- name: Prove it
  linuxnet.fabric.topology_verify:
    name: shop
    networks: *networks
    containers: *containers
  register: verified
  failed_when: verified.promises.broken > 0

- name: Take it away
  linuxnet.fabric.topology:
    name: shop
    state: absent
"""

RETURN = r"""
promises:
  description:
    - How many promises are C(made), how many cells of the matrix nothing is promised of (C(not_made)), how many were
      C(chosen) to be tried, and how many of those C(held), are C(broken), or could not be tried (C(unprobed)).
  returned: success
  type: dict
  sample: {made: 42, not_made: 0, chosen: 42, held: 40, broken: 0, unprobed: 2}
would_probe:
  description: What would be tried, a line each.
  returned: in check mode
  type: list
  elements: str
  sample: ["web reaches db at 172.20.0.3 (tcp): neighbours on front"]
cells:
  description: What was tried, and what came of it. Empty in check mode.
  returned: success
  type: list
  elements: dict
  contains:
    source:
      description:
        - Who sends. C(kind) is V(container), V(host) or V(outside); C(names) are all containers in that namespace;
          C(host) is empty for the host that is asked.
      type: dict
      returned: always
    target:
      description: Who is called, as C(source).
      type: dict
      returned: always
    address:
      description: The address that is called.
      type: str
      returned: always
    family:
      description: V(4) or V(6).
      type: int
      returned: always
    protocol:
      description: V(icmp), V(tcp), V(udp) or V(sctp).
      type: str
      returned: always
    port:
      description: The port, or null for one that nothing else uses.
      type: int
      returned: always
    promised:
      description: Whether it is promised to reach.
      type: bool
      returned: always
    about:
      description: The kind of promise, such as V(neighbours), V(icc), V(isolate), V(closed) or V(published).
      type: str
      returned: always
    text:
      description: The promise as a line.
      type: str
      returned: always
    result:
      description: V(held), V(broken) or V(unprobed).
      type: str
      returned: always
    said:
      description: What came back, or why it was not tried.
      type: str
      returned: always
    place:
      description:
        - Where a broken promise ends, of at most 200 of them; else null. C(kind) is V(rule), V(route), V(neighbour),
          V(link), V(address), V(sysctl), V(namespace), V(service), V(wire) or V(unknown), C(netns) the namespace that
          it is in (empty is the host's own), C(text) a sentence. Of a rule it has family, table, chain and rule.
      type: dict
      returned: always
      sample: {kind: rule, netns: "", text: "the host drops it: ip other c: ip daddr 172.20.0.10 tcp dport 80 drop"}
    token:
      description: Of a call to another host, by what that one knows it in its RV(heard), else empty.
      type: str
      returned: always
listening:
  description: Where this host listens, for O(others) of the others. In check mode where it would.
  returned: with O(part=listen)
  type: list
  elements: dict
heard:
  description: The tokens of the calls that arrived.
  returned: with O(part=collect)
  type: list
  elements: str
followed:
  description: Of each of O(calls), what this host saw of it.
  returned: with O(calls), and O(part=probe) or O(part=collect)
  type: list
  elements: dict
  contains:
    token:
      description: Which call it is.
      type: str
      returned: always
    came:
      description: Whether this host saw it.
      type: bool
      returned: always
    place:
      description: Where the call ended on this host, as C(place) in RV(cells), or null where it passed.
      type: dict
      returned: always
    answer:
      description: Whether its answer came, on the host that calls, or left, on the one that is called.
      type: bool
      returned: always
    answer_place:
      description: Where the answer ended on this host, or null.
      type: dict
      returned: always
    by:
      description: The interface by which what left this host did so.
      type: str
      returned: always
differs:
  description: Where a promise is broken, what on the host is not as declared, as M(linuxnet.fabric.topology) would say.
  returned: success
  type: list
  elements: str
"""

from ansible_collections.linuxnet.fabric.plugins.module_utils._module.declaration import DECLARATION
from ansible_collections.linuxnet.fabric.plugins.module_utils._module.handing_over import hand_over

ARGUMENT_SPEC = dict(
    DECLARATION,
    part=dict(type="str", choices=["probe", "listen", "collect"], default="probe"),
    kept=dict(type="bool", default=False),
    others=dict(type="dict"),
    calls=dict(type="list", elements="dict"),
    probes=dict(type="int", default=2000),
)


def main() -> None:
    hand_over(ARGUMENT_SPEC, "topology_verify", keeps=False)


if __name__ == "__main__":
    main()
