# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hosts that nobody has: a connection that answers a module with what a real host answered once.

Ansible does all its own work for such a host, and the host does none: what a run takes is the controller's cost.
"""

from __future__ import annotations

import re

from ansible.plugins.connection import ConnectionBase

from tests.unit.report.simulated import said

DOCUMENTATION = r"""
name: simulated
short_description: Answers modules without a host
description: For measurements.
options: {}
"""


class Connection(ConnectionBase):
    transport = "simulated"
    has_pipelining = True
    always_pipeline_modules = True

    def _connect(self):
        self._connected = True
        return self

    def exec_command(self, cmd, in_data=None, sudoable=True):
        super().exec_command(cmd, in_data=in_data, sudoable=sudoable)
        number = int(re.sub(r"\D", "", self._play_context.remote_addr) or 0)
        return 0, said(number).encode(), b""

    def put_file(self, in_path, out_path):
        super().put_file(in_path, out_path)

    def fetch_file(self, in_path, out_path):
        super().fetch_file(in_path, out_path)

    def close(self):
        self._connected = False
