# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compose files from the controller's disk to one model: variables, ``extends``, ``include``, several files merged.

Paths are Compose's: of the files that were named and of what they include, relative to the directory of the first of
them; of a service that is extended in another file, relative to that file.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn, Optional

from ansible_collections.linuxnet.fabric.plugins.module_utils._declaration.words import quote
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.errors import DeclarationError, Problem

from .env_file import parse_env
from .interpolation import InterpolationError, interpolate
from .merging import canonical, merge_models, merge_services, plain
from .told import Told
from .words import network_words
from .yaml_text import Override, YamlError, documents

#: Files that only Compose could fetch.
_REMOTE = re.compile(r"(?:[a-z][a-z0-9+.-]*://|git@|github\.com/)")
_PROJECT_NAME = "COMPOSE_PROJECT_NAME"


class Loader:
    """Reads the files of one project. ``origin`` tells of each service and network which file said it last."""

    def __init__(self, base: Path, environment: Mapping[str, str]) -> None:
        """``base``: what paths are relative to in messages. ``environment``: the controller's."""
        self._base = base
        self._environment = environment
        self.told = Told()
        self.origin: dict[tuple[str, str], str] = {}

    def load(self, files: Sequence[Path]) -> tuple[str, dict[str, Any], dict[str, str]]:
        """The project's name, its model, and the environment that its variables came from."""
        directory = files[0].parent
        known = {**self._env_files([directory / ".env"]), **self._environment}
        name = known.get(_PROJECT_NAME) or self._said_name(files, known) or directory.resolve().name
        name = re.sub(r"[^a-z0-9_-]", "", name.lower()).lstrip("_-")
        known[_PROJECT_NAME] = name
        return name, plain(self._models(files, directory, known, ())), known

    def _models(
        self, files: Sequence[Path], directory: Path, variables: Mapping[str, str], chain: tuple[Path, ...]
    ) -> dict[str, Any]:
        """Several files in order. ``chain``: the files that include these."""
        merged: dict[str, Any] = {}
        for file in files:
            if file.resolve() in chain:
                self._fail(file, "", "includes itself")
            inside = (*chain, file.resolve())
            for model in self._read(file, variables):
                model["services"] = self._extended(model.get("services"), merged, file, directory, variables)
                model = merge_models(
                    self._included(model.pop("include", None), file, directory, variables, inside), model
                )
                merged = merge_models(merged, model)
        return merged

    def _said_name(self, files: Sequence[Path], variables: Mapping[str, str]) -> str:
        said = ""
        for file in files:
            for document in self._documents(file):
                said = self._interpolated(document.get("name") or said, file, "name", variables)
        return str(said)

    def _read(self, file: Path, variables: Mapping[str, str]) -> Iterator[dict[str, Any]]:
        """A file's documents: what networks are made of, with the variables' values."""
        for document in self._documents(file):
            words = network_words(document, lambda place: self.told.strange(self.label(file), place))
            model = {word: self._interpolated(value, file, word, variables) for word, value in words.items()}
            for kind in ("services", "networks"):
                if model.get(kind) is not None and not isinstance(plain(model[kind]), Mapping):
                    self._fail(file, kind, "expected a dictionary, name to words")
                for name, value in (plain(model.get(kind)) or {}).items():
                    if kind == "services" and not isinstance(value, Mapping):
                        self._fail(file, f"{kind}.{name}", "expected a dictionary")
                    self.origin[kind, name] = self.label(file)
            yield model

    def _documents(self, file: Path) -> list[dict[str, Any]]:
        try:
            return documents(file.read_text(encoding="utf-8"))
        except OSError as error:
            self._fail(file, "", f"{error.strerror}; paths are relative to {self._base}")
        except UnicodeDecodeError:
            self._fail(file, "", "is no text in UTF-8")
        except YamlError as error:
            self._fail(file, "", str(error))

    def _interpolated(self, value: Any, file: Path, path: str, variables: Mapping[str, str]) -> Any:
        if isinstance(value, Override):
            return Override(self._interpolated(value.value, file, path, variables))
        if isinstance(value, Mapping):
            return {key: self._interpolated(item, file, f"{path}.{key}", variables) for key, item in value.items()}
        if isinstance(value, list):
            return [self._interpolated(item, file, f"{path}[{n}]", variables) for n, item in enumerate(value)]
        if not isinstance(value, str):
            return value
        try:
            return interpolate(value, variables, lambda name: self.told.unset(self.label(file), name))
        except InterpolationError as error:
            self._fail(file, path, str(error))

    # extends

    def _extended(
        self, services: Any, before: Mapping[str, Any], file: Path, directory: Path, variables: Mapping[str, str]
    ) -> Any:
        """The services of a file, each merged with the one that it extends. ``before``: what earlier files say."""
        if not isinstance(services, Mapping):
            return services
        known = {**(before.get("services") or {}), **services}
        return {
            name: self._with_base(name, value, known, file, directory, variables, ())
            for name, value in services.items()
        }

    def _with_base(
        self,
        name: str,
        service: Any,
        known: Mapping[str, Any],
        file: Path,
        directory: Path,
        variables: Mapping[str, str],
        chain: tuple[tuple[Path, str], ...],
    ) -> Any:
        if isinstance(service, Override):
            return Override(self._with_base(name, service.value, known, file, directory, variables, chain))
        if not isinstance(service, Mapping):
            return service
        if not service.get("extends"):
            return canonical(service)
        path = f"services.{name}.extends"
        if (file.resolve(), name) in chain:
            self._fail(file, path, "extends itself: " + " → ".join([*(each for _file, each in chain), name]))
        chain = (*chain, (file.resolve(), name))
        said = service["extends"]
        words = said if isinstance(said, Mapping) else {"service": said}
        own = {word: value for word, value in service.items() if word != "extends"}
        other, where = words.get("service"), words.get("file")
        if not isinstance(other, str):
            self._fail(file, path, "expected the name of a service, or a dictionary with service and file")
        if where is None:
            base = self._base_of(other, known, file, path)
            return merge_services(self._with_base(other, base, known, file, directory, variables, chain), own)
        if _REMOTE.match(str(where)):
            self.told.note(
                self.label(file), f"{path}: {where} is not on this disk; only what {name} says itself counts"
            )
            return canonical(own)
        there = directory / str(where)
        found = {each: value for model in self._read_aside(there, variables) for each, value in model.items()}
        base = self._base_of(other, found, there, f"services.{other}, which {name} extends")
        return merge_services(self._with_base(other, base, found, there, there.parent, variables, chain), own)

    def _read_aside(self, file: Path, variables: Mapping[str, str]) -> Iterator[Mapping[str, Any]]:
        """The services of a file that is no part of the project: what it says does not count as said there."""
        before = dict(self.origin)
        for model in self._read(file, variables):
            yield plain(model.get("services")) or {}
        self.origin = before

    def _base_of(self, name: str, known: Mapping[str, Any], file: Path, path: str) -> Any:
        if name not in known:
            self._fail(file, path, f"there is no service {quote(name)}")
        return known[name]

    # include

    def _included(
        self,
        entries: Any,
        file: Path,
        directory: Path,
        variables: Mapping[str, str],
        chain: tuple[Path, ...],
    ) -> dict[str, Any]:
        """What a file includes: each entry a project of its own, whose names are copied."""
        found: dict[str, Any] = {}
        for n, entry in enumerate(entries or ()):
            path = f"include[{n}]"
            words = entry if isinstance(entry, Mapping) else {"path": entry}
            paths = [str(each) for each in _listed(words.get("path"))]
            if not paths:
                self._fail(file, path, "expected the path of a Compose file")
            remote = [each for each in paths if _REMOTE.match(each)]
            if remote:
                self.told.note(self.label(file), f"{path}: {remote[0]} is not on this disk, and left out")
                continue
            files = [directory / each for each in paths]
            inside = directory / str(words["project_directory"]) if words.get("project_directory") else files[0].parent
            env_files = [directory / str(each) for each in _listed(words.get("env_file"))]
            known = {**self._env_files(env_files or [inside / ".env"], bool(env_files)), **variables}
            model = self._models(files, inside, known, chain)
            self._check_names(found, model, file, path)
            found = merge_models(found, {word: model.get(word) for word in ("services", "networks")})
        return found

    def _check_names(self, found: Mapping[str, Any], model: Mapping[str, Any], file: Path, path: str) -> None:
        """Compose does not merge what two included files say of one name."""
        for kind in ("services", "networks"):
            known, more = found.get(kind) or {}, model.get(kind) or {}
            for name in known:
                if name in more and known[name] != more[name]:
                    self._fail(file, path, f"{kind}.{name} is in an earlier include too, and says otherwise there")

    # env files

    def _env_files(self, files: Sequence[Path], needed: bool = False) -> dict[str, str]:
        found: dict[str, str] = {}
        for file in files:
            try:
                found.update(parse_env(file.read_text(encoding="utf-8"), {**found, **self._environment}))
            except (OSError, UnicodeDecodeError) as error:
                if needed or not isinstance(error, (FileNotFoundError, NotADirectoryError)):
                    self._fail(file, "", getattr(error, "strerror", None) or "is no text in UTF-8")
            except InterpolationError as error:
                self._fail(file, "", str(error))
        return found

    def label(self, file: Path) -> str:
        """A file as messages call it."""
        shown = os.path.relpath(file, self._base)
        return str(file) if shown.startswith("..") else shown

    def _fail(self, file: Path, path: str, text: str) -> NoReturn:
        raise DeclarationError([Problem(f"{self.label(file)}: {path}" if path else self.label(file), text)])


def _listed(value: Any) -> Sequence[Any]:
    if value is None:
        return ()
    return value if isinstance(value, list) else [value]


def project_directory(directory: Optional[str]) -> Path:
    """Where a run was started: what the files' paths are relative to."""
    return Path(directory or os.environ.get("PWD") or os.getcwd())
