# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The small words of a declaration: text, numbers, truth, addresses. Each reader notes what is wrong and goes on."""

from __future__ import annotations

import ipaddress
import json
from collections import abc
from functools import lru_cache
from typing import Any, Dict, Iterable, List, Mapping, Optional, Tuple, Union

from .._kernel.errors import Problem
from .topology import Address, Route, Subnet

_TRUE = frozenset(("true", "yes", "on", "1"))
_FALSE = frozenset(("false", "no", "off", "0"))
#: Of a value that an error shows, in characters.
_LONGEST_QUOTE = 200
#: No word for which another one is suggested is longer: comparing takes the square of it.
_LONGEST_SUGGESTED = 100
#: No number that means something is longer, of digits or of bits; Python itself refuses to show one of 4,300 digits.
_MOST_DIGITS, _MOST_BITS = 40, 128
_LOOPBACK6 = ipaddress.IPv6Address("::1")
Interface = Union[ipaddress.IPv4Interface, ipaddress.IPv6Interface]
ROUTE_WORDS = ("destination", "to", "gateway", "via", "type", "metric", "onlink")
ROUTE_TYPES = ("unicast", "blackhole", "unreachable", "prohibit")


class Problems(List[Problem]):
    """Everything found wrong so far; nothing stops at the first."""

    def note(self, path: str, message: str, *values: Any) -> None:
        self.append(Problem(path, message.format(*values)))


def quote(value: Any) -> str:
    """A value as the user would recognise it: text in double quotes, the rest as it is. Of a long one, the start."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        short = _shortened(plain(value))
        return '"{0}"'.format(short) if short.isprintable() else json.dumps(short)
    try:
        return _shortened(str(value))
    except ValueError:  # too many digits, itself or within
        return "a number without end" if isinstance(value, int) else "a value with a number without end in it"
    except RecursionError:
        return "a value within a value without end"


def _shortened(value: str) -> str:
    return value if len(value) <= _LONGEST_QUOTE else value[:_LONGEST_QUOTE] + "…"


def suggest(word: str, known: Iterable[str]) -> str:
    """`` (did you mean "web"?)`` or nothing, to go at the end of a message."""
    import difflib  # only where something is wrong

    close = difflib.get_close_matches(word, list(known), n=1) if len(word) <= _LONGEST_SUGGESTED else ()
    return ' (did you mean "{0}"?)'.format(close[0]) if close else ""


def plain(value: str) -> str:
    """The bare text of a string of any class (Ansible marks unsafe ones with a class of its own)."""
    return str.__str__(value)


def mapping(value: Any, path: str, problems: Problems) -> Dict[str, Any]:
    """A dictionary whose keys are text; nothing at all is an empty one."""
    if value is None:
        return {}
    if not isinstance(value, abc.Mapping):  # typing's would be asked in Python
        problems.note(path, "{0}: expected a dictionary", quote(value))
        return {}
    result = {}
    for key, item in value.items():
        if isinstance(key, str):
            result[plain(key)] = item
        elif isinstance(key, int) and not isinstance(key, bool) and _is_of_use(key):
            result[str(key)] = item
        else:
            problems.note(path, "{0}: a key must be text; quote it", quote(key))
    return result


def known_keys(values: Mapping[str, Any], known: Tuple[str, ...], path: str, problems: Problems) -> None:
    """Notes each key that nobody would read: a misspelt word must not pass for a default."""
    for key in values:
        if key not in known:
            unknown_key("{0}.{1}".format(path, key), key, known, problems)


def unknown_key(path: str, key: str, known: Tuple[str, ...], problems: Problems) -> None:
    problems.note(path, "unknown key{0}", suggest(key, known) or _choices(known))


def _choices(known: Iterable[str]) -> str:
    return "; known are " + ", ".join(sorted(known))


def items(value: Any, path: str, problems: Problems) -> List[Any]:
    """A list; nothing at all is an empty one and a single word is a list of one."""
    if value is None:
        return []
    if isinstance(value, (list, tuple)):
        return list(value)
    if isinstance(value, (str, int)) and not isinstance(value, bool):
        return [value]
    problems.note(path, "{0}: expected a list", quote(value))
    return []


def text(value: Any, path: str, problems: Problems) -> Optional[str]:
    if isinstance(value, str):
        return plain(value)
    if isinstance(value, int) and not isinstance(value, bool) and _is_of_use(value):
        return str(value)
    problems.note(path, "{0}: expected text", quote(value))
    return None


def texts(value: Any, path: str, problems: Problems) -> Tuple[str, ...]:
    read = (text(item, "{0}[{1}]".format(path, n), problems) for n, item in enumerate(items(value, path, problems)))
    return tuple(item for item in read if item is not None)


def boolean(value: Any, default: bool, path: str, problems: Problems) -> bool:
    if value is None:
        return default
    if isinstance(value, bool):
        return value
    word = quote(value).strip('"').lower()
    if word in _TRUE:
        return True
    if word in _FALSE:
        return False
    problems.note(path, "{0}: expected true or false", quote(value))
    return default


def integer(value: Any, path: str, problems: Problems) -> Optional[int]:
    if value is None:
        return None
    if isinstance(value, int) and not isinstance(value, bool) and _is_of_use(value):
        return value
    if isinstance(value, str) and len(value) <= _MOST_DIGITS:
        digits = value[1:] if value.startswith("-") else value
        if digits.isascii() and digits.isdigit():
            return int(value)
    problems.note(path, "{0}: expected a whole number", quote(value))
    return None


def _is_of_use(number: int) -> bool:
    return number.bit_length() < _MOST_BITS


def between(value: Any, low: int, high: int, what: str, path: str, problems: Problems) -> Optional[int]:
    """A whole number from ``low`` to ``high``; ``what`` it is, for the error."""
    number = integer(value, path, problems)
    if number is not None and not low <= number <= high:
        problems.note(path, "{0}: the {1} must be between {2} and {3}", number, what, low, high)
        return None
    return number


def mtu(value: Any, ipv6: bool, path: str, problems: Problems) -> Optional[int]:
    """Of an interface, in bytes; ``ipv6``: it is to have IPv6 addresses."""
    found = integer(value, path, problems)
    if found is None:
        return None
    if ipv6 and 68 <= found < 1280:
        problems.note(path, "{0}: IPv6 needs an MTU of at least 1280", found)
    elif not 68 <= found <= 65535:
        problems.note(path, "{0}: the MTU must be between 68 and 65535", found)
    return found


def one_of(value: Any, known: Tuple[str, ...], default: str, path: str, problems: Problems) -> str:
    if value is None:
        return default
    if isinstance(value, str) and value in known:
        return plain(value)
    hint = suggest(value, known) if isinstance(value, str) else ""
    problems.note(path, "{0}: expected one of {1}{2}", quote(value), ", ".join(known), hint)
    return default


@lru_cache(maxsize=4096)
def _to_address(value: str) -> Optional[Address]:
    try:
        return ipaddress.ip_address(value)
    except ValueError:
        return None


def address(value: Any, path: str, problems: Problems, family: Optional[int] = None) -> Optional[Address]:
    """An address without a prefix length; ``family`` 4 or 6 where only one will do."""
    kind = "IPv{0}".format(family) if family else "IP"
    found = _to_address(plain(value)) if isinstance(value, str) and "%" not in value else None
    if found is None or (family and found.version != family):
        hint = "; leave out the prefix length" if isinstance(value, str) and "/" in value else ""
        problems.note(path, "{0}: expected an {1} address{2}", quote(value), kind, hint)
        return None
    return found


def subnet(value: Any, path: str, problems: Problems, word: str = "subnet") -> Optional[Subnet]:
    """A network in CIDR notation with no host bits set."""
    if not isinstance(value, str) or "/" not in value or "%" in value:
        problems.note(path, "{0}: expected a {1} in CIDR notation, such as 172.20.0.0/24", quote(value), word)
        return None
    try:
        found = ipaddress.ip_network(plain(value), strict=False)
    except ValueError:
        problems.note(path, "{0}: expected a {1} in CIDR notation, such as 172.20.0.0/24", quote(value), word)
        return None
    if ipaddress.ip_address(plain(value).split("/", 1)[0]) != found.network_address:
        problems.note(path, "invalid {0} {1}: it should be {2}", word, value, found)
        return None
    return found


def cidr(value: Any, path: str, problems: Problems) -> Optional[Interface]:
    """An address of an interface, with the prefix length of its subnet."""
    try:
        written = isinstance(value, str) and "/" in value and "%" not in value
        found = ipaddress.ip_interface(plain(value)) if written else None
    except ValueError:
        found = None
    if found is None:
        text = "{0}: expected an address with its prefix length, such as 172.20.0.1/24"
        problems.note(path, text, quote(value))
        return None
    if found.ip.is_multicast or found.ip.is_unspecified or found.ip == _LOOPBACK6:
        problems.note(path, "{0}: no interface can have this address", quote(value))
        return None
    return found


def within(inner: Union[Address, Subnet], outer: Subnet) -> bool:
    """Whether an address or a subnet lies in a subnet; never across families."""
    if inner.version != outer.version:
        return False
    if isinstance(inner, (ipaddress.IPv4Address, ipaddress.IPv6Address)):
        return inner in outer
    return inner.subnet_of(outer)  # type: ignore[arg-type]


def routes(value: Any, path: str, problems: Problems) -> Tuple[Route, ...]:
    if value is None:
        return ()
    if not isinstance(value, (list, tuple)):
        problems.note(path, "{0}: expected a list of routes, each with destination and gateway", quote(value))
        return ()
    read = (_route(item, "{0}[{1}]".format(path, n), problems) for n, item in enumerate(value))
    return tuple(route for route in read if route is not None)


def _route(value: Any, path: str, problems: Problems) -> Optional[Route]:
    before = len(problems)
    words = mapping(value, path, problems)
    known_keys(words, ROUTE_WORDS, path, problems)
    to_key = "to" if "to" in words and "destination" not in words else "destination"
    via_key = "via" if "via" in words and "gateway" not in words else "gateway"
    for one, other in (("destination", "to"), ("gateway", "via")):
        if one in words and other in words:
            problems.note(path, "{0} and {1} are two words for the same: give one", one, other)
    kind = one_of(words.get("type"), ROUTE_TYPES, "unicast", path + ".type", problems)
    gateway = None
    if words.get(via_key) is not None:
        gateway = address(words[via_key], "{0}.{1}".format(path, via_key), problems)
    destination = _destination(words.get(to_key), gateway, "{0}.{1}".format(path, to_key), problems)
    metric = integer(words.get("metric"), path + ".metric", problems)
    if metric is not None and not 0 <= metric <= 4294967295:
        problems.note(path + ".metric", "{0}: the metric must be between 0 and 4294967295", metric)
    onlink = boolean(words.get("onlink"), False, path + ".onlink", problems)
    if len(problems) == before:
        _check_route(kind, destination, gateway, onlink, path, problems)
    if len(problems) > before or destination is None:
        return None
    return Route(destination, gateway, kind, metric, onlink)


def _destination(value: Any, gateway: Optional[Address], path: str, problems: Problems) -> Optional[Subnet]:
    if value == "default":
        return ipaddress.ip_network("::/0" if gateway is not None and gateway.version == 6 else "0.0.0.0/0")
    if isinstance(value, str) and "/" not in value:
        host = address(value, path, problems)
        return ipaddress.ip_network(host) if host is not None else None
    return subnet(value, path, problems, "destination")


def _check_route(
    kind: str, destination: Optional[Subnet], gateway: Optional[Address], onlink: bool, path: str, problems: Problems
) -> None:
    if kind == "unicast" and gateway is None:
        problems.note(path, "a unicast route needs a gateway")
    elif kind != "unicast" and (gateway is not None or onlink):
        problems.note(path, "a {0} route leads nowhere: it takes neither gateway nor onlink", kind)
    elif gateway is not None and destination is not None and gateway.version != destination.version:
        problems.note(path, "the gateway {0} and the destination {1} are of different families", gateway, destination)
