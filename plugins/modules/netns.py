#!/usr/bin/python
# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: netns
short_description: A named network namespace
version_added: 0.1.0
description:
  - Makes a network namespace with the handle C(/run/netns/NAME) and its C(lo) up, or gives a namespace that exists a
    second handle.
  - A namespace that is not ours is never changed or deleted.
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
      - The name of the handle. Letters, digits, C(_), C(.) and C(-), a letter or digit first, at most 63 characters.
    type: str
    required: true
  state:
    description:
      - V(absent) takes the handle away. The namespace ends when no process and no other handle uses it.
    type: str
    choices: [present, absent]
    default: present
  attach:
    description:
      - A namespace that exists, to which the handle is to lead, instead of a new one.
      - A path such as V(/proc/4711/ns/net), V(pid:4711), V(netns:NAME) or V(host).
    type: str
  sysctls:
    description:
      - Settings of the namespace under C(net.), such as C(net.ipv4.ip_forward). Not together with O(attach).
    type: dict
    default: {}
seealso:
  - module: linuxnet.fabric.veth
  - module: linuxnet.fabric.topology
author:
  - linuxnet.fabric contributors (@linuxnet)
"""

EXAMPLES = r"""
- name: A namespace that forwards packets
  linuxnet.fabric.netns:
    name: router
    sysctls:
      net.ipv4.ip_forward: 1

- name: A second handle of the same namespace
  linuxnet.fabric.netns:
    name: router2
    attach: netns:router

- name: A handle of the host's own namespace
  linuxnet.fabric.netns:
    name: outside
    attach: host

- name: Take them away
  linuxnet.fabric.netns:
    name: "{{ item }}"
    state: absent
  loop: [router2, router, outside]
"""

RETURN = r"""
netns:
  description: The namespace.
  returned: when O(state=present)
  type: dict
  contains:
    name:
      description: The name of the handle.
      returned: always
      type: str
      sample: router
    path:
      description: The handle.
      returned: always
      type: str
      sample: /run/netns/router
    attach:
      description: What the handle leads to, V(null) for a namespace of its own.
      returned: always
      type: str
      sample: netns:router
actions:
  description: What was done, or would be done in check mode, in order.
  returned: success
  type: list
  elements: str
  sample: ["create namespace router"]
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
        container: router
      kind: intended
      text: create namespace router
      before: {}
      after:
        own: true
        net.ipv4.ip_forward: "1"
"""

from typing import Any

from ansible_collections.linuxnet.fabric.plugins.module_utils._module.door import run_module

ARGUMENT_SPEC = dict(
    name=dict(type="str", required=True),
    state=dict(type="str", choices=["present", "absent"], default="present"),
    attach=dict(type="str"),
    sysctls=dict(type="dict", default={}),
    topology_name=dict(type="str", default="by_hand"),
)


def load() -> Any:
    """What does it, imported where a module that is sent finds it (``door.py``)."""
    from ansible_collections.linuxnet.fabric.plugins.module_utils._module.small import perform_netns

    return perform_netns


def main() -> None:
    run_module(ARGUMENT_SPEC, load)


if __name__ == "__main__":
    main()
