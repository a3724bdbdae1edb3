#!/usr/bin/python
# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: veth
short_description: A veth pair between the host and a namespace
version_added: 0.1.0
description:
  - Makes a pair of virtual Ethernet interfaces. One end is on the host, usually on a bridge; the other is made inside
    the namespace, where it never has another name or place.
  - Addresses and routes are exactly those declared; others on the interface are removed, except the kernel's own.
  - An interface that is not ours is never changed or deleted.
requirements:
  - python >= 3.9
  - Linux >= 5.10
extends_documentation_fragment:
  - linuxnet.fabric._attributes
  - linuxnet.fabric._attributes.full
  - linuxnet.fabric._owner
options:
  name:
    description:
      - The name of the end on the host, at most 15 characters.
    type: str
    required: true
  state:
    description:
      - V(absent) removes the pair.
    type: str
    choices: [present, absent]
    default: present
  netns:
    description:
      - The namespace of the other end, by the name of its handle. It must exist.
      - Required with O(state=present).
    type: str
  ifname:
    description:
      - The name of the end inside the namespace.
    type: str
    default: eth0
  mac:
    description:
      - The hardware address of the end inside. Default is what the kernel chooses.
    type: str
  mtu:
    description:
      - The largest packet, for both ends. Default is V(1500).
    type: int
  addresses:
    description:
      - Addresses of the end inside, with the length of their prefix.
    type: list
    elements: str
    default: []
  gateway:
    description:
      - The way out of the namespace. An address makes the IPv4 or IPv6 default route; give one of each at most.
    type: list
    elements: str
    default: []
  routes:
    description:
      - Routes in the namespace over this interface.
    type: list
    elements: dict
    default: []
    suboptions:
      destination:
        description:
          - A subnet, or V(default).
        type: str
        required: true
      gateway:
        description:
          - The next hop, which a V(unicast) route needs. It lies in a subnet of O(addresses), or
            O(routes[].onlink) says that it is a neighbour all the same.
        type: str
      type:
        description:
          - All but V(unicast) lead nowhere and take no O(routes[].gateway).
        type: str
        choices: [unicast, blackhole, unreachable, prohibit]
        default: unicast
      metric:
        description:
          - The lower one is used. Default is the kernel's.
        type: int
      onlink:
        description:
          - The gateway is on this link although no address here says so.
        type: bool
        default: false
  master:
    description:
      - The bridge on which the end on the host is. It must exist.
    type: str
  isolated:
    description:
      - Among ports of O(master) that are isolated no traffic passes.
    type: bool
    default: false
  hairpin:
    description:
      - Packets may leave O(master) by the port by which they came.
    type: bool
    default: false
  learning:
    description:
      - O(master) learns from what comes in by the port which MACs are behind it. With V(false) it is O(mac) and no
        other, whatever the port's frames say; so O(mac) has to be given.
    type: bool
    default: true
  guard:
    description:
      - Where O(master) speaks the spanning tree protocol, a message of it that comes in by the port shuts the port,
        instead of changing the tree. It is open again when the interface was set down and up.
    type: bool
    default: false
  host_addresses:
    description:
      - Addresses of the end on the host, for a link without a bridge.
    type: list
    elements: str
    default: []
seealso:
  - module: linuxnet.fabric.netns
  - module: linuxnet.fabric.bridge
  - module: linuxnet.fabric.topology
author:
  - linuxnet.fabric contributors (@linuxnet)
"""

EXAMPLES = r"""
- name: A namespace
  linuxnet.fabric.netns:
    name: point

- name: A link between it and the host, without a bridge
  linuxnet.fabric.veth:
    name: to-point
    netns: point
    addresses: [10.216.0.2/30]
    gateway: [10.216.0.1]
    host_addresses: [10.216.0.1/30]

- name: A bridge
  linuxnet.fabric.bridge:
    name: br-point
    addresses: [10.217.0.1/24]

- name: A second interface, on the bridge, with a route of its own
  linuxnet.fabric.veth:
    name: to-point-1
    netns: point
    ifname: eth1
    mac: "02:42:0a:d9:00:02"
    addresses: [10.217.0.2/24]
    routes:
      - destination: 10.218.0.0/16
        gateway: 10.217.0.254
    master: br-point
    isolated: true

- name: Take the links away
  linuxnet.fabric.veth:
    name: "{{ item }}"
    state: absent
  loop: [to-point-1, to-point]

- name: Take the bridge away
  linuxnet.fabric.bridge:
    name: br-point
    state: absent

- name: Take the namespace away
  linuxnet.fabric.netns:
    name: point
    state: absent
"""

RETURN = r"""
veth:
  description: The pair as declared.
  returned: when O(state=present)
  type: dict
  contains:
    name:
      description: The end on the host.
      returned: always
      type: str
      sample: to-point-1
    netns:
      description: The namespace of the other end.
      returned: always
      type: str
      sample: point
    ifname:
      description: The end inside the namespace.
      returned: always
      type: str
      sample: eth1
    mac:
      description: The hardware address that was asked for, V(null) when the kernel chose it.
      returned: always
      type: str
      sample: "02:42:0a:d9:00:02"
    mtu:
      description: The largest packet.
      returned: always
      type: int
      sample: 1500
    addresses:
      description: Addresses of the end inside.
      returned: always
      type: list
      elements: str
      sample: [10.217.0.2/24]
    routes:
      description: Routes over the end inside, in the words of C(ip route).
      returned: always
      type: list
      elements: str
      sample: [10.218.0.0/16 via 10.217.0.254]
    master:
      description: The bridge, or V(null).
      returned: always
      type: str
      sample: br-point
actions:
  description: What was done, or would be done in check mode, in order.
  returned: success
  type: list
  elements: str
  sample: ["connect point:eth1 (10.217.0.2/24, 02:42:0a:d9:00:02) to br-point by to-point-1"]
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
        container: point
        interface: eth0
      kind: intended
      text: add route default via 10.216.0.1 to point:eth0
      before:
        route default via 10.216.0.1:
      after:
        route default via 10.216.0.1: "on"
"""

from typing import Any

from ansible_collections.linuxnet.fabric.plugins.module_utils._module.door import run_module

ROUTE = dict(
    destination=dict(type="str", required=True),
    gateway=dict(type="str"),
    type=dict(type="str", choices=["unicast", "blackhole", "unreachable", "prohibit"], default="unicast"),
    metric=dict(type="int"),
    onlink=dict(type="bool", default=False),
)
ARGUMENT_SPEC = dict(
    name=dict(type="str", required=True),
    state=dict(type="str", choices=["present", "absent"], default="present"),
    netns=dict(type="str"),
    ifname=dict(type="str", default="eth0"),
    mac=dict(type="str"),
    mtu=dict(type="int"),
    addresses=dict(type="list", elements="str", default=[]),
    gateway=dict(type="list", elements="str", default=[]),
    routes=dict(type="list", elements="dict", default=[], options=ROUTE),
    master=dict(type="str"),
    isolated=dict(type="bool", default=False),
    hairpin=dict(type="bool", default=False),
    learning=dict(type="bool", default=True),
    guard=dict(type="bool", default=False),
    host_addresses=dict(type="list", elements="str", default=[]),
    topology_name=dict(type="str", default="by_hand"),
)


def load() -> Any:
    """What does it, imported where a module that is sent finds it (``door.py``)."""
    from ansible_collections.linuxnet.fabric.plugins.module_utils._module.small import perform_veth

    return perform_veth


def main() -> None:
    run_module(ARGUMENT_SPEC, load)


if __name__ == "__main__":
    main()
