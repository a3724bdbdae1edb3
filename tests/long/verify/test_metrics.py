# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role writes figures for Prometheus after each run, and takes them away with what they are of."""

from __future__ import annotations

import json

import pytest

from tests.lab.ansible import target_python
from tests.lab.booted import BootedLab, missing

FILE = "/var/lib/linuxnet-fabric.prom"


def test_a_run_writes_figures_a_check_does_not_and_a_removal_takes_them_away() -> None:
    if missing():
        pytest.skip("a lab host that boots needs " + missing())
    inventory = "/root/inventory.json"  # of the host: its /tmp is another than this one
    local = {"ansible_connection": "local", "ansible_python_interpreter": target_python()}
    words = {
        "topology_networks": {"front": {}},
        "topology_containers": {"web": {"networks": ["front"]}},
        "topology_metrics_directory": "/var/lib",
    }
    with BootedLab() as lab:
        lab.host.write(inventory, json.dumps({"all": {"hosts": {"node1": local}, "vars": words}}))

        def there() -> bool:
            return lab.host.run(["test", "-e", FILE], check=False).returncode == 0

        lab.host.playbook("linuxnet.fabric.site", inventory, {}, check=True)
        assert not there()
        lab.host.playbook("linuxnet.fabric.site", inventory, {})
        assert 'linuxnet_fabric_containers{topology="default"} 1' in lab.host.run(["cat", FILE]).stdout
        assert lab.host.playbook("linuxnet.fabric.site", inventory, {}).changed == 0
        lab.host.playbook("linuxnet.fabric.site", inventory, {"topology_state": "absent"})
        assert not there()
