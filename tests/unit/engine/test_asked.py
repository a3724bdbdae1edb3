# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a change is there for, told from what was asked of its object before and now."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.linuxnet.fabric.plugins.module_utils._engine import declared
from ansible_collections.linuxnet.fabric.plugins.module_utils._engine.asked import digests, kinds, kinds_by_change
from ansible_collections.linuxnet.fabric.plugins.module_utils._engine.declared import Kept
from ansible_collections.linuxnet.fabric.plugins.module_utils._engine.desired import Desired
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel import names
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.changes import LEASE, RULES, Change, Subject
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.links.bridge import Bridge
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.ruleset.model import (
    Endpoint,
    NetworkPolicy,
    Publication,
    Ruleset,
)

FRONT = Bridge("br-front", names.alias("default", "network front"), mtu=1500)
RULESET = Ruleset(
    "default",
    networks=(NetworkPolicy("front", "br-front", 4, "172.20.0.0/24", "172.20.0.1"),),
    endpoints=(Endpoint("web", "br-front", "veth0", "02:42:ac:14:00:02", ("172.20.0.2",), "eth0"),),
)
DESIRED = Desired("default", links=(FRONT,), ruleset=RULESET)
MTU = Change("set mtu", Subject(network="front"), {"mtu": 1400}, {"mtu": 1500})
ADMIT = Change("admit web:eth0", Subject(container="web", interface="eth0", part=RULES), {}, {"MAC": "x"})


def kind(change: Change, then: Any, now: Any = DESIRED, same: bool = True) -> str:
    return kinds([change], digests(then), digests(now), same)[0]


def test_what_was_asked_before_and_is_otherwise_on_the_host_is_drift() -> None:
    assert kind(MTU, DESIRED) == kind(ADMIT, DESIRED) == "drift"
    assert kind(MTU, DESIRED, same=False) == "drift"


def test_what_the_same_declaration_asks_otherwise_now_is_of_the_release() -> None:
    before = replace(DESIRED, links=(replace(FRONT, mtu=1400),))
    assert kind(MTU, before) == "release"
    assert kind(ADMIT, before) == "drift"
    assert kind(MTU, before, same=False) == "intended"


def test_a_published_port_more_is_intended_and_its_containers_rules_with_it() -> None:
    port = Publication(4, "tcp", 8080, "172.20.0.2", 80, "br-front")
    more = replace(DESIRED, ruleset=RULESET._replace(publications=(port,)))
    publish = Change("publish", Subject(container="web", port="0.0.0.0:8080/tcp"), {}, {"published": 8080})
    assert kind(publish, DESIRED, more, same=False) == "intended"
    assert kind(publish, more, more) == "drift"


def test_what_has_no_digest_goes_by_the_whole_declaration() -> None:
    lease = Change("lease", Subject(network="front", part=LEASE), {}, {"subnet": "172.20.0.0/24"})
    accept = Change("let through", Subject(host="chain DOCKER-USER"), {}, {"rules": ["x"]})
    assert kind(lease, DESIRED) == kind(accept, DESIRED) == "drift"
    assert kinds([accept], {}, digests(DESIRED), False) == ("intended",)


def test_change_by_change_what_the_host_has_decides_and_not_what_is_wanted_now() -> None:
    asked = digests(DESIRED)
    now = [replace(MTU, text="set mtu from 1400 to 9000", after={"mtu": 9000}), ADMIT]
    assert kinds_by_change(now, [MTU], asked, asked) == ("drift", "intended")
    other = digests(replace(DESIRED, links=(replace(FRONT, mtu=1400),)))
    assert kinds_by_change(now, [MTU], other, asked) == ("release", "intended")


@pytest.fixture
def records(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(names, "DECLARED_DIRECTORY", str(tmp_path))
    monkeypatch.setattr(names, "PREPARED_FILE", str(tmp_path / "prepared"))
    return tmp_path


WORDS = declared.words({"networks": {"front": {}}, "containers": {}})


def test_a_record_comes_back_with_its_release_and_digests(records: Path) -> None:
    kept = Kept(WORDS, "0.2.0", digests(DESIRED))
    declared.write("shop", kept)
    assert declared.read("shop") == kept


def prepare(record: Kept) -> None:
    declared.prepare("shop", declared.text_of(record), lambda: record)


def test_a_record_that_was_prepared_counts_once_it_is_kept(records: Path) -> None:
    first, second = Kept(WORDS, "0.2.0", digests(DESIRED)), Kept(WORDS, "0.3.0", digests(DESIRED))
    declared.write("shop", first)

    prepare(second)
    assert (declared.read("shop"), declared.prepared()) == (first, second)

    declared.keep("shop")
    declared.keep("shop")  # the end of a run that was killed in its end is done again
    assert (declared.read("shop"), declared.prepared()) == (second, None)


def test_what_a_killed_run_had_prepared_is_not_kept_by_the_next_one_that_keeps_nothing_new(records: Path) -> None:
    kept = Kept(WORDS, "0.2.0", digests(DESIRED))
    declared.write("shop", kept)
    prepare(Kept(WORDS, "0.3.0", {}))

    prepare(kept)
    declared.keep("shop")

    assert declared.read("shop") == kept


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", '{"declared": 3}', '{"declared": {}, "release": "", "asked": 3}']
)
def test_a_record_that_cannot_be_read_is_none(records: Path, text: str) -> None:
    (records / "shop.json").write_text(text)
    assert declared.read("shop") is None


def test_the_release_is_that_of_the_collection() -> None:
    galaxy = Path(__file__).resolve().parents[3] / "galaxy.yml"
    assert yaml.safe_load(galaxy.read_text())["version"] == names.RELEASE
