# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Elements of a set of which the texts are known, and what else nft says of each once somebody asks: of thousands, a
run that changes one asks of few. Pure.
"""

from __future__ import annotations

from typing import Any, Callable, Dict, Iterable, Iterator, KeysView, Mapping, Optional, Sequence


class KnownElements(Mapping[str, Any]):
    """Text → nft's JSON, in the order of the texts."""

    def __init__(
        self,
        texts: Iterable[str],
        json_of: Callable[[str], Any],
        beside: Optional[Mapping[str, Any]] = None,
        new: Sequence[str] = (),
        plain: bool = False,
    ) -> None:
        """``beside``: other elements of the set, among which it is known that just the ``new`` ones are not; ``plain``:
        that it is known of all that they are (``is_plain``)."""
        self._texts: Dict[str, None] = dict.fromkeys(texts)
        self._json_of = json_of
        self.beside, self.new, self.plain = beside, new, plain

    def __getitem__(self, text: str) -> Any:
        if text not in self._texts:
            raise KeyError(text)
        return self._json_of(text)

    def __iter__(self) -> Iterator[str]:
        return iter(self._texts)

    def __len__(self) -> int:
        return len(self._texts)

    def keys(self) -> KeysView[str]:
        """Of a dictionary: sets of them are compared as fast as that."""
        return self._texts.keys()


def missing(elements: Mapping[str, Any], others: Mapping[str, Any]) -> Mapping[str, Any]:
    """Those that the others are without, in their order."""
    if elements is others or _are_all_in(elements, others):
        return {}
    if isinstance(elements, KnownElements) and elements.beside is others:
        return {text: elements[text] for text in elements.new}
    there = others.keys()
    if elements.keys() <= there:  # of most sets, which is known in a third of the time
        return {}
    return {text: elements[text] for text in elements if text not in there}


def _are_all_in(elements: Mapping[str, Any], others: Mapping[str, Any]) -> bool:
    """Whether that is known."""
    if not isinstance(others, KnownElements) or others.beside is not elements:
        return False
    return len(others) == len(elements) + len(others.new)


def is_plain(element: Any) -> bool:
    """Whether an element, in nft's JSON, is all in its text: no counter, comment or timeout that somebody gave it."""
    keys = element if isinstance(element, list) else [element]
    return not any(isinstance(key, dict) and "elem" in key for key in keys)


def are_plain(elements: Mapping[str, Any]) -> bool:
    return (isinstance(elements, KnownElements) and elements.plain) or all(map(is_plain, elements.values()))
