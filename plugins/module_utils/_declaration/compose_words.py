# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compose's words that mean nothing to a network: which of them pass, and which are named together in one error.

The words are those of the Compose Specification, https://github.com/compose-spec/compose-spec (05-services.md).
"""

from __future__ import annotations

from typing import Any, Collection, Dict, List, Tuple

from .words import Problems, known_keys

#: Keys that begin with this are allowed everywhere, and nobody reads them.
EXTENSION = "x-"

#: What a service says of the program that runs in it.
SERVICE_WORDS = frozenset(
    (
        "annotations attach blkio_config build cap_add cap_drop cgroup cgroup_parent command configs container_name"
        " cpu_count cpu_percent cpu_period cpu_quota cpu_rt_period cpu_rt_runtime cpu_shares cpus cpuset"
        " credential_spec depends_on deploy develop device_cgroup_rules devices domainname entrypoint env_file"
        " environment extends external_links gpus group_add healthcheck image init ipc isolation label_file logging"
        " mem_limit mem_reservation mem_swappiness memswap_limit models oom_kill_disable oom_score_adj pid pids_limit"
        " platform post_start pre_stop privileged profiles provider pull_policy read_only restart runtime scale"
        " secrets security_opt shm_size stdin_open stop_grace_period stop_signal storage_opt tmpfs tty ulimits"
        " use_api_socket user userns_mode uts volumes volumes_from working_dir"
    ).split()
)


def container_keys(words: Dict[str, Any], known: Tuple[str, ...], path: str, problems: Problems) -> None:
    """Note what is unknown in a container; what belongs to the program in it is one line, however much it is."""
    foreign: List[str] = [key for key in words if key in SERVICE_WORDS and key not in known]
    if foreign:
        text = "{0}: what runs in a container is not ours; leave {1} out"
        problems.note(path, text, ", ".join(foreign), "it" if len(foreign) == 1 else "them")
    known_keys(without_extensions(words, foreign), known, path, problems)


def is_extension(key: str) -> bool:
    return key.startswith(EXTENSION)


def without_extensions(words: Dict[str, Any], foreign: Collection[str]) -> Dict[str, Any]:
    return {key: value for key, value in words.items() if not is_extension(key) and key not in foreign}
