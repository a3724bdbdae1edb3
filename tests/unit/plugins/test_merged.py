# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Networks and containers that several variables declare."""

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.linuxnet.fabric.plugins.filter.merged import merged


def test_each_variable_adds_its_own_in_the_order_of_the_variables_names():
    found = merged(
        {"topology_containers_b": {"db": {}}, "topology_containers": {"web": None}, "topology_containers_a": {}}
    )
    assert list(found) == ["web", "db"]


def test_the_same_words_twice_are_fine():
    assert merged({"a": {"front": {"internal": True}}, "b": {"front": {"internal": True}}}) == {
        "front": {"internal": True}
    }


def test_different_words_under_one_name_are_an_error_that_names_both_variables():
    with pytest.raises(AnsibleFilterError) as refused:
        merged({"topology_networks": {"front": {}}, "topology_networks_shop": {"front": {"internal": True}}})
    assert str(refused.value).startswith(
        "topology_networks_shop.front: topology_networks declares front too, and otherwise."
    )


def test_what_is_no_dictionary_is_named():
    with pytest.raises(AnsibleFilterError, match="topology_networks_shop: expected a dictionary"):
        merged({"topology_networks_shop": ["front"]})
