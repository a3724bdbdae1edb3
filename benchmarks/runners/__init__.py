# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One file for each contender. A runner says whether it can run here and yields (step, sample) pairs."""

from __future__ import annotations

from pathlib import Path
from typing import Dict, Iterator, Optional, Tuple

from ..sample import Sample
from ..trials import Trial

Steps = Iterator[Tuple[str, Sample]]


class Runner:
    """What every contender offers. A trial's scenario is ``endpoints`` unless a runner says that it has others."""

    name = ""
    #: Most endpoints in a run without --full: peers need minutes where we need seconds.
    limit = 4000
    scenarios: Tuple[str, ...] = ("endpoints",)

    def missing(self) -> Optional[str]:
        """What has to be installed first; None if nothing."""
        raise NotImplementedError

    def steps(self, trial: Trial, folder: Path) -> Steps:
        raise NotImplementedError


def _all() -> Dict[str, Runner]:
    from . import cni, docker, floor, ipbatch, module, netavark, playbook

    found = (
        floor.Floor(), module.Module(), playbook.Playbook(), ipbatch.IpBatch(),
        cni.Cni(), cni.NewerCni(), netavark.Netavark(), netavark.NewerNetavark(), docker.Docker(),
    )  # fmt: skip
    return {runner.name: runner for runner in found}


RUNNERS = _all()
