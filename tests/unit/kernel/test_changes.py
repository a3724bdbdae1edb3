# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a change says is made when somebody asks, and then is what it would have been at once."""

from __future__ import annotations

import json
import pickle
from typing import List

from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel import printable
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.changes import Change, Later, Subject

WORDS = {"table inet fabric-shop": {"packet rules of": ["network front"]}}


def test_nothing_is_made_before_somebody_asks_and_then_once() -> None:
    made: List[int] = []

    def make() -> "dict[str, object]":
        made.append(1)
        return dict(WORDS)

    later = Later(make)
    assert made == []
    assert (dict(later), len(later), list(later), later["table inet fabric-shop"], later) == (
        WORDS,
        1,
        list(WORDS),
        WORDS["table inet fabric-shop"],
        WORDS,
    )
    assert made == [1]


def test_a_change_is_the_same_whenever_its_words_are_made() -> None:
    subject = Subject(topology="shop")
    change, usual = (Change("delete", subject, words, {}) for words in (Later(lambda: WORDS), WORDS))
    assert change == usual
    assert printable.as_json(change.before) == json.dumps(WORDS)
    assert pickle.loads(pickle.dumps(change)) == usual
    assert repr(change) == repr(usual)
