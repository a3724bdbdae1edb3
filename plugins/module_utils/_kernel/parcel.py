# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What one of two processes tells the other, as it goes on."""

from __future__ import annotations

import os
import select
from typing import IO, Any, Iterable, Iterator, Optional, Tuple

_AT_ONCE = 65536


def is_readable(descriptor: int) -> bool:
    """Whether there is something, or will be nothing more."""
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    return bool(poll.poll(0))


class Parcel:
    """It waits in memory: through a pipe it would come in pieces, each
    when both have a moment for it. The pipe tells of each value that it is there, and by its end that it was the last.
    """

    def __init__(self) -> None:
        import pickle  # before there are two, who both need it, and only where there are

        self._pickle = pickle
        self._memory = os.memfd_create("parcel")
        self._sent, self._unsent = os.pipe()
        self._file: Optional[IO[bytes]] = None

    def send(self, values: Iterable[Any]) -> None:
        """What several of them share is sent once."""
        with os.fdopen(os.dup(self._memory), "wb") as file:
            pickler = self._pickle.Pickler(file, self._pickle.HIGHEST_PROTOCOL)
            for value in values:
                pickler.dump(value)
                file.flush()
                os.write(self._unsent, b"!")
        os.close(self._unsent)

    def sender(self) -> Tuple[int, int]:
        """The descriptors that it is sent by."""
        return self._memory, self._unsent

    def receiver(self) -> None:
        """To be called by the one who receives, when there are two."""
        os.close(self._unsent)

    def receive(self, wait: bool = True) -> Iterator[Any]:
        """What came since it was asked for last, until all is there; where the other one died, what there is. Without
        ``wait``: what came until now."""
        while wait or is_readable(self._sent):
            told = os.read(self._sent, _AT_ONCE)
            if not told:
                return
            yield from self._load(len(told))

    def _load(self, count: int) -> Iterator[Any]:
        if self._file is None:  # opened anew, for the other one writes at a place of its own
            self._file = open("/proc/self/fd/{0}".format(self._memory), "rb")
            self._unpickler = self._pickle.Unpickler(self._file)
        for _value in range(count):
            yield self._unpickler.load()

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
        os.close(self._memory)
        os.close(self._sent)
