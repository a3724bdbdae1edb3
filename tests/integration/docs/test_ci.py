# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files for CI in docs/operations.md do what they say: a proposal is told of, a merge applied, drift found."""

from __future__ import annotations

import stat
from typing import Any, Dict, List

import pytest
import yaml

from tests.integration.docs.walk import GIVEN, HOSTS, ROOT, Reader, Stumbled, blocks
from tests.lab import Lab, missing

pytestmark = pytest.mark.skipif(bool(missing()), reason="a lab needs " + missing())
PAGE = ROOT / "docs" / "operations.md"
#: What fetches from the network; the reader has both already.
FETCHES = ("pip install ", "ansible-galaxy ")


def the_file(name: str) -> Any:
    (text,) = (block.text for block in blocks(PAGE) if block.text.startswith("# {0}\n".format(name)))
    return yaml.safe_load(text)


def github() -> Dict[str, List[str]]:
    """What starts it → the commands that are then run."""
    steps = [step for step in the_file(".github/workflows/networks.yml")["jobs"]["networks"]["steps"] if "run" in step]
    events = {"proposal": "pull_request", "apply": "push", "drift": "schedule"}
    return {
        job: [step["run"] for step in steps if step.get("if", when) == when]
        for job, when in ((job, "github.event_name == '{0}'".format(event)) for job, event in events.items())
    }


def gitlab() -> Dict[str, List[str]]:
    words = the_file(".gitlab-ci.yml")
    return {job: [*words["default"]["before_script"], *words[job]["script"]] for job in ("proposal", "apply", "drift")}


@pytest.mark.parametrize("service", [github, gitlab])
def test_a_proposal_is_told_of_a_merge_is_applied_and_drift_is_found(tmp_path, service):
    jobs = service()
    with Lab(HOSTS) as lab:
        reader = Reader(*lab.hosts, tmp_path / "home")
        reader._install()
        (reader.directory / "hosts.yml").write_text(GIVEN)
        (reader.directory / "known_hosts").write_text("node1 ssh-ed25519 AAAA\n")
        key = "a secret\nof two lines"
        (tmp_path / "key").write_text(key + "\n")
        given = key if service is github else str(tmp_path / "key")

        def start(job: str) -> None:
            for command in jobs[job]:
                if not command.startswith(FETCHES):
                    reader.run("set -e; SSH_KEY='{0}'\n{1}".format(given, command))

        start("proposal")
        assert lab.hosts[0].run(["ip", "netns", "list"]).stdout == ""
        start("apply")
        start("drift")
        lab.hosts[0].run(["ip", "link", "set", "br-front", "mtu", "1400"])
        with pytest.raises(Stumbled, match="set mtu of br-front from 1400 to 1500"):
            start("drift")
        written = reader.home / ".ssh" / "id_ed25519"
        assert written.read_text() == key + "\n"
        assert stat.S_IMODE(written.stat().st_mode) == 0o600
