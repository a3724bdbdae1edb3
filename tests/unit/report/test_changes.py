# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a change of an answer is about, and what is the matter with it."""

from __future__ import annotations

import pytest

from ansible_collections.linuxnet.fabric.plugins.plugin_utils._drift_report.changes import (
    by_weight,
    differences,
    label,
    read,
    state_of,
)
from ansible_collections.linuxnet.fabric.plugins.plugin_utils._drift_report.fold import names


def change(before=None, after=None, text="do something", kind="drift", **subject):
    return {"subject": subject, "kind": kind, "text": text, "before": before or {}, "after": after or {}}


@pytest.mark.parametrize(
    "subject, text",
    [
        ({"network": "front"}, "network front"),
        ({"container": "web"}, "container web"),
        ({"container": "web", "interface": "eth0"}, "container web:eth0"),
        ({"container": "web", "interface": "br.100"}, "container web:br.100"),
        ({"container": "web", "port": "0.0.0.0:8080/tcp"}, "container web, port 0.0.0.0:8080/tcp"),
        ({"container": "web", "link": "db", "part": "packet rules"}, "container web, link to db, packet rules"),
        ({"topology": "shop", "part": "packet rules"}, "topology shop, packet rules"),
        ({"host": "net.ipv4.ip_forward"}, "host, net.ipv4.ip_forward"),
    ],
)
def test_a_subject_in_words(subject, text):
    assert label(subject) == text


def test_what_is_missing_looks_otherwise_than_what_differs():
    assert state_of(change(after={"mtu": 1500})) == "missing"
    assert state_of(change(before={"mtu": 1500})) == "surplus"
    assert state_of(change(before={"mtu": 1400}, after={"mtu": 1500})) == "differs"
    assert state_of(change(before={"route default": None}, after={"route default": "on"})) == "differs"


def test_what_matters_most_comes_first():
    lease = change(container="web", interface="eth0", part="lease")
    files = change(container="web", part="files")
    port = change(container="web", port="0.0.0.0:8080/tcp")
    setting = change(host="net.ipv4.ip_forward")
    assert by_weight([lease, files, port, setting]) == [setting, port, files, lease]


def test_a_change_that_is_none_is_refused():
    for odd in (
        "changes",
        {},
        [None],
        [{"subject": {}}],
        [dict(change(), text=3)],
        [dict(change(), subject={"x": "y"})],
    ):
        with pytest.raises((TypeError, ValueError, KeyError)):
            read(odd)


def test_a_kind_that_nobody_knows_is_drift():
    assert read([change(kind="new in another release", container="web")])[0]["kind"] == "drift"


def test_control_characters_are_written_as_escapes():
    evil = "eth0\x1b[2J\x9b31m\u202e\ud800"
    (read_,) = read([change(before={evil: evil}, text="remove " + evil, container="web", interface=evil)])
    escaped = "eth0\\x1b[2J\\x9b31m\\u202e\\ud800"
    assert read_["text"] == "remove " + escaped
    assert read_["subject"]["interface"] == escaped
    assert read_["before"] == {escaped: escaped}


def test_of_two_long_values_only_the_difference_is_shown():
    made = change(before={"hosts": "a\nb\nc", "mac": "x"}, after={"hosts": "a\nd\nc", "mac": "x"})
    assert differences(made) == [("hosts", ["b"], ["d"])]


def test_many_names_are_cut():
    assert names(["a", "b"]) == "a, b"
    assert names([str(number) for number in range(10)], 3) == "0, 1, 2 and 7 more"
