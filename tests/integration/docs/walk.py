# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Walks a page of the documentation as a reader would: every file and every command in it, from top to bottom.

    python -m tests.integration.docs.walk README.md        on a lab host of its own; prints what it does

A YAML block that begins with ``# NAME.yml`` is that file. Any other is checked for what it is: a declaration, an
inventory, plays or tasks. Of a console block every line with a prompt (``$`` or ``#``) is run. A block stays out only
where the comment ``<!-- not walked: REASON -->`` stands before it.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Iterator, List, Optional

import yaml

from tests.lab import Host, Lab, ansible

ROOT = ansible.ROOT
BLOCK = re.compile(
    r"(?:^ *<!-- not walked: (?P<why>[^>]+?) -->\n+)?^(?P<indent> *)```(?P<kind>console|yaml)\n(?P<text>.*?)^ *```$",
    re.MULTILINE | re.DOTALL,
)
#: What a page may take for granted that does not say how it is made: the end of docs/getting-started.md, section 3.
GIVEN = """
all:
  hosts:
    node1:
      topology_networks: {front: {}}
      topology_containers:
        web: {networks: [front], ports: ["8080:80"]}
        db: {networks: [front]}
"""
#: The reader sits at the managed host, so what says how to reach it is the same for every page.
REACHED = {"ansible_connection": "local", "ansible_python_interpreter": ansible.target_python()}
HOSTS = ("node1", "empty")
PATIENCE = 20.0  # seconds that a server may take to listen


class Stumbled(AssertionError):
    """A block of a page does not do what it says."""


@dataclass(frozen=True)
class Block:
    kind: str  # console | yaml
    text: str
    line: int
    why: Optional[str]  # it is not walked


def blocks(page: Path) -> Iterator[Block]:
    text = page.read_text(encoding="utf-8")
    for found in BLOCK.finditer(text):
        indent = len(found["indent"])
        body = "".join(line[indent:] if line.strip() else line for line in found["text"].splitlines(True))
        yield Block(found["kind"], body, text.count("\n", 0, found.start("kind")) + 1, found["why"])


def commands(text: str) -> Iterator[str]:
    """The lines with a prompt; a backslash at the end joins the next one."""
    for line in text.replace("\\\n", " ").splitlines():
        if line.startswith(("$ ", "# ")):
            yield line[2:]


class Reader:
    """Somebody with an empty home directory, a fresh Ansible and a checkout, at a host where nothing is yet.

    What is only declared on a page is checked on a host of its own (``empty``), where it clashes with nothing.
    """

    def __init__(self, host: Host, empty: Host, home: Path) -> None:
        self.host, self.empty, self.home = host, empty, home
        self.checkout, self.directory = home / "fabric", home / "project"
        self.directory.mkdir(parents=True)
        (self.directory / "group_vars").mkdir()
        (self.directory / "group_vars" / "all.yml").write_text(yaml.safe_dump(REACHED))
        _clone(self.checkout)

    def walk(self, page: Path) -> None:
        if page.name not in ("README.md", "getting-started.md"):
            self._settle()
        for block in blocks(page):
            if block.why is not None:
                continue
            try:
                self._file_or_words(block) if block.kind == "yaml" else self._console(block)
            except (Stumbled, yaml.YAMLError) as error:
                raise Stumbled("{0}:{1}: {2}".format(page.relative_to(ROOT), block.line, error)) from None

    def _settle(self) -> None:
        self._install()
        (self.directory / "inventory.yml").write_text(GIVEN)
        self.run("ansible-playbook -i inventory.yml linuxnet.fabric.site")
        for name in ("web", "db"):
            self.host.container(name).serve("http", 80)

    def _install(self) -> None:
        if not (self.home / ".ansible" / "collections").exists():
            self.run("ansible-galaxy collection install --force . -p ~/.ansible/collections", self.checkout)

    # --- YAML

    def _file_or_words(self, block: Block) -> None:
        first = re.match(r"# (\S+\.ya?ml)\b", block.text)
        if first:
            path = self.directory / first[1]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.text)
        self._install()
        content = yaml.safe_load(block.text)
        if isinstance(content, list) and content and ("hosts" in content[0] or _imports(content[0])):
            self._check_plays(block.text)
        elif isinstance(content, list):
            self._check_plays(yaml.safe_dump([{"hosts": "all", "tasks": content}]))
        elif isinstance(content, dict) and any(str(key).startswith("topology_") for key in content):
            self._check_declaration(content)
        elif isinstance(content, dict) and "all" in content:
            self._in_file("hosts", block.text, "ansible-inventory -i {0} --list")

    def _check_plays(self, text: str) -> None:
        self._in_file("play", text, "ansible-playbook --syntax-check {0}")

    def _check_declaration(self, words: Any) -> None:
        """A check of the role: read to its end, planned, and not applied."""
        text = yaml.safe_dump({"all": {"hosts": {"node1": {**words, **_complete(words)}}}})
        self._in_file("declared", text, "ansible-playbook -i {0} linuxnet.fabric.site --check", self.empty)

    def _in_file(self, name: str, text: str, command: str, host: Optional[Host] = None) -> None:
        path = self.directory / ".walk-{0}.yml".format(name)
        path.write_text(text)
        try:
            self.run(command.format(path.name), host=host)
        finally:
            path.unlink()

    # --- commands

    def _console(self, block: Block) -> None:
        for command in commands(block.text):
            here = command.startswith(("make ", "ansible-galaxy "))
            self.run(command, self.checkout if here else self.directory)

    def run(self, command: str, directory: Optional[Path] = None, host: Optional[Host] = None) -> None:
        background = command.endswith("&")
        deadline = time.monotonic() + (PATIENCE if re.search(r"\b(curl|getent)\b", command) else 0)
        while True:
            done = self._once(command, directory or self.directory, host or self.host, background)
            if done is None or done.returncode == 0:
                return
            if time.monotonic() >= deadline:
                raise Stumbled("{0}\n{1}".format(command, done.stdout))
            time.sleep(0.2)

    def _once(
        self, command: str, directory: Path, host: Host, background: bool
    ) -> "Optional[subprocess.CompletedProcess[str]]":
        """Run it once; None where it stays in the background, to end with the host."""
        enter = [*host.enter[:-1], "--wdns=" + str(directory), "--", "bash", "-c", command]
        if background:
            host.popen(["bash", "-c", command], env=self._environment())
            return None
        return subprocess.run(
            enter,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=600,
            env=self._environment(),
        )

    def _environment(self) -> "dict[str, str]":
        programs = Path(ansible.program("ansible-playbook")).parent
        keep = ("ANSIBLE_", "PYTEST_", "MOLECULE", "PYTHON", "FABRIC_")
        env = {key: value for key, value in os.environ.items() if not key.startswith(keep)}
        return dict(env, HOME=str(self.home), PATH="{0}:{1}:/usr/sbin:/sbin".format(programs, env["PATH"]))


def _imports(play: Any) -> bool:
    return any(key.endswith("import_playbook") for key in play)


def _complete(words: Any) -> "dict[str, Any]":
    """A fragment of a declaration with the networks that its containers name."""
    networks = dict(words.get("topology_networks") or {})
    declared = {name for key in words if key.startswith("topology_networks") for name in words[key] or {}}
    containers = [each or {} for key in words if key.startswith("topology_containers") for each in words[key].values()]
    for name in (name for container in containers for name in container.get("networks") or ()):
        if name != "bridge" and name not in declared:
            networks[name] = {}
    return {"topology_networks": networks}


def _clone(directory: Path) -> None:
    """A fresh clone with what is not committed yet, whose .venv is this one."""
    subprocess.run(["git", "clone", "-q", "--no-hardlinks", str(ROOT), str(directory)], check=True)
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=str(ROOT),
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    ).stdout
    for name in filter(None, listed.split("\0")):
        source, target = ROOT / name, directory / name
        if source.is_file() and not source.is_symlink():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(str(source), str(target))
    environment = Path(ansible.program("ansible-playbook")).parent.parent
    (directory / ".venv").symlink_to(environment)
    for requirements in directory.glob("requirements-*.txt"):
        os.utime(requirements, (0, 0))
    os.utime(directory / "tests" / "tools" / "make-venv", (0, 0))


def main(args: List[str]) -> int:
    for name in args:
        with Lab(HOSTS) as lab, tempfile.TemporaryDirectory(prefix="fabric-walk-") as home:
            Reader(*lab.hosts, Path(home)).walk(ROOT / name)
        print("walked: " + name)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
