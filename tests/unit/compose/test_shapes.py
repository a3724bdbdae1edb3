# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is made of each shape of Compose file: networks, containers, and what is told of what was left out."""

from __future__ import annotations

import pytest

from tests.compose_shapes import NAMES, converted, shape


@pytest.mark.parametrize("name", NAMES)
def test_a_shape_gives_its_networks_and_containers(name, tmp_path):
    given = shape(name)
    project = converted(given, tmp_path)
    assert sorted(project.networks) == sorted(given["networks"])
    found = {
        container: words.get("network_mode") or list(words["networks"])
        for container, words in project.containers.items()
    }
    assert found == given["containers"]


@pytest.mark.parametrize("name", NAMES)
def test_what_is_left_out_is_told_once_for_each_file(name, tmp_path):
    given = shape(name)
    assert list(converted(given, tmp_path).notes) == given["notes"]
