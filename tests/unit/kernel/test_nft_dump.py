# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the kernel's lists of elements are taken apart. What they tell of tables is in tests/integration/ruleset."""

from __future__ import annotations

import pytest

from tests.paths import importable

importable()

from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel import nft_dump  # noqa: E402
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.rtnl.socket import attribute, nested  # noqa: E402

_ALIKE = [attribute(1, bytes([number] * 8)) for number in range(1, 5)]
_UNLIKE = [attribute(1, b"a"), attribute(1, b"abcdefgh"), attribute(1, b"")]


def message(*elements):
    return b"head" + attribute(1, b"fabric-a\0") + attribute(2, b"ports\0") + nested(3, *elements)


@pytest.mark.parametrize("elements", [[], _ALIKE, _ALIKE[:1], _UNLIKE, _ALIKE + _UNLIKE, _UNLIKE + _ALIKE])
def test_in_whatever_order_elements_are_listed_they_are_the_same(elements):
    one = nft_dump._elements(iter([message(*elements)]))
    assert nft_dump._elements(iter([message(*reversed(elements))])) == one
    assert nft_dump._elements(iter([message(each) for each in elements])) == one


@pytest.mark.parametrize("elements", [_ALIKE, _UNLIKE, _ALIKE + _UNLIKE])
def test_each_element_counts(elements):
    whole = nft_dump._elements(iter([message(*elements)]))
    for number in range(len(elements)):
        assert nft_dump._elements(iter([message(*elements[:number], *elements[number + 1 :])])) != whole


def test_an_element_is_not_mistaken_for_the_ends_of_two_others():
    """Of the same length in all, and beginning as elements of another length do."""
    two = attribute(1, b"abcd"), attribute(1, b"efgh")
    assert nft_dump._elements(iter([message(*two)])) != nft_dump._elements(iter([message(attribute(1, b"".join(two)))]))
