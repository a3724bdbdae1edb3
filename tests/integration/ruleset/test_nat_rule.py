# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module nat_rule on a host of its own: a network and mount namespace that ends with the test."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

HOST = """
import json, subprocess, sys
sys.path[:0] = {path!r}
from ansible_collections.linuxnet.fabric.plugins.module_utils._module import nat

def run(*words):
    return subprocess.run(words, check=True, stdout=subprocess.PIPE, universal_newlines=True).stdout

run("mount", "-t", "tmpfs", "none", "/var/lib")
run("mount", "-t", "tmpfs", "none", "/run")
run("sysctl", "-qw", "net.ipv4.ip_forward=0")
run("ip", "link", "add", "br-x", "type", "bridge")
run("ip", "address", "add", "10.0.0.1/24", "dev", "br-x")
run("ip", "link", "set", "br-x", "up")

def call(check=False, state="present", **words):
    params = dict.fromkeys(("subnet", "to_address", "published", "host_ip", "target", "target_port"))
    params.update(bridge="br-x", protocol="tcp", topology_name="by_hand", state=state, **words)
    params.update(forwarding="manage", transit="drop")
    result = nat.perform(params, check)
    return {{"changed": result.changed, "actions": list(result.actions)}}

def rules():
    return run("nft", "list", "ruleset")

def localnet():
    return open("/proc/sys/net/ipv4/conf/br-x/route_localnet").read().strip()

answers = []
{script}
print(json.dumps(answers))
"""
PUBLISH = 'kind="publish", published=8080, target="10.0.0.2", target_port=80'


def on_a_host(script):
    if os.geteuid() != 0:
        pytest.skip("needs root")
    program = HOST.format(path=[path for path in sys.path if path], script=script)
    process = subprocess.run(
        ["unshare", "--net", "--mount", sys.executable, "-c", program],
        stdout=subprocess.PIPE,
        universal_newlines=True,
        check=True,
    )
    return json.loads(process.stdout)


def test_a_check_announces_what_the_apply_does_and_writes_nothing():
    check, untouched, apply, again = on_a_host(
        "answers += [call(check=True, {0}), rules() + localnet(), call({0}), call({0})]".format(PUBLISH)
    )
    assert check["changed"] and check == apply
    assert untouched == "0"
    assert again == {"changed": False, "actions": []}


def test_each_rule_is_its_own_and_the_last_one_takes_the_table_with_it():
    script = """
masquerade = dict(kind="masquerade", subnet="10.0.0.0/24")
published = dict({0})
call(**masquerade)
call(**published)
answers += [localnet(), call(state="absent", **published), localnet()]
answers += [call(**masquerade)["changed"], call(state="absent", **masquerade), rules()]
answers += [call(state="absent", **masquerade)["changed"]]
"""
    before, unpublished, after, changed, last, left, again = on_a_host(script.format(PUBLISH))
    assert "unpublish 0.0.0.0:8080/tcp -> 10.0.0.2:80" in unpublished["actions"]
    assert (before, after) == ("1", "0")
    assert not changed
    assert last["actions"] == [
        "set net.ipv4.ip_forward from 1 to 0",
        "delete nft table inet fabric-by_hand",
        "delete nft table bridge fabric-by_hand",
        "delete nft table inet fabric",
    ]
    assert left == ""
    assert not again


def test_drift_is_repaired_by_the_next_call():
    (again,) = on_a_host(
        'call({0}); run("nft", "flush", "chain", "inet", "fabric-by_hand", "publish"); answers += [call({0})]'.format(
            PUBLISH
        )
    )
    assert again["actions"] == ["repair rules of chain publish in table inet fabric-by_hand"]
