# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where Python finds the collection, and the helpers beside tests: for pytest, and for what is run by ``python -m``."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
#: Folders whose files import the helpers beside them by their plain names.
_WITH_HELPERS = (
    "unit/ipam",
    "unit/resources",
    "integration/boot",
    "integration/engine",
    "integration/firewall",
    "integration/ruleset",
)


def importable() -> None:
    """The checkout as the collection, under the name that it has when installed, and the helpers of tests."""
    wanted = [ROOT / ".collections", ROOT, *(ROOT / "tests" / folder for folder in _WITH_HELPERS)]
    sys.path[:0] = [str(path) for path in wanted if str(path) not in sys.path]
