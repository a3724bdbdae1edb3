# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The pages for maintainers say what is so: every file is on the map, every path and command that is named exists."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Iterator, List, Set

import pytest
import yaml

from ansible_collections.linuxnet.fabric.plugins.module_utils._engine import journal
from ansible_collections.linuxnet.fabric.plugins.module_utils._engine.operations import row_of
from docs import generate_map
from tests.paths import ROOT

MAINTAINING = ROOT / "docs" / "maintaining"
PAGES = [ROOT / "CONTRIBUTING.md", ROOT / "SECURITY.md", *sorted(MAINTAINING.glob("*.md"))]
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")


def test_the_map_is_that_of_the_files_as_they_are() -> None:
    assert generate_map.PAGE.read_text(encoding="utf-8") == generate_map.page(), "run python -m docs.generate_map"


def test_every_file_of_the_plugins_says_what_it_is() -> None:
    silent = [str(path) for path in generate_map.files() if not generate_map.about(path)]
    assert not silent, "begin them with a docstring"


def test_every_folder_of_the_plugins_is_known_to_the_map() -> None:
    assert {path.parent.as_posix() for path in generate_map.files()} <= set(generate_map.FOLDERS)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_what_a_page_names_exists(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    missing = [path for path in _paths(text) if not (ROOT / path).exists()]
    links = [link for link in re.findall(r"\]\(([^)#]+)[^)]*\)", text) if "://" not in link]
    missing += [link for link in links if not (page.parent / link).exists()]
    missing += ["make " + target for target in _targets(text) if not re.search("^{0}:".format(target), MAKEFILE, re.M)]
    assert not missing


def _paths(text: str) -> Iterator[str]:
    """What stands in backticks, or in a command, and is a path of the checkout."""
    for word in re.findall(r"[\w.*/-]+/[\w.*/-]*", text):
        top = word.split("/")[0]
        if top in ("plugins", "tests", "docs", "roles", "meta", "changelogs", "molecule") and "*" not in word:
            yield word.rstrip(".")


def _targets(text: str) -> List[str]:
    return re.findall(r"(?:`|^)make ([a-z-]+)", text, re.M)


def test_make_help_lists_every_target_and_every_variable_that_is_the_readers() -> None:
    said = subprocess.run(["make", "-s", "help"], cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout
    phony = re.search(r"^\.PHONY: (.*)$", MAKEFILE, re.M)
    assert phony is not None
    inner = {name for name in phony[1].split() if name.startswith("system")}  # installs what other targets need
    assert {line.split()[0] for line in said.split("\n\n")[0].splitlines()} == set(phony[1].split()) - inner
    variables = set(re.findall(r"^([A-Z_]+) \?=", MAKEFILE, re.M))
    assert variables <= {line.split("=")[0] for line in said.split("\n\n")[1].splitlines()}


def test_before_a_commit_the_linters_of_make_lint_run() -> None:
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"]
    linters = re.findall(r"^lint ([a-z-]+) ", (ROOT / "tests" / "tools" / "lint").read_text(encoding="utf-8"), re.M)
    assert [repository["repo"] for repository in hooks] == ["local"]
    assert [(each["id"], each["entry"]) for each in hooks[0]["hooks"]] == [
        (name, "tests/tools/lint " + name) for name in linters
    ]


def test_the_journal_that_is_shown_is_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = json.loads(_block((MAINTAINING / "journal.md").read_text(encoding="utf-8"), "json"))
    path, half = tmp_path / "run.json", tmp_path / "journal.json"
    path.write_text(json.dumps(shown), encoding="utf-8")
    half.write_text(json.dumps({word: shown[word] for word in ("version", "run", "topology")}), encoding="utf-8")
    path.with_name("run.json.reached").write_text("4".ljust(12), encoding="utf-8")
    monkeypatch.setattr(journal, "JOURNAL_FILE", str(half))
    monkeypatch.setattr(journal, "RUN_JOURNAL_FILE", str(path))

    record = journal.read()

    assert record is not None
    assert record.begun == 4
    operations = [step for steps in (record.first, *record.undo) for step in steps]
    keys: Set[str] = {key for step in operations for key in row_of(step.name).touches(step.arguments)}
    assert keys >= set(record.before)


def test_every_key_of_a_journal_is_explained() -> None:
    text = (MAINTAINING / "journal.md").read_text(encoding="utf-8")
    explained = re.findall(r"^\| `(\w+)` \|", text.split("| key | holds |")[1], re.M)
    assert explained == list(json.loads(_block(text, "json")))


def _block(text: str, kind: str) -> str:
    found = re.search("```{0}\n(.*?)```".format(kind), text, re.S)
    assert found is not None
    return found[1]
