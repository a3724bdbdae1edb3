# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Small files, as they are compared with what they should say."""

from __future__ import annotations

from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel import files


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
