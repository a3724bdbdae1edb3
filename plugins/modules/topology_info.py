#!/usr/bin/python
# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: topology_info
short_description: What a host's container networks are now
version_added: 0.1.0
description:
  - Reads the networks and containers that M(linuxnet.fabric.topology) made on this host, in the words of that module,
    so that they can be fed back to it.
requirements:
  - python >= 3.9
  - nft >= 1.0.1 (package nftables)
  - pyroute2 >= 0.7.2, where there are interfaces of a macvlan or ipvlan network
  - Linux >= 5.10
extends_documentation_fragment:
  - linuxnet.fabric._attributes
attributes:
  check_mode:
    support: full
    details:
      - This module changes nothing.
  diff_mode:
    support: N/A
    details:
      - This module changes nothing.
  idempotent:
    support: full
options:
  name:
    description:
      - The topology to read. By default all of them.
    type: str
seealso:
  - module: linuxnet.fabric.topology
author:
  - linuxnet.fabric contributors (@linuxnet)
"""

EXAMPLES = r"""
- name: Make a topology
  linuxnet.fabric.topology:
    name: shop
    networks:
      front: {}
    containers:
      web:
        networks: [front]

- name: Read it
  linuxnet.fabric.topology_info:
    name: shop
  register: shop

- name: Feed it back; nothing changes
  linuxnet.fabric.topology:
    name: shop
    networks: "{{ shop.networks }}"
    containers: "{{ shop.containers }}"

- name: Read every topology on the host
  linuxnet.fabric.topology_info:
  register: everything

- name: Take it away
  linuxnet.fabric.topology:
    name: shop
    state: absent
"""

RETURN = r"""
topologies:
  description:
    - From the name of each topology to its C(networks) and C(containers), in the words of
      M(linuxnet.fabric.topology).
  returned: success
  type: dict
  sample:
    shop:
      networks:
        front:
          bridge: br-front
          ipam:
            config:
              - subnet: 172.20.0.0/24
                gateway: 172.20.0.1
      containers:
        web:
          networks:
            front:
              ipv4_address: 172.20.0.2
networks:
  description: The networks of the one topology.
  returned: when O(name) is given
  type: dict
containers:
  description: The containers of the one topology.
  returned: when O(name) is given
  type: dict
orphans:
  description:
    - Leases of containers whose namespace is not there, and interfaces of topologies that hold no lease, each a line.
    - They stay until their topology is applied again, or removed, which reclaims them.
  returned: success
  type: list
  elements: str
  sample: ["shop: lease 172.20.0.2 of web, which has no namespace"]
fleet_leases:
  description:
    - Who holds which block of networks across hosts, as this host was told last. C(state) is V(own), V(peer), V(left)
      where a run found the host gone, or V(orphaned) where two did.
  returned: success
  type: list
  elements: dict
  sample:
    - topology: default
      network: shop
      block: 10.88.3.0/24
      host: node3
      host_id: 0123456789abcdef0123456789abcdef
      state: peer
leases:
  description: The subnets, addresses and host ports that are held.
  returned: success
  type: list
  elements: dict
"""

from ansible_collections.linuxnet.fabric.plugins.module_utils._module.handing_over import hand_over

ARGUMENT_SPEC = dict(name=dict(type="str"))


def main() -> None:
    hand_over(ARGUMENT_SPEC, "topology_info.perform_topology_info", keeps=False)


if __name__ == "__main__":
    main()
