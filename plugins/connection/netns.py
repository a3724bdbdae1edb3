# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tasks inside a named network namespace of the machine that Ansible runs on."""

from __future__ import annotations

DOCUMENTATION = r"""
name: netns
short_description: Run tasks inside a network namespace of this machine
version_added: 0.1.0
author:
  - linuxnet.fabric contributors (@linuxnet)
description:
  - Runs every task through C(ip netns exec NAME) on top of the P(ansible.builtin.local#connection) connection.
  - A container of M(linuxnet.fabric.topology) is a host of the inventory then, whatever its network mode.
  - As C(ip netns exec) does, it shows the task the files of C(/etc/netns/NAME) in C(/etc), and a C(/sys) of its own.
    The rest of the file system is the machine's.
requirements:
  - root
  - C(ip) of iproute2
notes:
  - Files are transferred as by the local connection, outside the namespace, for the file system is the same.
options:
  netns:
    description:
      - The namespace's name, a handle in C(/run/netns).
    type: str
    default: inventory_hostname
    vars:
      - name: inventory_hostname
      - name: ansible_host
      - name: ansible_netns
  become_success_timeout:
    description:
      - Seconds to wait for become to succeed.
      - Used by ansible-core 2.19 and newer.
    type: int
    default: 10
    vars:
      - name: ansible_netns_become_success_timeout
  become_strip_preamble:
    description:
      - Whether become's own output before that of the command is removed.
      - Used by ansible-core 2.19 and newer.
    type: bool
    default: true
    vars:
      - name: ansible_netns_become_strip_preamble
extends_documentation_fragment:
  - ansible.builtin.connection_pipelining
"""

EXAMPLES = r"""
# inventory: each container of the topology as a host
#
# all:
#   vars:
#     ansible_connection: linuxnet.fabric.netns
#   hosts:
#     web:
#     database:
#       ansible_netns: db

- name: What the container sees
  hosts: web
  gather_facts: false
  tasks:
    - name: Its addresses
      ansible.builtin.command: ip -brief address
      changed_when: false
"""

import os
import shlex

from ansible.errors import AnsibleConnectionFailure
from ansible.plugins.connection.local import Connection as LocalConnection

from ansible_collections.linuxnet.fabric.plugins.module_utils._declaration.names_rules import NAME

_HANDLES = "/run/netns"


class Connection(LocalConnection):
    """The local connection, one step further in."""

    transport = "linuxnet.fabric.netns"

    def _connect(self):
        name = self.get_option("netns")
        if not NAME.match(name or ""):
            raise AnsibleConnectionFailure("{0!r} is not the name of a network namespace".format(name))
        if not os.path.exists(os.path.join(_HANDLES, name)):
            raise AnsibleConnectionFailure("there is no network namespace {0} in {1}".format(name, _HANDLES))
        return super()._connect()

    def exec_command(self, cmd, in_data=None, sudoable=True):
        enter = ["ip", "netns", "exec", self.get_option("netns"), "/bin/sh", "-c", cmd]
        return super().exec_command(" ".join(map(shlex.quote, enter)), in_data=in_data, sudoable=sudoable)
