# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tables of nft that end with this process, however that ends.

Each belongs to a process of nft (``flags owner``, Linux 5.12) that ends with ours: then the kernel takes it away. An
older kernel, or an nft without its prompt, gets the same table without an owner, and beside it a shell that waits for
our end to delete it.
"""

from __future__ import annotations

import contextlib
from typing import IO, List, Sequence, cast

from . import nft, program
from .data import NamedTuple

#: What the process of nft does not know, and so names in an error: all before it is done.
_SENTINEL = "linuxnet_fabric_is_ready"


class Table(NamedTuple):
    family: str
    name: str
    body: str  # in one line, as the prompt of nft reads it

    def text(self, flags: str) -> str:
        return "table {0} {1} {{ {2}{3} }}".format(self.family, self.name, flags, self.body)


class Transient:
    """Tables in the network namespace in which this is made. They are on their way until ``wait`` has returned."""

    def __init__(self, tables: Sequence[Table]) -> None:
        self._tables = tables
        self._holder = nft.prompt()
        prompt = cast(IO[str], self._holder.stdin)
        with contextlib.suppress(BrokenPipeError):
            prompt.write("".join(table.text("flags owner ; ") + "\n" for table in tables) + _SENTINEL + "\n")
            prompt.flush()

    def wait(self) -> None:
        """Until the tables are there; in their namespace. RefusedError where the kernel does not take them."""
        said: List[str] = []
        for line in cast(IO[str], self._holder.stderr):
            if _SENTINEL in line:
                break
            said.append(line)
        else:
            said.append("no prompt")
        if len(said) > 1 or "no prompt" in said:  # more than what is said of the sentinel
            self._load_without_owner()

    def _load_without_owner(self) -> None:
        program.end(self._holder)
        take_back = " ; ".join("delete table {0} {1}".format(table.family, table.name) for table in self._tables)
        self._holder = nft.at_our_end(take_back)
        first = "".join("add table {0} {1}\ndelete table {0} {1}\n".format(*table[:2]) for table in self._tables)
        nft.load(first + "".join(table.text("") + "\n" for table in self._tables))

    def close(self) -> None:
        program.end(self._holder)

    def descriptors(self) -> List[int]:
        """Whoever keeps these keeps the tables."""
        return [pipe.fileno() for pipe in (self._holder.stdin, self._holder.stderr) if pipe is not None]

    def let_go(self) -> None:
        """In a process that was forked with the tables, when all others that had them have ended: they are gone after
        this. The process of nft is nobody's child here, and closes its end of the pipe when it ends."""
        cast(IO[str], self._holder.stdin).close()
        cast(IO[str], self._holder.stderr).read()
