# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a module answers, as data alone: the code that did the work may be another package than what tells Ansible."""

from __future__ import annotations

from typing import Any, Mapping, NamedTuple, Tuple


class Answer(NamedTuple):
    """``words``: the keys of the answer, of a failure too. Its texts may be shown as they are once ``printable`` went
    over them, which is left to who tells Ansible."""

    words: Mapping[str, Any]
    failed: bool = False
    warnings: Tuple[str, ...] = ()
