# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes this directory's helper importable, and one host for each setting that the attacks are tried in."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Iterator

import pytest

from tests.lab import missing

sys.path.insert(0, str(Path(__file__).parent))

from scene import KINDS, Scene, Setting

SETTINGS = {
    "{0}, {1} bridge".format(kind, "adopted" if adopted else "own"): replace(setting, adopted=adopted)
    for kind, setting in KINDS.items()
    for adopted in (False, True)
}


def made(setting: Setting) -> Iterator[Scene]:
    lack = missing()
    if lack:
        pytest.skip("a lab needs " + lack)
    scene = Scene(setting)
    try:
        yield scene
    finally:
        scene.close()


@pytest.fixture(scope="session", params=SETTINGS)
def scene(request: pytest.FixtureRequest) -> Iterator[Scene]:
    yield from made(SETTINGS[request.param])
