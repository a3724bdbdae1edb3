# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one gate before every write to the host: kernel calls, files, nft.

A test that wants the Nth write to fail, or to die there, puts a function into ``before_write``;
in real use it is None and costs one comparison.
"""

from __future__ import annotations

from typing import Callable, Optional

before_write: Optional[Callable[[str], None]] = None


def writing(what: str) -> None:
    """Announce a write that is about to happen."""
    if before_write is not None:
        before_write(what)
