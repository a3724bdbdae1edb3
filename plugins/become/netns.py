# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tasks inside a named network namespace of a host that is reached over any connection."""

from __future__ import annotations

DOCUMENTATION = r"""
name: netns
short_description: Run tasks inside a network namespace of the host
version_added: 0.1.0
author:
  - linuxnet.fabric contributors (@linuxnet)
description:
  - Runs a task through C(ip netns exec NAME) on the host that it is for, whatever the connection to it.
  - The namespaces of M(linuxnet.fabric.topology) carry the names of its containers.
  - Tasks inside a namespace of the controller itself need no become; see P(linuxnet.fabric.netns#connection).
requirements:
  - root, or a O(become_exe) that becomes root
  - C(ip) of iproute2
  - C(runuser) of util-linux for a O(become_user) that is not root
options:
  netns:
    description: The namespace's name, a handle in C(/run/netns).
    type: str
    required: true
    vars:
      - name: ansible_become_netns
  become_user:
    description: Who runs the task inside the namespace.
    type: str
    default: root
    ini:
      - section: privilege_escalation
        key: become_user
    vars:
      - name: ansible_become_user
    env:
      - name: ANSIBLE_BECOME_USER
    keyword:
      - name: become_user
  become_exe:
    description: The program, with what makes its user root where the connection's user is not.
    type: str
    default: ip
    ini:
      - section: privilege_escalation
        key: become_exe
    vars:
      - name: ansible_become_exe
    env:
      - name: ANSIBLE_BECOME_EXE
    keyword:
      - name: become_exe
  become_flags:
    description: Options for C(ip) before its C(netns).
    type: str
    default: ""
    ini:
      - section: privilege_escalation
        key: become_flags
    vars:
      - name: ansible_become_flags
    env:
      - name: ANSIBLE_BECOME_FLAGS
    keyword:
      - name: become_flags
"""

EXAMPLES = r"""
- name: What web sees, on a host reached over SSH as root
  hosts: node1
  gather_facts: false
  become: true
  become_method: linuxnet.fabric.netns
  vars:
    ansible_become_netns: web
  tasks:
    - name: Its addresses
      ansible.builtin.command: ip -brief address
      changed_when: false

    - name: The same for a user who may use sudo
      ansible.builtin.command: ip -brief address
      become_exe: sudo -n ip
      changed_when: false
"""

import shlex

from ansible.errors import AnsibleError
from ansible.plugins.become import BecomeBase

from ansible_collections.linuxnet.fabric.plugins.module_utils._declaration.names_rules import NAME


class BecomeModule(BecomeBase):
    """Not another user but another network."""

    name = "linuxnet.fabric.netns"

    def get_option(self, option, hostvars=None, playcontext=None):
        """Core leaves become out where the user would stay the same. Here the network changes: never leave it out."""
        value = super().get_option(option, hostvars=hostvars, playcontext=playcontext)
        return None if option == "become_user" and value == "root" else value

    def build_become_command(self, cmd, shell):
        super().build_become_command(cmd, shell)
        if not cmd:
            return cmd
        name, user = self.get_option("netns"), self.get_option("become_user")
        if not NAME.match(name or ""):
            raise AnsibleError("{0!r} is not the name of a network namespace".format(name))
        words = [self.get_option("become_exe"), self.get_option("become_flags"), "netns exec", name]
        if user:
            words.append("runuser -u {0} --".format(shlex.quote(user)))
        words.append(self._build_success_command(cmd, shell))
        return " ".join(word for word in words if word)
