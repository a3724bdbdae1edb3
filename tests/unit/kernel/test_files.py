# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Small files, as they are compared with what they should say."""

from __future__ import annotations

import os

import pytest

from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel import files, marks
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.marks import HandleMark


@pytest.fixture
def three_bytes_at_a_time(monkeypatch):
    """A kernel that takes a write in pieces, as it may (write(2))."""
    whole = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, data: whole(descriptor, bytes(data[:3])))


def test_other_line_ends_are_another_content(tmp_path):
    path = tmp_path / "hosts"
    path.write_bytes(b"127.0.0.1\tlocalhost\r\n")
    assert files.read(str(path)) == "127.0.0.1\tlocalhost\r\n"


def test_what_is_no_utf_8_is_read_all_the_same(tmp_path):
    path = tmp_path / "hosts"
    path.write_bytes(b"\xff\n")
    assert files.read(str(path)) == "\ufffd\n"


def test_a_file_longer_than_one_read_is_read_to_its_end(tmp_path):
    path = tmp_path / "hosts"
    path.write_text("x" * 200000)
    assert files.read(str(path)) == "x" * 200000


def test_where_there_is_no_file_there_is_no_content(tmp_path):
    assert files.read(str(tmp_path / "none")) is None
    (tmp_path / "file").write_text("")
    assert files.read(str(tmp_path / "file" / "below")) is None


def test_a_write_that_the_kernel_takes_in_pieces_is_written_to_its_end(tmp_path, three_bytes_at_a_time):
    path = tmp_path / "hosts"
    path.write_text("what was there before, and was longer\n")
    files.write(str(path), "127.0.0.1\tlocalhost ü\n")
    assert path.read_text(encoding="utf-8") == "127.0.0.1\tlocalhost ü\n"


def test_a_mark_that_the_kernel_takes_in_pieces_is_a_whole_mark(tmp_path, monkeypatch, three_bytes_at_a_time):
    monkeypatch.setattr(marks, "HANDLE_MARK_DIRECTORY", str(tmp_path))
    marks.write("web", HandleMark("default", 5))
    assert marks.read_all() == {"web": HandleMark("default", 5)}
