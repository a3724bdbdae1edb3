#!/usr/bin/python
# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: bridge
short_description: A Linux bridge
version_added: 0.1.0
description:
  - Makes a bridge with its addresses and settings. What the kernel can change on a living bridge is changed there, so
    that connections over it go on.
  - The addresses are exactly O(addresses); others that the bridge has are removed, except link-local IPv6 ones.
  - A bridge that is not ours is never changed or deleted.
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
      - The name of the interface, at most 15 characters.
    type: str
    required: true
  state:
    description:
      - V(absent) removes the bridge. Interfaces on it stay, without a bridge.
    type: str
    choices: [present, absent]
    default: present
  addresses:
    description:
      - Addresses with the length of their prefix, such as V(172.20.0.1/24).
    type: list
    elements: str
    default: []
  mtu:
    description:
      - The largest packet. Default is V(1500).
    type: int
  mac:
    description:
      - The hardware address. Default is what the kernel chooses.
    type: str
  stp:
    description:
      - Take part in the spanning tree protocol.
    type: bool
    default: false
  ageing_time:
    description:
      - How many seconds a learnt hardware address is kept.
    type: int
    default: 300
  forward_delay:
    description:
      - How many seconds a new port listens before it forwards.
      - Without O(stp) the default is V(0). With it the kernel takes V(2) to V(30), and the default is V(15).
    type: int
  multicast_snooping:
    description:
      - Send multicast only to the ports that asked for it, as far as somebody on the network asks who wants it.
    type: bool
    default: true
  up:
    description:
      - Whether the interface is up.
    type: bool
    default: true
seealso:
  - module: linuxnet.fabric.veth
  - module: linuxnet.fabric.nat_rule
  - module: linuxnet.fabric.topology
author:
  - linuxnet.fabric contributors (@linuxnet)
"""

EXAMPLES = r"""
- name: A bridge with the gateway's address
  linuxnet.fabric.bridge:
    name: br-lab
    addresses: [10.215.0.1/24]

- name: Take it away
  linuxnet.fabric.bridge:
    name: br-lab
    state: absent
"""

RETURN = r"""
bridge:
  description: The bridge as declared.
  returned: when O(state=present)
  type: dict
  contains:
    name:
      description: The name of the interface.
      returned: always
      type: str
      sample: br-lab
    addresses:
      description: Its addresses.
      returned: always
      type: list
      elements: str
      sample: [10.215.0.1/24]
    mtu:
      description: The largest packet.
      returned: always
      type: int
      sample: 1500
    mac:
      description: The hardware address that was asked for, V(null) when the kernel chose it.
      returned: always
      type: str
      sample: "02:42:0a:d7:00:01"
actions:
  description: What was done, or would be done in check mode, in order.
  returned: success
  type: list
  elements: str
  sample: ["create bridge br-lab (10.215.0.1/24, mtu 1500)"]
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
        bridge: br-lab
      kind: intended
      text: set mtu of br-lab from 1500 to 1400
      before:
        mtu: 1500
      after:
        mtu: 1400
"""

from typing import Any

from ansible_collections.linuxnet.fabric.plugins.module_utils._module.door import run_module

ARGUMENT_SPEC = dict(
    name=dict(type="str", required=True),
    state=dict(type="str", choices=["present", "absent"], default="present"),
    addresses=dict(type="list", elements="str", default=[]),
    mtu=dict(type="int"),
    mac=dict(type="str"),
    stp=dict(type="bool", default=False),
    ageing_time=dict(type="int", default=300),
    forward_delay=dict(type="int"),
    multicast_snooping=dict(type="bool", default=True),
    up=dict(type="bool", default=True),
    topology_name=dict(type="str", default="by_hand"),
)


def load() -> Any:
    """What does it, imported where a module that is sent finds it (``door.py``)."""
    from ansible_collections.linuxnet.fabric.plugins.module_utils._module.small import perform_bridge

    return perform_bridge


def main() -> None:
    run_module(ARGUMENT_SPEC, load)


if __name__ == "__main__":
    main()
