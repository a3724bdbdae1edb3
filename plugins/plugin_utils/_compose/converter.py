# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A Compose model → the networks and containers that it asks for, in the words of ``topology``. Pure.

What Compose gives by itself is given here: the network ``default``, the names that a service is known by, profiles.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Optional

from ansible_collections.linuxnet.fabric.plugins.module_utils._declaration.networks import NETWORK_SPELLINGS
from ansible_collections.linuxnet.fabric.plugins.module_utils._declaration.ports import parse_ports
from ansible_collections.linuxnet.fabric.plugins.module_utils._declaration.topology import DEFAULT_NETWORK
from ansible_collections.linuxnet.fabric.plugins.module_utils._declaration.words import Problems, quote, suggest
from ansible_collections.linuxnet.fabric.plugins.module_utils._expansion.drivers.registry import DRIVERS
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.errors import DeclarationError, Problem

from .told import Told
from .words import NETWORK_WORDS

#: Networks of Docker's own: the first two are modes here, and the third is there without being declared.
_MODES = ("host", "none")
_DEFAULT = "default"
#: Docker's option of an attachment → our word.
_ENDPOINT = {"com.docker.network.endpoint.ifname": "interface_name"}
_TRUE = (True, "true", "True", "yes", "1")


@dataclass(frozen=True)
class Names:
    """How things are called: of Compose's project, or as they are."""

    prefix: str = ""

    def network(self, key: str, words: Mapping[str, Any]) -> str:
        """``name``, which an external network has inside ``external`` in old files."""
        external = words.get("external")
        said = words.get("name") or (external.get("name") if isinstance(external, Mapping) else None)
        if said or is_external(words) or not self.prefix:
            return str(said or key)
        return f"{self.prefix}_{key}"

    def container(self, service: str, words: Mapping[str, Any]) -> str:
        said = words.get("container_name")
        return str(said) if said else f"{self.prefix}-{service}" if self.prefix else service


class Converter:
    """Of one model. ``origin``: (services or networks, name) → the file that messages name."""

    def __init__(
        self, model: Mapping[str, Any], names: Names, profiles: Collection[str], origin: Mapping[Any, str], told: Told
    ) -> None:
        services = {name: words or {} for name, words in (model.get("services") or {}).items()}
        self._all = {name: words for name, words in services.items() if not words.get("provider")}
        self._services = {name: words for name, words in self._all.items() if _is_on(words, profiles)}
        self._networks = {name: words or {} for name, words in (model.get("networks") or {}).items()}
        self._names, self._origin, self._told = names, origin, told
        self._problems: list[Problem] = []

    def containers(self) -> dict[str, dict[str, Any]]:
        """Name → words, of the services whose profiles are on. Raises DeclarationError."""
        found: dict[str, dict[str, Any]] = {}
        for service, words in self._services.items():
            name = self._names.container(service, words)
            if name in found:
                self._wrong(service, "container_name", f"{quote(name)}: another service is called so too")
            found[name] = self._container(service, name, words)
        if self._problems:
            raise DeclarationError(self._problems)
        return _with_single_ports(found)

    def networks(self, declared: Collection[str]) -> dict[str, dict[str, Any]]:
        """Name → words: those of the files, and ``default`` where a service is on it. ``declared``: those that the
        inventory declares, which an external one may be."""
        used = {key for words in self._services.values() for key in self._keys(words)}
        networks = dict(self._networks)
        if _DEFAULT in used:
            networks.setdefault(_DEFAULT, {})
        found = {}
        for key, words in networks.items():
            name = self._names.network(key, words)
            known = name in (*_MODES, DEFAULT_NETWORK) or name in declared
            if is_external(words) and (known or key not in used):
                continue
            found[name] = self._network(key, words)
        return found

    def place(self, kind: str, key: str) -> str:
        """Where a value was written, for messages: ``compose.yml: services.web``."""
        file = self._origin.get((kind, key))
        return f"{file}: {kind}.{key}" if file else f"{kind}.{key}"

    def places(self) -> dict[tuple[str, str], str]:
        """(kind, name here) → where it was written."""
        found = {("services", self._names.container(key, words)): key for key, words in self._services.items()}
        found.update({("networks", self._names.network(key, words)): key for key, words in self._networks.items()})
        return {(kind, name): self.place(kind, key) for (kind, name), key in found.items()}

    # networks

    def _network(self, key: str, words: Mapping[str, Any]) -> dict[str, Any]:
        if is_external(words):
            return {"external": True, "name": self._names.network(key, words)}
        found = {
            word: value for word, value in words.items() if word not in ("name", "external", "labels", "attachable")
        }
        found = {word: value for word, value in found.items() if value is not None}
        driver = found.get("driver")
        if driver in ("default", ""):
            del found["driver"]
        elif driver is not None and driver not in DRIVERS:
            self._note("networks", key, f"driver: {quote(driver)} is a plugin of Docker's; made with the driver bridge")
            del found["driver"]
        if "driver_opts" in found:
            found["driver_opts"] = self._options(key, found.get("driver", "bridge"), found["driver_opts"])
        if isinstance(found.get("ipam"), Mapping):
            found["ipam"] = self._ipam(key, found["ipam"])
        return found

    def _options(self, key: str, driver: str, options: Any) -> Any:
        if not isinstance(options, Mapping):
            return options
        known = {**NETWORK_SPELLINGS, **DRIVERS[driver].spellings}
        strange = [name for name in options if name not in known]
        if strange:
            self._note(
                "networks", key, f"driver_opts: left out {', '.join(map(str, strange))}, which mean nothing here"
            )
        return {name: value for name, value in options.items() if name in known}

    def _ipam(self, key: str, ipam: Mapping[str, Any]) -> dict[str, Any]:
        if ipam.get("driver") not in (None, "default"):
            text = f"ipam.driver: {quote(ipam['driver'])} is a plugin of Docker's; addresses are given out here"
            self._note("networks", key, text)
        return {word: value for word, value in ipam.items() if word == "config"}

    # containers

    def _keys(self, words: Mapping[str, Any]) -> list[str]:
        """The networks that a service is on, in the order in which Docker gives it its interfaces."""
        if words.get("network_mode"):
            return []
        networks = words.get("networks") or {_DEFAULT: None}
        if not isinstance(networks, Mapping):
            return []
        return sorted(networks, key=lambda key: (-_number((networks[key] or {}).get("priority")), key))

    def _container(self, service: str, name: str, words: Mapping[str, Any]) -> dict[str, Any]:
        found = {word: words[word] for word in NETWORK_WORDS if words.get(word) not in (None, [], {})}
        mode, networks = self._mode(service, words), {}
        if mode is None:
            networks = self._attachments(service, name, words)
            stands = [key for key in self._keys(words) if self._name_of(key) in (*_MODES, DEFAULT_NETWORK)]
            mode = self._name_of(stands[0]) if stands and len(networks) == 0 else None
        found.pop("network_mode", None)
        found.pop("networks", None)
        if mode is not None:
            found["network_mode"] = mode
        if networks:
            found["networks"] = networks
        if mode in _MODES and found.pop("ports", None):
            self._note("services", service, f"ports: Docker publishes none with the network mode {mode}; left out")
        if "links" in found:
            found["links"] = self._links(service, found["links"])
        if "external_links" in words:
            self._note("services", service, "external_links: left out, for what they lead to is not in the files")
        if "sysctls" in found:
            found["sysctls"] = self._sysctls(service, found["sysctls"])
        return {word: value for word, value in found.items() if value not in ([], {})}

    def _mode(self, service: str, words: Mapping[str, Any]) -> Optional[str]:
        mode = words.get("network_mode")
        if not mode:
            return None
        kind, _colon, target = str(mode).partition(":")
        if kind != "service":
            return str(mode)
        if target not in self._services:
            known = (
                f"; of a profile that is not on: {', '.join(self._all[target]['profiles'])}"
                if target in self._all
                else ""
            )
            hint = known or suggest(target, self._services)
            self._wrong(service, "network_mode", f"{quote(mode)}: there is no service {quote(target)}{hint}")
            return "none"
        return "container:" + self._names.container(target, self._services[target])

    def _name_of(self, key: str) -> str:
        return self._names.network(key, self._networks.get(key) or {})

    def _attachments(self, service: str, name: str, words: Mapping[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        listed = words.get("networks")
        if listed and not isinstance(listed, Mapping):
            self._wrong(service, "networks", f"{quote(listed)}: expected a list or a dictionary of networks")
            return found
        for key in self._keys(words):
            if key != _DEFAULT and key not in self._networks:
                text = f"{quote(key)}: there is no such network{suggest(key, self._networks)}"
                self._wrong(service, f"networks.{key}", text)
            elif is_external(self._networks.get(key) or {}) and self._name_of(key) in (*_MODES, DEFAULT_NETWORK):
                continue
            else:
                found[self._name_of(key)] = self._attachment(service, name, key, (listed or {}).get(key))
        return found

    def _attachment(self, service: str, name: str, key: str, words: Any) -> Any:
        """With the service's name as an alias, where the container is called otherwise."""
        if words is not None and not isinstance(words, Mapping):
            return words
        found = {word: value for word, value in (words or {}).items() if word not in ("priority", "driver_opts")}
        for option, value in ((words or {}).get("driver_opts") or {}).items():
            if option in _ENDPOINT:
                found.setdefault(_ENDPOINT[option], value)
            else:
                self._note(
                    "services", service, f"networks.{key}.driver_opts: left out {option}, which means nothing here"
                )
        if name != service:
            found["aliases"] = [*(found.get("aliases") or ()), service]
        return found

    def _links(self, service: str, links: Iterable[Any]) -> list[str]:
        found = []
        for link in links:
            target, _colon, alias = str(link).partition(":")
            if target in self._services:
                name = self._names.container(target, self._services[target])
                found.append(f"{name}:{alias or target}" if alias or name != target else name)
            else:
                why = "it is of a profile that is not on" if target in self._all else "there is no such service"
                self._note("services", service, f"links: left out {target}, for {why}")
        return found

    def _sysctls(self, service: str, sysctls: Any) -> Any:
        if not isinstance(sysctls, Mapping):
            return sysctls
        strange = [key for key in sysctls if not str(key).startswith("net.")]
        if strange:
            text = f"sysctls: left out {', '.join(map(str, strange))}, for only net.* belongs to a network"
            self._note("services", service, text)
        return {key: value for key, value in sysctls.items() if key not in strange}

    def _note(self, kind: str, key: str, text: str) -> None:
        self._told.note(self._origin.get((kind, key), "?"), f"{kind}.{key}.{text}")

    def _wrong(self, service: str, word: str, text: str) -> None:
        self._problems.append(Problem(f"{self.place('services', service)}.{word}", text))


def is_external(words: Mapping[str, Any]) -> bool:
    external = words.get("external")
    return isinstance(external, Mapping) or external in _TRUE


def _is_on(words: Mapping[str, Any], profiles: Collection[str]) -> bool:
    own = words.get("profiles") or ()
    return not own or "*" in profiles or any(each in profiles for each in own)


def _number(value: Any) -> int:
    try:
        return int(value or 0)
    except (TypeError, ValueError):
        return 0


def _with_single_ports(containers: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """A range of host ports for one container port, ``8000-8010:80``: Docker takes the first free one of it, and so
    does this of those that the files leave free."""
    taken = {
        (port.published, port.protocol)
        for words in containers.values()
        for port in parse_ports(words.get("ports"), "", Problems())
    }
    for words in containers.values():
        if isinstance(words.get("ports"), list):
            words["ports"] = [_single(port, taken) for port in words["ports"]]
    return containers


def _single(port: Any, taken: set[tuple[Optional[int], str]]) -> Any:
    published, target, protocol, write = _in_parts(port)
    first, dash, last = published.partition("-")
    if not dash or "-" in target or not (first.isdigit() and last.isdigit()):
        return port
    free = next((each for each in range(int(first), int(last) + 1) if (each, protocol) not in taken), None)
    if free is None:
        return port
    taken.add((free, protocol))
    return write(str(free))


def _in_parts(port: Any) -> tuple[str, str, str, Any]:
    """(published, target, protocol, how to write it with another published port)."""
    if isinstance(port, Mapping):
        words = dict(port)
        told = (str(words.get("published") or ""), str(words.get("target") or ""), str(words.get("protocol") or "tcp"))
        return (*told, lambda published: {**words, "published": published})
    rest, slash, protocol = str(port).partition("/")
    before, _colon, target = rest.rpartition(":")
    host, colon, published = before.rpartition(":")
    if "]" in published:
        return "", target, protocol, None
    return published, target, protocol or "tcp", lambda each: f"{host}{colon}{each}:{target}{slash}{protocol}"
