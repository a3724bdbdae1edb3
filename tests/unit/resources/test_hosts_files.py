# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A file's comparison: what is declared × what is there → the actions, as a table."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Dict, List, Optional, Tuple

import pytest

from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.errors import ForeignObjectError
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources import file_states
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources import files as hosts_files
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.file_states import FileState, mark_line
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.files import TextFile

PATH = "/etc/netns/web/hosts"
TEXT = mark_line("default") + "127.0.0.1\tlocalhost\n"
FILE, LINK = TextFile(PATH, TEXT), TextFile(PATH, target="../shared")

CASES: Dict[str, Tuple[TextFile, FileState, Optional[str], Optional[str]]] = {
    "nothing is there": (FILE, FileState(), "write " + PATH, "file.remove"),
    "the same content": (FILE, FileState(TEXT), None, None),
    "other content": (FILE, FileState(TEXT + "x"), "rewrite " + PATH, "file.write"),
    "a link where a file should be": (FILE, FileState(target="/etc/hosts"), "rewrite " + PATH, "file.link"),
    "no link": (LINK, FileState(), "write " + PATH, "file.remove"),
    "the same link": (LINK, FileState(target="../shared"), None, None),
    "a link elsewhere": (LINK, FileState(target="/etc/hosts"), "rewrite " + PATH, "file.link"),
    "a file where a link should be": (LINK, FileState(TEXT), "rewrite " + PATH, "file.write"),
}


@pytest.mark.parametrize("case", CASES)
def test_what_differs_is_written_and_can_be_put_back(case: str) -> None:
    desired, now, text, back = CASES[case]
    actions = [change.action for change in hosts_files.compare(desired, now, ours=True)]
    assert [action.text for action in actions] == ([text] if text else [])
    assert [step.name for action in actions for step in action.undo] == ([back] if back else [])


def test_a_file_without_our_mark_is_somebody_elses_unless_the_container_is_ours() -> None:
    with pytest.raises(ForeignObjectError, match=PATH + " exists and is not ours"):
        hosts_files.compare(FILE, FileState("mine\n"), ours=False)
    assert len(hosts_files.compare(FILE, FileState("mine\n"), ours=True)) == 1


def test_a_file_that_goes_is_put_back_as_it_was() -> None:
    (step,) = hosts_files.remove(PATH, FileState(TEXT)).action.undo
    assert (step.name, dict(step.arguments)) == ("file.write", {"path": PATH, "content": TEXT})


def test_what_is_read_ahead_is_what_will_be_read_without_what_stands_in_the_way(tmp_path: Path) -> None:
    there, gone, other = (str(tmp_path / name) for name in ("there", "gone", "other"))
    Path(there).write_text(TEXT)
    os.mkfifo(other)
    assert file_states.read_ahead([there, gone, other]) == file_states.read([there, gone])


def test_whose_files_there_are_is_the_same_however_early_the_directories_were_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file_states, "NETNS_ETC_DIRECTORY", str(tmp_path))
    for name, line in (("web", file_states.mark_line("shop")), ("db", file_states.mark_line("other")), ("odd", "")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "hosts").write_text(line)
    (tmp_path / "a file").touch()

    ahead = file_states.read_ahead(file_states.of_containers(["web"]))
    directories = ahead.pop(str(tmp_path))

    assert isinstance(directories, list) and [Path(each).name for each in directories] == ["db", "odd", "web"]
    assert file_states.owned("shop", ["odd"], directories) == file_states.owned("shop", ["odd"])
    assert {Path(each).parent.name for each in file_states.owned("shop", ["odd"], directories)} == {"web", "odd"}


def test_a_file_tells_its_container() -> None:
    names: List[str] = [file_states.container_of(path) for path in (PATH, "/etc/netns/a-b/resolv.conf")]
    assert names == ["web", "a-b"]
