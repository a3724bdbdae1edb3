# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The live tables of a topology. Apart from what is made of them, for they are read long before.

Where the kernel lists in them what it listed at the end of an earlier run, they are what nft showed of them then, which
was kept (``shown.py``).
"""

from __future__ import annotations

from typing import Iterator, List, Optional, Tuple

from ..._kernel import nft, nft_generation, nft_record


class Listing:
    """Begun when it is made: nft lists the tables while others work, unless they are as an earlier run left them."""

    def __init__(self, topology: str, anew: bool = False) -> None:
        """``anew``: whatever was kept, nft is to show them."""
        self._generation = nft_generation.read()
        self.last = None if anew else nft_record.recall(topology)
        self._nft = nft.Listing(nft_record.tables_of(topology)) if self.last is None else None

    def objects(self) -> Iterator[Tuple[nft.TableName, List[nft.Object]]]:
        """What nft says, of each table that there is. Asked for once; nothing where there is a ``last`` record."""
        return iter(self._nft or ())

    def generation(self) -> Optional[int]:
        """Of what was listed, asked when it is. None where that is not known, or the rules changed meanwhile."""
        return self._generation if self._generation == nft_generation.read() else None

    def close(self) -> None:
        """End what still runs: nobody is to read it. Nothing where all was read."""
        if self._nft is not None:
            self._nft.close()
