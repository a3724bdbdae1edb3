#!/usr/bin/python
# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: ipam_lease
short_description: Hold an address or a host port for an owner
version_added: 0.1.0
description:
  - Leases an address out of a network's subnet, or a port of the host, to an owner that keeps it across runs and
    reboots, until it is released with O(state=absent).
  - An owner is a name of yours (a container, a service, a machine). The same owner gets the same lease.
  - No address, port or subnet of a host is ever leased twice, whatever asks for it; M(linuxnet.fabric.topology)
    uses the same leases.
  - With O(network) alone the network's subnet and gateway are leased, with O(network) and O(owner) an address in it,
    with O(target) and O(owner) a host port.
extends_documentation_fragment:
  - linuxnet.fabric._attributes
  - linuxnet.fabric._attributes.full
  - linuxnet.fabric._owner
options:
  state:
    description:
      - V(present) leases what is not leased yet, V(absent) releases it.
      - V(absent) with O(network) and no O(owner) releases the network with every lease in it.
    type: str
    choices: [present, absent]
    default: present
  network:
    description:
      - The name of the network that the address is leased in.
    type: str
  subnet:
    description:
      - The subnet of the network. Needed until the network has one; must not overlap another network's.
      - A network may have one IPv4 and one IPv6 subnet.
    type: str
  ip_range:
    description:
      - The part of O(subnet) that addresses are chosen from. It is not remembered, so write it at every lease.
    type: str
  gateway:
    description:
      - The gateway of O(subnet). By default the lowest free address when the subnet is leased.
    type: str
  reserved:
    description:
      - Addresses of O(subnet) that are never chosen, as a dictionary from any name to an address.
    type: dict
  owner:
    description:
      - Who holds the lease.
    type: str
  interface:
    description:
      - The interface of O(owner) that the address is for.
    type: str
    default: eth0
  address:
    description:
      - The address to lease. By default the one that the owner holds, or the lowest free one.
    type: str
  target:
    description:
      - The port of O(owner) that the leased host port is for.
    type: int
  port:
    description:
      - The host port to lease. By default the one that the owner holds, or the lowest of the kernel's
        C(ip_local_port_range) that is free on every address and not in C(ip_local_reserved_ports).
    type: int
  protocol:
    description:
      - The protocol of the port.
    type: str
    choices: [tcp, udp, sctp]
    default: tcp
  host_ip:
    description:
      - The address of the host that the port is leased on. By default every address.
    type: str
seealso:
  - module: linuxnet.fabric.topology
  - name: Leases
    description: How subnets, addresses and ports are chosen and kept.
    link: https://github.com/linuxnet/fabric/blob/main/docs/leases.md
author:
  - linuxnet.fabric contributors (@linuxnet)
"""

EXAMPLES = r"""
- name: Lease the subnet of a network
  linuxnet.fabric.ipam_lease:
    network: front
    subnet: 10.213.0.0/24
  register: front

- name: Lease an address for web
  linuxnet.fabric.ipam_lease:
    network: front
    owner: web
  register: web

- name: Lease the address that the printer has always had
  linuxnet.fabric.ipam_lease:
    network: front
    owner: printer
    address: 10.213.0.9

- name: Lease any host port for port 80 of web
  linuxnet.fabric.ipam_lease:
    owner: web
    target: 80

- name: Release the address of web
  linuxnet.fabric.ipam_lease:
    state: absent
    network: front
    owner: web

- name: Release the port of web
  linuxnet.fabric.ipam_lease:
    state: absent
    owner: web
    target: 80

- name: Release the network and all that is leased in it
  linuxnet.fabric.ipam_lease:
    state: absent
    network: front
"""

RETURN = r"""
address:
  description: The address that the owner holds.
  returned: when O(state=present) and O(owner) and O(network) are given
  type: str
  sample: 10.213.0.2
subnet:
  description: The subnet of the network.
  returned: when O(state=present) and O(network) is given
  type: str
  sample: 10.213.0.0/24
prefix_length:
  description: The length of the subnet's prefix, to write after an address.
  returned: when O(state=present) and O(network) is given
  type: int
  sample: 24
gateway:
  description: The gateway of the network.
  returned: when O(state=present), O(network) is given and its subnet has a gateway
  type: str
  sample: 10.213.0.1
port:
  description: The host port that the owner holds.
  returned: when O(state=present) and O(target) is given
  type: int
  sample: 32768
actions:
  description: What was done, or would be done in check mode, in order.
  returned: success
  type: list
  elements: str
  sample: ["lease 10.213.0.2 to web:eth0 on front"]
changes:
  description:
    - RV(actions) as data, one for each, in the same order.
    - C(subject) is what it is about, C(before) and C(after) are what differs. An empty C(before) says that all of it is
      missing, an empty C(after) that it goes. An attribute that is not there is null.
    - C(kind) is V(intended), or V(drift) for what comes first after a run that was interrupted.
  returned: success
  type: list
  elements: dict
  sample:
    - subject:
        container: web
        interface: eth0
        part: lease
      kind: intended
      text: lease 10.213.0.2 to web:eth0 on front
      before: {}
      after:
        address: 10.213.0.2
"""

from typing import Any

from ansible_collections.linuxnet.fabric.plugins.module_utils._module.door import run_module

ARGUMENT_SPEC = dict(
    state=dict(type="str", choices=["present", "absent"], default="present"),
    topology_name=dict(type="str", default="by_hand"),
    network=dict(type="str"),
    subnet=dict(type="str"),
    ip_range=dict(type="str"),
    gateway=dict(type="str"),
    reserved=dict(type="dict"),
    owner=dict(type="str"),
    interface=dict(type="str", default="eth0"),
    address=dict(type="str"),
    target=dict(type="int"),
    port=dict(type="int"),
    protocol=dict(type="str", choices=["tcp", "udp", "sctp"], default="tcp"),
    host_ip=dict(type="str"),
)
MODULE_ARGUMENTS = dict(
    required_one_of=[["network", "target"]],
    mutually_exclusive=[["network", "target"]],
    required_by=dict(
        subnet=["network"],
        ip_range=["subnet"],
        gateway=["subnet"],
        reserved=["subnet"],
        address=["network", "owner"],
        target=["owner"],
        port=["target"],
        host_ip=["target"],
    ),
)


def load() -> Any:
    """What does it, imported where a module that is sent finds it (``door.py``)."""
    from ansible_collections.linuxnet.fabric.plugins.module_utils._module.lease import perform

    return perform


def main() -> None:
    run_module(ARGUMENT_SPEC, load, **MODULE_ARGUMENTS)


if __name__ == "__main__":
    main()
