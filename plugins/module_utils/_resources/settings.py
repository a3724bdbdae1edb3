# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Settings of the host itself that containers need, such as forwarding.

They are shared with everybody on the host: set where they are not, and never set back at removal.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import List

from .._kernel.observe import Observed
from .action import Action
from .netns import compare_sysctl


@dataclass(frozen=True)
class HostSysctl:
    key: str  # with slashes
    value: str


def compare(desired: HostSysctl, observed: Observed) -> List[Action]:
    now = observed.sysctls.get(desired.key)
    return list(compare_sysctl(None, desired.key, desired.value, now, "host"))
