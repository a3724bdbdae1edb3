# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Test only: reach a lab host that stays (python -m tests.lab create FILE) through its holder's namespaces."""

from __future__ import annotations

import json
import shlex

from ansible.errors import AnsibleConnectionFailure
from ansible.plugins.connection.local import Connection as LocalConnection

DOCUMENTATION = r"""
name: lab
short_description: Run tasks in a lab host
description: [For Molecule scenarios. On top of P(ansible.builtin.local#connection).]
author: linuxnet.fabric contributors
options:
  state:
    description: The file that tells the lab's parties.
    type: path
    required: true
    vars: [{name: ansible_lab_state}]
  party:
    description: Which party of the lab.
    type: str
    default: inventory_hostname
    vars: [{name: inventory_hostname}, {name: ansible_lab_party}]
  become_success_timeout:
    description: As in the local connection.
    type: int
    default: 10
  become_strip_preamble:
    description: As in the local connection.
    type: bool
    default: true
extends_documentation_fragment: [connection_pipelining]
"""


class Connection(LocalConnection):
    transport = "lab"

    def exec_command(self, cmd, in_data=None, sudoable=True):
        state, party = self.get_option("state"), self.get_option("party")
        try:
            with open(state) as file:
                pid = json.load(file)["parties"][party]["pid"]
        except (OSError, KeyError) as error:
            raise AnsibleConnectionFailure("no party {0} in {1}: {2}".format(party, state, error))
        enter = ["nsenter", "--target", str(pid), "--net", "--mount", "--uts", "--", "/bin/sh", "-c", cmd]
        return super().exec_command(" ".join(map(shlex.quote, enter)), in_data=in_data, sudoable=sudoable)
