# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``dataclass`` of dataclasses and ``NamedTuple`` of typing, made in a fraction of the time: there are 170 of them, and
every task makes those anew that it imports.

What costs is that Python compiles: of a dataclass a function for each method, of a named tuple every annotation. Here a
dataclass's ``__init__`` alone is compiled, and only of a class that many are made of; the other methods are the same
for all classes. ``frozen=True`` is what mypy holds; at run time nothing stands in the way. There is no
``__post_init__``.
"""

from __future__ import annotations

from collections import namedtuple
from typing import TYPE_CHECKING, Any, Dict, Mapping, Tuple

__all__ = ["NamedTuple", "dataclass"]

#: Fewer than these are made sooner than a function that makes them.
_FEW = 50


def _dataclass(cls: Any = None, frozen: bool = False) -> Any:
    return _made(cls, frozen) if cls is not None else lambda made: _made(made, frozen)


def _dataclasses() -> Any:
    """It takes a tenth of what is imported before a second process begins, which needs none of its classes."""
    import dataclasses

    return dataclasses


def _made(cls: Any, frozen: bool) -> Any:
    dataclasses = _dataclasses()
    own = vars(cls)
    if cls.__doc__ is None:
        cls.__doc__ = cls.__name__  # else dataclasses writes the signature, and compiles much to find out what it is
    made = dataclasses.dataclass(init=False, eq=False, repr=False)(cls)
    made.__compared__ = tuple(each.name for each in dataclasses.fields(made) if each.compare)
    methods = {"__init__": _init_of(made), "__eq__": _equal, "__hash__": _hash if frozen else None, "__repr__": _repr}
    for name, method in methods.items():
        if name not in own:
            setattr(made, name, method)
    return made


def _init_of(cls: Any) -> Any:
    """What makes the first few of a class; then, or where it was called wrongly, dataclasses writes one for it."""
    dataclasses = _dataclasses()
    fields = {each.name: each for each in dataclasses.fields(cls)}
    left = [_FEW]

    def __init__(self: Any, *values: Any, **words: Any) -> None:
        given = dict(zip(fields, values), **words)
        left[0] -= 1
        if left[0] and len(given) == len(values) + len(words) and _complete(given, fields):
            for name in fields:  # in their order, as what is digested of them is (``_engine/asked.py``)
                setattr(self, name, given[name])
        else:
            cls.__init__ = _compiled_init_of(cls)
            cls.__init__(self, *values, **words)

    return __init__


def _complete(given: Dict[str, Any], fields: Mapping[str, Any]) -> bool:
    """Adds what has a default, and says whether that is all, and nothing else."""
    missing = _dataclasses().MISSING
    for name, each in fields.items():
        if name in given:
            continue
        if each.default is not missing:
            given[name] = each.default
        elif each.default_factory is not missing:
            given[name] = each.default_factory()
    return given.keys() == fields.keys()


def _compiled_init_of(cls: Any) -> Any:
    dataclasses = _dataclasses()
    fields = [(each.name, each.type, each) for each in dataclasses.fields(cls)]
    about = {"__doc__": cls.__doc__}
    twin: Any = dataclasses.make_dataclass(cls.__name__, fields, namespace=about, eq=False, repr=False)
    twin.__init__.__qualname__ = cls.__qualname__ + ".__init__"
    return twin.__init__


def _values(one: Any) -> Tuple[Any, ...]:
    return tuple(getattr(one, name) for name in one.__compared__)


def _equal(one: Any, other: Any) -> Any:
    return _values(one) == _values(other) if one.__class__ is other.__class__ else NotImplemented


def _hash(one: Any) -> int:
    return hash(_values(one))


def _repr(one: Any) -> str:
    fields = _dataclasses().fields(one)
    shown = ("{0}={1!r}".format(each.name, getattr(one, each.name)) for each in fields if each.repr)
    return "{0}({1})".format(type(one).__qualname__, ", ".join(shown))


class _Named(type):
    """Of a class that names its base ``NamedTuple`` makes what collections does, with what else its body has."""

    def __new__(cls, name: str, bases: Any, body: Any) -> Any:
        fields = body.get("__annotations__", {})
        defaults = [body[field] for field in fields if field in body]
        made = namedtuple(name, fields, defaults=defaults, module=body["__module__"])  # type: ignore[misc]
        for word, value in body.items():
            if word not in fields:
                setattr(made, word, value)
        return made


if TYPE_CHECKING:
    from dataclasses import dataclass
    from typing import NamedTuple
else:
    dataclass = _dataclass
    NamedTuple = type.__new__(_Named, "NamedTuple", (), {})
