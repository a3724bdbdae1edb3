# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each shape of Compose file on a lab host: it is applied, a second run finds nothing to do, its ports answer."""

from __future__ import annotations

import pytest

from tests.compose_shapes import NAMES, converted, shape
from tests.lab.talk import Talk


@pytest.fixture(scope="module")
def talk(shared_lab):
    made = Talk(shared_lab)
    yield made
    made.close()


@pytest.mark.parametrize("name", NAMES)
def test_a_shape_is_applied_and_its_published_ports_answer(name, shared_lab, talk, tmp_path):
    host, given = shared_lab.host, shape(name)
    for bridge in given["run"].get("bridges", ()):
        host.run(["ip", "link", "add", bridge, "type", "bridge"])
        host.run(["ip", "address", "add", "10.77.0.1/24", "dev", bridge])
        host.run(["ip", "link", "set", bridge, "up"])
    project = converted(given, tmp_path)
    words = {"networks": project.networks, "containers": project.containers}

    answer = host.module("topology", words)

    again = host.module("topology", words)
    assert not again["changed"], again["actions"]
    places = {
        "{0}{1}".format(port["published"], "/udp" if port["protocol"] == "udp" else ""): (container, port)
        for container, found in answer["containers"].items()
        for port in found["ports"]
    }
    for published in given["answers"]:
        container, port = places[published]
        server = talk.serve(container, port["target"], port["protocol"])
        assert talk.reach("client", host.ipv4, port["published"], server) is not None, published
        server.close()
