# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How large a page may become. Pure."""

from __future__ import annotations


class Room:
    """What is left of a number of bytes, for one kind of thing."""

    def __init__(self, size: int) -> None:
        self._left = size

    def take(self, text: str) -> str:
        """The text, or nothing where it does not fit any more. What is smaller and comes later may fit."""
        size = len(text.encode("utf-8"))
        if size > self._left:
            return ""
        self._left -= size
        return text
