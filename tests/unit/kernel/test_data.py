# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Our dataclasses and named tuples are Python's own, but for the time that it takes to make one."""

from __future__ import annotations

import dataclasses
import pickle
import typing
from typing import Any, Callable, Dict, Optional, Tuple

import pytest

from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.data import NamedTuple, dataclass


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
        lambda make: make(name="web", around=("db",)).around,
        lambda make: list(vars(make(found={}, name="web"))),
        lambda make: _refusal(make),
        lambda make: _refusal(make, "web", colour="red"),
        lambda make: _refusal(make, "web", (), {}, "red"),
    ],
)
def test_one_answers_as_pythons_own_does(told: Callable[[Any], Any]) -> None:
    assert told(OURS) == told(PYTHONS)


def _refusal(make: Any, *values: Any, **words: Any) -> str:
    with pytest.raises(TypeError) as refused:
        make(*values, **words)
    return str(refused.value)


def test_the_first_of_a_class_is_as_those_after_it_whoever_it_comes_from() -> None:
    base, copy = made_by(dataclass), made_by(dataclass)

    @dataclass(frozen=True)
    class Room(base):  # type: ignore[misc, valid-type]
        """With a field more."""

        floor: int = 0

    rooms = [Room("web", floor=2), Room("web", floor=2), Room("web", (), {}, 2)]
    assert rooms[0] == rooms[1] == rooms[2] and repr(rooms[0]).endswith("Room(name='web', around=(), floor=2)")
    assert base("web") == base("web") != rooms[0]
    assert dataclasses.replace(copy("web"), name="db").name == "db"


def named_by(base: Any) -> Any:
    class Place(base):  # type: ignore[misc]
        """Somewhere."""

        name: str
        around: Tuple[str, ...] = ()
        floor: Optional[int] = None

        @property
        def shown(self) -> str:
            return "{0} on {1}".format(self.name, self.floor)

        @classmethod
        def below(cls, name: str) -> Any:
            return cls(name, floor=-1)

    return Place


@pytest.mark.parametrize(
    "told",
    [
        lambda make: repr(make("web", ("db",))),
        lambda make: make("web") == ("web", (), None),
        lambda make: make("web", floor=2).shown,
        lambda make: make.below("web"),
        lambda make: make("web")._replace(name="db")._asdict(),
        lambda make: (make._fields, make._field_defaults, make.__doc__, make.__name__, make.__qualname__),
        lambda make: (make.__module__, make.__annotations__),
        lambda make: _refusal(make),
        lambda make: _refusal(make, "web", colour="red"),
    ],
)
def test_a_named_tuple_answers_as_pythons_own_does(told: Callable[[Any], Any]) -> None:
    ours, pythons = named_by(NamedTuple), named_by(typing.NamedTuple)
    assert _plainly(told(ours)) == _plainly(told(pythons))


def _plainly(said: Any) -> Any:
    """Of annotations, which typing wraps, their texts."""
    if isinstance(said, dict):
        return {key: _plainly(value) for key, value in said.items()}
    if type(said) is tuple:
        return tuple(map(_plainly, said))
    return getattr(said, "__forward_arg__", said)


class Named(NamedTuple):
    """Of a file, as one that is pickled has to be."""

    name: str


def test_a_named_tuple_goes_through_pickle() -> None:
    assert pickle.loads(pickle.dumps(Named("web"))) == Named("web")


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
