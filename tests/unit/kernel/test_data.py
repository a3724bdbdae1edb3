# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Our dataclasses are Python's own, but for the time that it takes to make one."""

from __future__ import annotations

import dataclasses
import pickle
from typing import Any, Callable, Dict, Tuple

import pytest

from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.data import dataclass


def made_by(decorate: Callable[..., Any]) -> Any:
    @decorate(frozen=True)
    class Place:
        """Somewhere."""

        name: str
        around: Tuple[str, ...] = ()
        found: Dict[str, int] = dataclasses.field(default_factory=dict, compare=False, repr=False)

    return Place


PYTHONS, OURS = made_by(dataclasses.dataclass), made_by(dataclass)


@pytest.mark.parametrize(
    "told",
    [
        lambda make: repr(make("web", ("db",), {"a": 1})),
        lambda make: make("web") == make("web", (), {"a": 1}),
        lambda make: make("web") == make("db"),
        lambda make: make("web") == ("web", ()),
        lambda make: make("web") != make("db"),
        lambda make: hash(make("web")) == hash(make("web", (), {"a": 1})),
        lambda make: len({make("web"), make("web"), make("db")}),
        lambda make: dataclasses.asdict(dataclasses.replace(make("web"), name="db")),
        lambda make: [field.name for field in dataclasses.fields(make)],
        lambda make: make("web").found is make("web").found,
    ],
)
def test_one_answers_as_pythons_own_does(told: Callable[[Any], Any]) -> None:
    assert told(OURS) == told(PYTHONS)


@dataclass
class Changing:
    """Of one that is not frozen."""

    names: Tuple[str, ...] = ()

    def __repr__(self) -> str:
        return "its own"


def test_what_a_class_says_itself_stays_and_what_can_change_has_no_hash() -> None:
    one = Changing()
    one.names = ("web",)
    assert one == Changing(("web",)) == pickle.loads(pickle.dumps(one)) and repr(one) == "its own"
    with pytest.raises(TypeError):
        hash(one)
