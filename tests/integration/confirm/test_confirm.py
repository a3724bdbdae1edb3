# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Apply, then confirm: a change that cuts the way to the host is taken back by the host itself."""

from __future__ import annotations

import json
import os
from typing import Any, Dict

from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.names import RUN_JOURNAL_FILE
from tests.lab.waiting import wait_for

FAR = "203.0.113.1"  # the operator, somewhere behind the client
PORT = 2222


def declared(subnet: str, **more: Any) -> Dict[str, Any]:
    networks = {"front": {"ipam": {"config": [{"subnet": subnet}]}}}
    return {"networks": networks, "containers": {"web": {"networks": ["front"]}}, **more}


def reachable(lab: Any) -> bool:
    return lab.client.ask("tcp", lab.host.ipv4, PORT, source=FAR, timeout=0.5) is not None


def test_a_change_that_cuts_the_connection_is_taken_back_when_nobody_confirms(lab: Any) -> None:
    lab.host.serve("tcp", PORT)
    assert reachable(lab)

    # The network takes the operator's own subnet: answers to the operator go to the bridge from now on.
    lab.host.module("topology", declared("203.0.113.0/24", confirm_timeout=3))

    assert not reachable(lab)
    wait_for(lambda: reachable(lab), deadline=30, what="the host to go back by itself")
    wait_for(lambda: "br-front" not in lab.host.run(["ip", "link"]).stdout, deadline=10, what="the bridge to go")
    assert lab.host.run(["ip", "netns", "list"]).stdout == ""
    assert lab.host.module("topology_info", {})["leases"] == []


def test_what_was_confirmed_stays(lab: Any) -> None:
    lab.host.module("topology", declared("10.9.0.0/24", confirm_timeout=600))
    timer = json.loads(lab.host.run(["cat", RUN_JOURNAL_FILE]).stdout)["timer"]["pid"]
    assert os.path.exists("/proc/{0}".format(timer))

    confirmed = lab.host.module("topology", {"state": "confirmed"})

    assert confirmed["actions"] == ["confirm the run of topology default"]
    wait_for(lambda: not os.path.exists("/proc/{0}".format(timer)), deadline=10, what="the timer to give up")
    assert lab.host.module("topology", declared("10.9.0.0/24"))["actions"] == []


def test_until_then_another_run_is_refused_with_the_reason(lab: Any) -> None:
    lab.host.module("topology", declared("10.9.0.0/24", confirm_timeout=60))

    refused = lab.host.module("topology", declared("10.8.0.0/24"), fail=True)

    assert "waits for its confirmation" in refused["msg"]
    lab.host.module("topology", {"state": "confirmed"})


def test_a_confirmation_that_nothing_waits_for_is_an_error(lab: Any) -> None:
    refused = lab.host.module("topology", {"state": "confirmed"}, fail=True)

    assert "there is nothing to confirm" in refused["msg"]


def test_a_run_that_changes_nothing_waits_for_no_confirmation(lab: Any) -> None:
    lab.host.module("topology", declared("10.9.0.0/24"))

    lab.host.module("topology", declared("10.9.0.0/24", confirm_timeout=60))

    assert lab.host.module("topology", declared("10.9.0.0/24"))["actions"] == []


def test_the_role_confirms_by_itself(lab: Any) -> None:
    words = declared("10.9.0.0/24")
    variables = {
        "topology_networks": words["networks"],
        "topology_containers": words["containers"],
        "topology_confirm_timeout": 60,
    }

    ran = lab.host.playbook("playbooks/site.yml", extra_vars=variables)

    assert ran.changed
    assert lab.host.module("topology", words)["actions"] == []
