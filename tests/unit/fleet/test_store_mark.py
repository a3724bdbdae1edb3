# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a host goes on knowing of the store that its fleet shares."""

from __future__ import annotations

import json

import pytest

from ansible_collections.linuxnet.fabric.plugins.module_utils._engine import store_mark
from ansible_collections.linuxnet.fabric.plugins.module_utils._ipam.fleet_store import Mark
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.errors import FabricError


@pytest.fixture(autouse=True)
def kept(tmp_path, monkeypatch):
    """The file; each writing of it is in ``written``."""
    written = []

    def put(path, data):
        written.append(path)
        (tmp_path / "default.store").write_text(json.dumps(data))

    monkeypatch.setattr(store_mark, "FLEET_DIRECTORY", str(tmp_path))
    monkeypatch.setattr(store_mark.fleet, "put", put)
    return written


def test_a_host_that_asked_no_store_knows_none():
    assert store_mark.read("default") is None


def test_what_is_known_grows_with_the_store_and_the_same_is_not_written_again(kept):
    for revision in (3, 5, 5):
        store_mark.keep("default", Mark("7", revision))
    assert store_mark.read("default").known == Mark("7", 5) and len(kept) == 2


@pytest.mark.parametrize("older", [Mark("7", 4), Mark("8", 50)])
def test_an_older_store_is_known_as_restored_however_far_it_comes(older):
    store_mark.keep("default", Mark("7", 5))
    store_mark.keep("default", older)
    store_mark.keep("default", older._replace(revision=900))
    assert store_mark.read("default") == ("7", 5, older._replace(revision=900))


def test_after_a_run_over_all_hosts_the_restored_store_is_the_one_that_is_known():
    store_mark.keep("default", Mark("7", 5))
    store_mark.keep("default", Mark("7", 4))
    store_mark.settle("default")
    assert store_mark.read("default") == ("7", 4, None)


def test_a_damaged_file_is_named():
    store_mark.keep("default", Mark("7", 5))
    with open(store_mark._path("default"), "w") as file:
        file.write("{")
    with pytest.raises(FabricError, match="default.store cannot be read .*; remove it, and run the playbook on all"):
        store_mark.read("default")
