# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tasks in a host that is made of namespaces on this machine."""

from __future__ import annotations

DOCUMENTATION = r"""
name: lab
short_description: Run tasks in a lab host made of namespaces
version_added: 0.2.0
author:
  - linuxnet.fabric contributors (@linuxnet)
description:
  - Reaches a host that the playbook C(linuxnet.fabric.lab_create) made on this machine. It has a network, F(/run),
    F(/var/lib), F(/etc/netns), F(/sys) and a host name of its own; the rest of the file system is the machine's.
  - For tests of roles and topologies, with Molecule or without, on a machine with root and without a container engine.
  - The parties of a lab are its hosts and, on the same wire, C(client), which is the way to everywhere, and
    C(attacker).
requirements:
  - root
  - C(ip) of iproute2, C(nft), C(nsenter) and C(unshare) of util-linux
notes:
  - Files are transferred as by P(ansible.builtin.local#connection), outside the namespaces; put them where the
    lab host has no directory of its own.
options:
  state:
    description:
      - The file that tells of the lab.
      - By default F(lab.json) in the directory that C(MOLECULE_EPHEMERAL_DIRECTORY) names, as Molecule sets it, else in
        the directory where Ansible was started.
    type: path
    vars:
      - name: ansible_lab_state
  party:
    description:
      - Which party of the lab. By default the one whose name or address O(address) is, else O(host).
    type: str
    vars:
      - name: ansible_lab_party
  address:
    description: As other connections have it. Of a task that is delegated, Ansible tells the host by it alone.
    type: str
    vars:
      - name: ansible_host
  host:
    description: The host's name in the inventory.
    type: str
    vars:
      - name: inventory_hostname
  become_success_timeout:
    description:
      - Seconds to wait for become to succeed.
      - Used by ansible-core 2.19 and newer.
    type: int
    default: 10
    vars:
      - name: ansible_lab_become_success_timeout
  become_strip_preamble:
    description:
      - Whether become's own output before that of the command is removed.
      - Used by ansible-core 2.19 and newer.
    type: bool
    default: true
    vars:
      - name: ansible_lab_become_strip_preamble
extends_documentation_fragment:
  - ansible.builtin.connection_pipelining
"""

EXAMPLES = r"""
#

- name: Make a lab with one host
  ansible.builtin.import_playbook: linuxnet.fabric.lab_create
  vars:
    lab_hosts: [node1]

- name: What the lab host sees
  hosts: node1
  gather_facts: false
  vars:
    ansible_connection: linuxnet.fabric.lab
  tasks:
    - name: Its addresses
      ansible.builtin.command: ip -brief address
      changed_when: false

- name: Take it away
  ansible.builtin.import_playbook: linuxnet.fabric.lab_destroy
"""

import json
import os
import shlex

from ansible.errors import AnsibleConnectionFailure
from ansible.plugins.connection.local import Connection as LocalConnection

from ansible_collections.linuxnet.fabric.plugins.plugin_utils._lab.wire import enter, started


class Connection(LocalConnection):
    """The local connection, through the namespaces of the process that holds a lab host."""

    transport = "linuxnet.fabric.lab"

    def exec_command(self, cmd, in_data=None, sudoable=True):
        words = [*enter(self._holder()), "--", "/bin/sh", "-c", cmd]
        return super().exec_command(" ".join(map(shlex.quote, words)), in_data=in_data, sudoable=sudoable)

    def _holder(self):
        path, party = self._state(), None
        try:
            with open(path, encoding="utf-8") as file:
                lab = json.load(file)
            party = self.get_option("party") or self._called(lab["parties"])
            pid = lab["parties"][party]["pid"]
            alive = started(pid) == lab["holders"][str(pid)]
        except OSError as error:
            raise AnsibleConnectionFailure("no lab in {0}: {1}".format(path, error.strerror))
        except (KeyError, ValueError):
            raise AnsibleConnectionFailure("there is no {0} in the lab of {1}".format(party, path))
        if not alive:
            raise AnsibleConnectionFailure("{0} of the lab in {1} has ended; make the lab again".format(party, path))
        return pid

    def _called(self, parties):
        address = self.get_option("address")
        for name, party in parties.items():
            if address and address in (name, party.get("ipv4"), party.get("ipv6")):
                return name
        return self.get_option("host")

    def _state(self):
        if self.get_option("state"):
            return self.get_option("state")
        return os.path.join(os.environ.get("MOLECULE_EPHEMERAL_DIRECTORY") or os.getcwd(), "lab.json")
