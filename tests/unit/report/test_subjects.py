# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a line of an action is about."""

from __future__ import annotations

import pytest

from ansible_collections.linuxnet.fabric.plugins.plugin_utils._drift_report import report_of
from ansible_collections.linuxnet.fabric.plugins.plugin_utils._drift_report_subjects import (
    differences,
    kind_of,
    lines_by_subject,
    subjects_of,
)


@pytest.mark.parametrize(
    "line, subjects",
    [
        ("lease 172.20.0.2 to web:eth0 on front", ["leases"]),
        ("release port 8080/tcp of web for 80/tcp", ["leases"]),
        ("set mtu of br-front from 1400 to 1500", ["bridge br-front"]),
        ("set br-front up", ["bridge br-front"]),
        ("add 172.20.0.1/24 to br-front", ["bridge br-front"]),
        ("remove fd00:beef::1/64 from br-front", ["bridge br-front"]),
        ("create bridge br-front (172.20.0.1/24, mtu 1500)", ["bridge br-front"]),
        ("remove bridge br-old", ["bridge br-old"]),
        ("set net.ipv4.conf.br-front.route_localnet from 0 to 1", ["bridge br-front"]),
        ("set net.ipv4.ip_forward from 0 to 1", ["host"]),
        ("set net.ipv6.conf.all.forwarding from 0 to 1", ["host"]),
        ("take back the interrupted run of topology shop", ["host"]),
        ("create namespace db", ["namespace db"]),
        ("remove the dead handle of namespace db", ["namespace db"]),
        ("adopt the namespace that replaced db behind our back", ["namespace db"]),
        ("set lo up in namespace db.1", ["namespace db.1"]),
        ("set net.ipv4.tcp_syncookies from 0 to 1 in namespace db", ["namespace db"]),
        ("attach sidecar to the namespace of web", ["namespace sidecar"]),
        ("attach agent to the host's own namespace", ["namespace agent"]),
        ("detach db, which is another namespace", ["namespace db"]),
        ("rename eth9 in namespace web to eth0", ["container web:eth0"]),
        ("remove 172.20.0.77/24 from web:eth0", ["container web:eth0"]),
        ("remove fd00:beef::2/64 from web:eth0", ["container web:eth0"]),
        ("add route default via fe80::1 to web:eth0", ["container web:eth0"]),
        ("set mac of web:eth0 from 02:aa:aa:aa:aa:aa to 02:42:ac:14:00:02", ["container web:eth0"]),
        ("set alias of vethce0cf8cb9d4 (of web:eth0) from none to x", ["container web:eth0"]),
        ("set hairpin of bridge port web:eth0 on", ["container web:eth0"]),
        ("connect web:eth0 (172.20.0.2/24, 02:42:ac:14:00:02) to br-front by veth1", ["container web:eth0"]),
        ("publish 0.0.0.0:8080/tcp -> 172.20.0.2:80", ["packet rules"]),
        ('add "veth1" . 02:42:ac:14:00:02 to macs in table bridge fabric-shop', ["packet rules"]),
        ("replace nft table inet fabric-shop, whose sets or chains differ", ["packet rules"]),
        ("let br-front through chain DOCKER-USER in table ip filter", ["packet rules"]),
        ("no longer let br-front through chain ufw-before-forward in table ip filter", ["packet rules"]),
        ("repair the rules of topology shop in chain DOCKER-USER in table ip filter", ["packet rules"]),
        ("write the accepts of br-front into /etc/ufw/before.rules", ["packet rules"]),
        ("remove the accepts of topology shop in file /etc/ufw/before.rules", ["packet rules"]),
        ("put br-front into the firewalld zone fabric-shop", ["packet rules"]),
        ("take br-front out of the firewalld zone fabric-shop", ["packet rules"]),
        ("remove the firewalld zone fabric-shop", ["packet rules"]),
        ("masquerade 172.20.0.0/24 leaving by another interface than its bridge", ["packet rules"]),
        ("write /etc/netns/web/: hosts, hostname", ["file /etc/netns/web/hosts", "file /etc/netns/web/hostname"]),
        ("remove /etc/netns/web/hosts", ["file /etc/netns/web/hosts"]),
    ],
)
def test_the_subject_of_a_line(line, subjects):
    assert subjects_of(line) == subjects


@pytest.mark.parametrize("name", ["drifted", "drifted_and_pending", "never_applied"])
def test_every_difference_that_a_host_told_belongs_to_a_line(answer, name):
    report = report_of(answer(name), "node1")
    lines = lines_by_subject(report)
    assert [subject for subject, _rows in differences(report) if subject not in lines] == []


def test_drift_wins_over_intention_in_one_subject(answer):
    report = report_of(answer("drifted_and_pending"), "node1")
    lines = {"namespace web": [("intended", "a"), ("drift", "b")], "namespace db": [("intended", "c")]}
    assert kind_of("namespace web", lines, report) == "drift"
    assert kind_of("namespace db", lines, report) == "intended"
    assert kind_of("something that no line explains", lines, report) == "drift"


def test_of_long_values_only_what_differs():
    report = {"diff": {"before": {"file /x": {"content": "a\nb\n"}}, "after": {"file /x": {"content": "a\nc\n"}}}}
    assert differences(report) == [("file /x", [("content", ["b"], ["c"])])]
    report = {
        "diff": {"before": {"packet rules": {"t": {"s": ["1", "2"]}}}, "after": {"packet rules": {"t": {"s": []}}}}
    }
    assert differences(report) == [("packet rules", [("t s", ["1", "2"], None)])]
