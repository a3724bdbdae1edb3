#!/usr/bin/python
# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: nat_rule
short_description: Masquerade a subnet, or publish a port of a container
version_added: 0.1.0
description:
  - Puts one translation into the nft table of O(topology_name), or takes it out. The table has a constant number of
    rules; each translation is an element of a map or a set, added in one transaction.
  - V(publish) does everything that makes a published port work. It answers outside clients, who are seen with their
    real address, the host on each of its addresses and on 127.0.0.1, the container's neighbours, and the container
    itself where its bridge port has hairpin on (M(linuxnet.fabric.veth)); a port on 127.0.0.1 is out of reach
    of the wire. For that, forwarding is turned on (see O(forwarding)), and for a port on
    127.0.0.1, or on every address, C(route_localnet) on O(bridge).
  - Nothing is filtered. Traffic that is not translated passes as before; M(linuxnet.fabric.topology) isolates.
  - Connections of a port that moved or went are ended, and no others.
requirements:
  - python >= 3.9
  - nft >= 1.0.1
  - pyroute2 >= 0.7.2, when a published port goes or moves
  - Linux >= 5.10
extends_documentation_fragment:
  - linuxnet.fabric._attributes
  - linuxnet.fabric._attributes.full
  - linuxnet.fabric._owner
options:
  kind:
    description:
      - V(masquerade) lets O(subnet) leave by any interface but O(bridge) under that interface's address.
      - V(snat) does the same under O(to_address).
      - V(publish) sends what arrives at port O(published) of the host to O(target).
    type: str
    choices: [masquerade, snat, publish]
    required: true
  state:
    description:
      - V(absent) takes the translation out. With the last one the table goes.
      - Forwarding is as it was before the first translation once there is none any more; see O(forwarding).
    type: str
    choices: [present, absent]
    default: present
  bridge:
    description:
      - The bridge that the subnet or the target is behind.
    type: str
    required: true
  subnet:
    description:
      - The subnet behind O(bridge).
      - For O(kind=publish) by default the one of the bridge's own addresses that O(target) is in.
    type: str
  to_address:
    description:
      - The source address for O(kind=snat).
    type: str
    aliases: [snat_to]
  protocol:
    description:
      - The protocol of the port.
    type: str
    choices: [tcp, udp, sctp]
    default: tcp
  published:
    description:
      - The port on the host.
    type: int
  host_ip:
    description:
      - The address of the host that the port is published on. By default every address of the family of O(target).
      - A port on one address has precedence over the same port on every address.
      - Not V(::1), to which only the module M(linuxnet.fabric.topology) publishes.
    type: str
  target:
    description:
      - The address of the container. Not needed for O(state=absent), except that an IPv6 address there, or in
        O(host_ip), says that the IPv6 port is meant.
    type: str
  target_port:
    description:
      - The port of the container. By default the same as O(published).
    type: int
  forwarding:
    description:
      - V(manage) turns the host's forwarding on for the family of the translation, and back to what it was when nothing
        needs it any more. V(keep) never writes it.
    type: str
    choices: [manage, keep]
    default: manage
  transit:
    description:
      - Where this module or M(linuxnet.fabric.topology) turned forwarding on, what is forwarded neither from nor to
        O(bridge) or a network of a topology is dropped, unless one of the calls says V(accept).
    type: str
    choices: [drop, accept]
    default: drop
seealso:
  - module: linuxnet.fabric.bridge
  - module: linuxnet.fabric.veth
  - module: linuxnet.fabric.topology
  - name: The packet rules
    description: What is loaded, drawn and explained.
    link: https://github.com/linuxnet/fabric/blob/main/docs/ruleset.md
author:
  - linuxnet.fabric contributors (@linuxnet)
"""

EXAMPLES = r"""
- name: A bridge
  linuxnet.fabric.bridge:
    name: br-front
    addresses: [10.214.0.1/24]

- name: Let its subnet out
  linuxnet.fabric.nat_rule:
    kind: masquerade
    subnet: 10.214.0.0/24
    bridge: br-front

- name: Publish port 80 of the web server as port 8080 of the host
  linuxnet.fabric.nat_rule:
    kind: publish
    published: 8080
    target: 10.214.0.2
    target_port: 80
    bridge: br-front

- name: Publish its metrics to this host only
  linuxnet.fabric.nat_rule:
    kind: publish
    host_ip: 127.0.0.1
    published: 9100
    target: 10.214.0.2
    bridge: br-front

- name: Publish it no longer
  linuxnet.fabric.nat_rule:
    kind: publish
    published: 8080
    bridge: br-front
    state: absent

- name: Let the subnet out under a fixed address
  linuxnet.fabric.nat_rule:
    kind: snat
    subnet: 10.214.0.0/24
    bridge: br-front
    to_address: 192.0.2.7
"""

RETURN = r"""
rule:
  description: The translation, as it was understood.
  returned: success
  type: dict
  sample:
    bridge: br-front
    family: 4
    host_ip: null
    kind: publish
    protocol: tcp
    published: 8080
    subnet: null
    target: 10.214.0.2
    target_port: 80
    to_address: null
actions:
  description: What was done, or would be done in check mode, in order.
  returned: success
  type: list
  elements: str
  sample: ["publish 0.0.0.0:8080/tcp -> 10.214.0.2:80"]
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
        topology: by_hand
        port: 0.0.0.0:8080/tcp
      kind: intended
      text: publish 0.0.0.0:8080/tcp -> 10.214.0.2:80
      before: {}
      after:
        host_ip: 0.0.0.0
        published: 8080
        target: 80
        protocol: tcp
        address: 10.214.0.2
"""

from typing import Any

from ansible_collections.linuxnet.fabric.plugins.module_utils._module.door import run_module

ARGUMENT_SPEC = dict(
    kind=dict(type="str", choices=["masquerade", "snat", "publish"], required=True),
    state=dict(type="str", choices=["present", "absent"], default="present"),
    bridge=dict(type="str", required=True),
    subnet=dict(type="str"),
    to_address=dict(type="str", aliases=["snat_to"]),
    protocol=dict(type="str", choices=["tcp", "udp", "sctp"], default="tcp"),
    published=dict(type="int"),
    host_ip=dict(type="str"),
    target=dict(type="str"),
    target_port=dict(type="int"),
    forwarding=dict(type="str", choices=["manage", "keep"], default="manage"),
    transit=dict(type="str", choices=["drop", "accept"], default="drop"),
    topology_name=dict(type="str", default="by_hand"),
)


def load() -> Any:
    """What does it, imported where a module that is sent finds it (``door.py``)."""
    from ansible_collections.linuxnet.fabric.plugins.module_utils._module.nat import perform

    return perform


def main() -> None:
    run_module(
        ARGUMENT_SPEC,
        load,
        required_if=[
            ("kind", "masquerade", ["subnet"]),
            ("kind", "snat", ["subnet"]),
            ("kind", "publish", ["published"]),
        ],
    )


if __name__ == "__main__":
    main()
