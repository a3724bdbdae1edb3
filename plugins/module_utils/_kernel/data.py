# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``dataclass`` of dataclasses, made in a third of the time: there are sixty, and every task makes all of them anew.

What costs is that Python compiles a function for each method of each class. Here that is ``__init__`` alone; the
others are the same for all classes. ``frozen=True`` is what mypy holds; at run time nothing stands in the way.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any, Tuple

__all__ = ["dataclass"]

if TYPE_CHECKING:
    from dataclasses import dataclass
else:

    def dataclass(cls=None, frozen=False):
        return _made(cls, frozen) if cls is not None else lambda made: _made(made, frozen)


def _made(cls: Any, frozen: bool) -> Any:
    own = vars(cls)
    made = dataclasses.dataclass(eq=False, repr=False)(cls)
    made.__compared__ = tuple(each.name for each in dataclasses.fields(made) if each.compare)
    methods = {"__eq__": _equal, "__hash__": _hash if frozen else None, "__repr__": _repr}
    for name, method in methods.items():
        if name not in own:
            setattr(made, name, method)
    return made


def _values(one: Any) -> Tuple[Any, ...]:
    return tuple(getattr(one, name) for name in one.__compared__)


def _equal(one: Any, other: Any) -> Any:
    return _values(one) == _values(other) if one.__class__ is other.__class__ else NotImplemented


def _hash(one: Any) -> int:
    return hash(_values(one))


def _repr(one: Any) -> str:
    shown = ("{0}={1!r}".format(each.name, getattr(one, each.name)) for each in dataclasses.fields(one) if each.repr)
    return "{0}({1})".format(type(one).__qualname__, ", ".join(shown))
