#!/usr/bin/python
# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: fleet_member
short_description: A host of networks across hosts, who it is and what it is told
version_added: 0.2.0
description:
  - For the networks with the driver V(overlay) of M(linuxnet.fabric.topology). Before any host is changed, each says
    who it is; out of what all of them answer and declare, the controller plans who has which block and address, and
    tells each host, which keeps it.
  - The playbook C(linuxnet.fabric.site) does all this, as does the role C(linuxnet.fabric.topology) with
    C(tasks_from=introduce). Nobody has to call this module by hand.
  - It makes nothing in the kernel.
requirements:
  - python >= 3.9
extends_documentation_fragment:
  - linuxnet.fabric._attributes
  - linuxnet.fabric._attributes.full
options:
  name:
    description:
      - The topology, as O(linuxnet.fabric.topology#module:name).
    type: str
    default: default
  state:
    description:
      - V(introduced) returns RV(identity). With O(tunnel_port) it makes a key where the host has none, and changes
        nothing else.
      - V(held) makes O(claims) the host's own in O(lease_store), and gives back what else it held there and does not go
        by any more. It comes before V(reserved), and with O(told), by which it goes then, at the very end.
      - V(reserved) keeps O(told), below C(/var/lib/linuxnet-fabric/fleet).
      - V(reclaimed) takes back what O(hosts), which left, may still hold, and returns what others do (RV(left)).
    type: str
    choices: [introduced, held, reserved, reclaimed]
    default: introduced
  subnets:
    description:
      - The subnets of its overlays, which have to be clear of the host's routes.
    type: list
    elements: str
    default: []
  underlay_address:
    description:
      - Where the other hosts reach this one; an address that it has. The default is O(ansible_host) where that is one,
        else that of the default route's interface.
    type: str
  ansible_host:
    description:
      - Where the controller reaches it.
    type: str
  host_id:
    description:
      - Who it is, over renames. The default is its machine id.
    type: str
  tunnel_port:
    description:
      - Of a host on an encrypted network, the UDP port with which the search for a free one begins. The key of its
        tunnel is then below C(/var/lib/linuxnet-fabric/wireguard); what is returned is its public half.
    type: int
  encryption:
    description:
      - By what it is encrypted. With V(openvpn) the host has a certificate below C(/var/lib/linuxnet-fabric/openvpn)
        instead, which is returned.
    type: str
    choices: [wireguard, openvpn]
    default: wireguard
  rotation:
    description:
      - The step of keys that change, of P(linuxnet.fabric.fleet_plan#filter). With V(receive) the host makes a further
        key, or by OpenVPN a certificate, unless it has one that no other host sends to yet.
    type: str
    choices: ["", receive, send, finish]
    default: ""
  told:
    description:
      - What the controller planned for it.
    type: dict
  claims:
    description:
      - What the controller planned for it to hold in O(lease_store).
    type: list
    elements: dict
    default: []
  lease_store:
    description:
      - Where the leases of all hosts are. Without it, what each host was told is the fleet's memory.
    type: dict
    suboptions:
      etcd:
        description:
          - An etcd of 3.4 or newer, over its JSON gateway. Each host talks to it itself.
        type: dict
        suboptions:
          endpoints:
            description: Its members, as C(https://192.0.2.21:2379); one that does not answer is passed over.
            type: list
            elements: str
            required: true
          prefix:
            description: Before every key.
            type: str
            default: /linuxnet-fabric
          ca:
            description: Path of a file on this host, whose certificates are believed.
            type: str
          cert:
            description: Path of this host's certificate. With passwords, etcd wants it without a CommonName.
            type: str
          key:
            description: Path of its private key, where O(lease_store.etcd.cert) does not have it.
            type: str
          login:
            description: User and password, with a colon between them. It is written nowhere.
            type: str
  hosts:
    description:
      - The inventory names that hosts had which left.
    type: list
    elements: str
    default: []
  approved:
    description:
      - The changes that may be made with O(state=held) and O(state=reserved), as in
        O(linuxnet.fabric.topology#module:approved).
    type: dict
  run:
    description:
      - With O(state=reserved), which run of Ansible this is. Of hosts that left it is counted how many runs found them
        gone, and a run may come here several times. The collection's action plugin says it by itself.
    type: str
  asked:
    description:
      - In check mode with O(state=held), the inventory names of the hosts of this run. What one of them holds and gives
        back in it is not in the way.
    type: list
    elements: str
    default: []
  whole:
    description:
      - With O(state=reserved), whether all hosts of its networks hold in O(lease_store) what they have, as this run
        does it. Then the store is what the host goes by from now on, even if it was restored from an old backup.
    type: bool
    default: false
  inventory:
    description:
      - The inventory names of all hosts, with O(state=reclaimed), so that one that left since the last run is shown.
    type: list
    elements: str
    default: []
  lock_timeout:
    description:
      - How many seconds to wait for another run on the same host to end.
    type: int
    default: 60
seealso:
  - module: linuxnet.fabric.topology
author:
  - linuxnet.fabric contributors (@linuxnet)
"""

EXAMPLES = r"""
- name: Who is this host?
  linuxnet.fabric.fleet_member:
    subnets: [10.88.0.0/16]
  register: member

- name: What do hosts hold that left the inventory?
  linuxnet.fabric.fleet_member:
    state: reclaimed
  register: member
"""

RETURN = r"""
identity:
  description:
    - Who the host is. The C(version) is that of the exchange between hosts; C(kept) is what it was told last; C(store)
      what it saw in O(lease_store), with C(known), what it knew of that before.
    - With O(tunnel_port) also the C(public_key) of its tunnel or its C(certificate), and
      the UDP C(ports) that it could have, C(turn), the number of keys that it had before, and C(further), the same of
      each other key that it has while keys change, with C(ready), whether it takes packets by it, and C(heard), with
      whom it agreed on a session by it.
  returned: with O(state=introduced)
  type: dict
  sample:
    version: 1
    release: 0.2.0
    topology: default
    host_id: 0123456789abcdef0123456789abcdef
    underlay_address: 192.0.2.11
    underlay_mtu: 1500
    clashes: []
    vxlans: []
    kept:
    store:
lost:
  description: What others had taken meanwhile, each a line; the hosts are planned anew then.
  returned: with O(state=held)
  type: list
  elements: str
  sample: []
left:
  description: From the inventory name of a host that left to its networks, and to its blocks in them.
  returned: with O(state=reclaimed)
  type: dict
  sample:
    node9:
      shop: [10.88.3.0/24]
in_use:
  description: What it holds, goes by and is not to hold any more; it is given back when it goes by O(told).
  returned: with O(state=held)
  type: list
  elements: str
  sample: []
held:
  description:
    - RV(left) for a person, a line each. A host is called orphaned when two runs, one after the other, found it gone.
  returned: with O(state=reclaimed)
  type: list
  elements: str
  sample: ["still held: 10.88.3.0/24 of shop, by node9"]
actions:
  description: What was done, or would be done in check mode; each a line that a person can read.
  returned: success
  type: list
  elements: str
  sample:
    - reserve 10.88.3.0/24 of shop
    - "remember node2 on shop: 10.88.1.0/24 at 192.0.2.12"
changes:
  description: RV(actions) as data, as RV(linuxnet.fabric.topology#module:changes).
  returned: success
  type: list
  elements: dict
"""

from ansible_collections.linuxnet.fabric.plugins.module_utils._module.handing_over import hand_over

ETCD = dict(
    endpoints=dict(type="list", elements="str", required=True),
    prefix=dict(type="str", default="/linuxnet-fabric"),
    ca=dict(type="str"),
    cert=dict(type="str"),
    key=dict(type="str", no_log=False),  # a path
    login=dict(type="str", no_log=True),
)
ARGUMENT_SPEC = dict(
    name=dict(type="str", default="default"),
    state=dict(type="str", choices=["introduced", "held", "reserved", "reclaimed"], default="introduced"),
    subnets=dict(type="list", elements="str", default=[]),
    underlay_address=dict(type="str"),
    ansible_host=dict(type="str"),
    host_id=dict(type="str"),
    tunnel_port=dict(type="int"),
    encryption=dict(type="str", choices=["wireguard", "openvpn"], default="wireguard"),
    rotation=dict(type="str", choices=["", "receive", "send", "finish"], default=""),
    told=dict(type="dict"),
    claims=dict(type="list", elements="dict", default=[]),
    lease_store=dict(type="dict", options=dict(etcd=dict(type="dict", options=ETCD))),
    hosts=dict(type="list", elements="str", default=[]),
    approved=dict(type="dict"),
    run=dict(type="str"),
    asked=dict(type="list", elements="str", default=[]),
    whole=dict(type="bool", default=False),
    inventory=dict(type="list", elements="str", default=[]),
    lock_timeout=dict(type="int", default=60),
)


def main() -> None:
    hand_over(ARGUMENT_SPEC, "fleet_member.perform_fleet_member", keeps=True)


if __name__ == "__main__":
    main()
