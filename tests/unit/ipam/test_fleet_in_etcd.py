# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The fleet's leases in etcd, against a gateway that fails when it is told to."""

from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
import threading

import pytest
from fake_etcd import members

from ansible_collections.linuxnet.fabric.plugins.module_utils._ipam.etcd import access as etcd_access
from ansible_collections.linuxnet.fabric.plugins.module_utils._ipam.etcd import connection, gateway, tls
from ansible_collections.linuxnet.fabric.plugins.module_utils._ipam.etcd.access import Access, EtcdError
from ansible_collections.linuxnet.fabric.plugins.module_utils._ipam.etcd.gateway import Gateway
from ansible_collections.linuxnet.fabric.plugins.module_utils._ipam.etcd.store import EtcdStore
from ansible_collections.linuxnet.fabric.plugins.module_utils._ipam.fleet_store import what, would_hold

ONE = dict(topology="default", network="shop")
PATH = "/linuxnet-fabric/topologies/default/networks/shop/"


def block(text, host_id="id1", host="node1"):
    return dict(ONE, kind="block", block=text, host_id=host_id, host=host)


def address(text, host_id="id1", container="web"):
    return dict(ONE, kind="address", address=text, host_id=host_id, host="node1", container=container)


def vni(number, network="shop"):
    return dict(ONE, kind="vni", network=network, port=4789, vni=number)


@pytest.fixture
def etcd():
    with members(3) as made:
        yield made


def store_of(made, **words):
    """``patience`` is of seconds, as in real use, so that a busy machine fails no test."""
    patience = words.pop("patience", 30)
    access = Access(tuple(member.endpoint for member in made), **words)
    return EtcdStore(access, Gateway(access, patience))


def test_a_lease_is_a_line_that_a_person_can_read(etcd):
    held, made = etcd
    with store_of(made) as store:
        member = dict(ONE, kind="member", host_id="id1", told={"host": "node1"})
        wanted = [block("10.88.3.0/24"), address("10.88.3.9"), vni(4711), member]
        assert store.hold("default", "id1", wanted).conflicts == ()
        read = store.read("default").rows

    assert held.texts() == {
        PATH + "addresses/10.88.3.9": "id1 web node1",
        PATH + "blocks/10.88.3.0/24": "id1 node1",
        PATH + "members/id1": '{"host": "node1"}',
        "/linuxnet-fabric/vnis/4789/4711": "default/shop",
    }
    assert sorted(read, key=lambda row: row["kind"]) == sorted(wanted, key=lambda row: row["kind"])


def test_a_store_says_how_far_it_has_come_with_what_was_written(etcd):
    held, made = etcd
    with store_of(made) as store:
        assert store.mark is None
        store.hold("default", "id1", [block("10.88.3.0/24")])
        assert store.mark.revision == held.revision
        before, _seen = store.mark, store.read("default")
        assert store.mark == before and not store.mark.is_older_than(before)
        store.hold("default", "id1", [block("10.88.4.0/24")])
        assert before.is_older_than(store.mark) and not store.mark.is_older_than(before)


def test_what_a_host_wants_no_more_it_gives_back_and_twice_is_once(etcd):
    held, made = etcd
    with store_of(made) as store:
        store.hold("default", "id1", [block("10.88.3.0/24"), address("10.88.3.9")])
        store.hold("default", "id2", [block("10.88.4.0/24", "id2")])
        store.hold("default", "id1", [block("10.88.5.0/24")])
        written = held.revision
        store.hold("default", "id1", [block("10.88.5.0/24")])

    assert list(held.texts()) == [PATH + "blocks/10.88.4.0/24", PATH + "blocks/10.88.5.0/24"]
    assert held.revision == written, "nothing was written"


def test_what_a_host_still_goes_by_it_keeps_for_now(etcd):
    held, made = etcd
    with store_of(made) as store:
        store.hold("default", "id1", [block("10.88.3.0/24"), vni(4711)])
        used = [block("10.88.3.0/24")]
        answer = store.hold("default", "id1", [block("10.88.4.0/24")], used.__contains__)
        assert (answer.in_use, answer.released) == (tuple(used), ())
        assert PATH + "blocks/10.88.3.0/24" in held.texts()
        store.hold("default", "id1", [])
    assert held.texts() == {}, "the identifier went with the last block"


def test_what_is_not_approved_is_not_written(etcd):
    held, made = etcd
    told = []

    def refuse(granted, released):
        told.append((granted, released))
        raise EtcdError("refused", "not in the plan")

    with store_of(made) as store:
        store.hold("default", "id1", [block("10.88.3.0/24")])
        written = held.texts()
        with pytest.raises(EtcdError, match="not in the plan"):
            store.hold("default", "id1", [block("10.88.4.0/24")], approve=refuse)
    assert told == [((block("10.88.4.0/24"),), (block("10.88.3.0/24"),))]
    assert held.texts() == written


def test_what_is_foretold_is_what_is_done(etcd):
    _held, made = etcd
    with store_of(made) as store:
        store.hold("default", "id1", [block("10.88.3.0/24"), address("10.88.3.9")])
        wanted = [block("10.88.3.0/24"), block("10.88.4.0/24")]
        foretold = would_hold("id1", wanted, store.read("default").rows)
        assert store.hold("default", "id1", wanted) == foretold
    assert (foretold.granted, foretold.released) == ((block("10.88.4.0/24"),), (address("10.88.3.9"),))


def test_what_a_host_of_the_same_run_gives_back_is_foretold_as_free():
    held = [block("10.88.3.0/24", "id2", "node2")]
    wanted = [block("10.88.3.0/24")]
    assert [each.held for each in would_hold("id1", wanted, held).conflicts] == held
    assert would_hold("id1", wanted, held, yielding=["node2"]).granted == tuple(wanted)


@pytest.mark.parametrize(
    "held, wanted, whose",
    [
        (block("10.88.3.0/24", "id2"), block("10.88.3.0/24"), "10.88.3.0/24 of shop"),
        (block("10.88.3.64/26", "id2"), block("10.88.3.0/24"), "10.88.3.64/26 of shop"),
        (block("10.88.0.0/16", "id2"), block("10.88.3.0/24"), "10.88.0.0/16 of shop"),
        (address("10.88.3.9", "id2", "db"), address("10.88.3.9"), "10.88.3.9 of db on shop"),
        (address("10.88.3.9", "id2", "db"), block("10.88.3.0/24"), "10.88.3.9 of db on shop"),
        (vni(4711, "other"), vni(4711), "the VXLAN identifier 4711 of other"),
    ],
)
def test_what_is_somebody_elses_is_a_conflict_that_names_it(etcd, held, wanted, whose):
    there, made = etcd
    with store_of(made) as store:
        store.hold("default", "id2", [held])
        (conflict,) = store.hold("default", "id1", [wanted]).conflicts

    assert (conflict.wanted, what(conflict.held)) == (wanted, whose)
    assert len(there.values) == 1


def test_who_is_overtaken_between_reading_and_writing_looks_again(etcd):
    held, made = etcd
    with store_of(made) as store, store_of(made) as faster:
        transact, overtaken = store._gateway.transact, []

        def slow(words, writes):
            if writes and not overtaken:
                overtaken.append(words)
                faster.hold("default", "id2", [block("10.88.3.128/25", "id2")])
            return transact(words, writes)

        store._gateway.transact = slow
        (conflict,) = store.hold("default", "id1", [block("10.88.3.0/24")]).conflicts

    assert conflict.held["host_id"] == "id2"
    assert list(held.texts()) == [PATH + "blocks/10.88.3.128/25"]


def test_many_addresses_are_held_by_several_transactions(etcd):
    held, made = etcd
    wanted = [block("10.88.3.0/24"), *(address("10.88.3.{0}".format(n), container="c%d" % n) for n in range(2, 252))]
    with store_of(made) as store:
        assert store.hold("default", "id1", wanted).conflicts == ()
    assert len(held.values) == 251
    assert max(len(each.get("success", ())) for each in held.requests) <= 128
    assert max(len(each.get("compare", ())) for each in held.requests) <= 128


def test_a_lost_reply_is_read_back_before_anything_is_tried_again(etcd):
    held, made = etcd
    made[0].faults = [None, "lose"]  # the reading, and the write
    with store_of(made) as store:
        assert store.hold("default", "id1", [block("10.88.3.0/24")]).conflicts == ()
    writes = [each for each in held.requests if each.get("compare")]
    assert len(writes) == 1, "it was done already"
    assert list(held.texts()) == [PATH + "blocks/10.88.3.0/24"]


def test_a_member_that_is_gone_or_hangs_is_passed_over(etcd):
    _held, made = etcd
    gone = made[0]
    gone.stop()
    made[1].faults = ["hang"]
    with store_of(made, patience=3) as store:
        assert store.read("default").rows == ()
    assert made[2].asked == ["/v3/kv/txn"]


def test_who_answered_last_is_asked_first(etcd):
    _held, made = etcd
    made[0].faults = [(503, "etcdserver: no leader")]
    with store_of(made) as store:
        store.read("default")
        store.read("default")
    assert (len(made[0].asked), len(made[1].asked)) == (0, 2)


def test_while_members_choose_a_leader_they_are_asked_again(etcd):
    held, made = etcd
    for member in made:
        member.faults = [(503, "etcdserver: no leader")] * 3
    made[1].stop()
    with store_of(made) as store:
        assert store.hold("default", "id1", [block("10.88.3.0/24")]).conflicts == ()
    assert list(held.texts()) == [PATH + "blocks/10.88.3.0/24"]


def test_who_says_a_byte_now_and_then_is_not_waited_for_any_longer(etcd):
    _held, made = etcd
    made[0].faults = ["drip"]
    with store_of(made[:1], patience=0.2) as store, pytest.raises(EtcdError, match="no answer within") as raised:
        store.read("default")
    assert raised.value.kind == etcd_access.UNREACHABLE


class Hung:
    """A connection on which nothing is said, and the clock that is waited by."""

    now, begun = 100.0, 100.0

    def __init__(self, *_arguments):
        Hung.now += 0.01

    def ask(self, _path, _text, _headers, deadline):
        Hung.now = max(Hung.now, deadline)
        raise socket.timeout("timed out")

    def is_open(self):
        return False

    close = is_open

    @classmethod
    def monotonic(cls):
        return cls.now

    @classmethod
    def sleep(cls, seconds):
        cls.now += seconds


@pytest.mark.parametrize("before", [0.3, 1.0, 1.9])
def test_a_new_lease_is_refused_within_five_seconds_of_the_begin_of_who_asks(monkeypatch, before):
    """``before``: seconds until it came to ask, as on a busy machine. All members hang."""
    monkeypatch.setattr(gateway, "time", Hung)
    monkeypatch.setattr(gateway, "Connection", Hung)
    monkeypatch.setattr(Hung, "now", Hung.begun + before)
    access = Access(("http://a:1", "http://b:1", "http://c:1"), user="fabric", password="secret")
    asked = Gateway(access, begun=Hung.begun)
    for writes in (True, False):
        with pytest.raises(EtcdError, match="no answer within"):
            asked.transact({}, writes)
    assert Hung.now - Hung.begun < 5.0


def test_a_name_that_is_never_resolved_is_waited_for_no_longer_than_a_connection(monkeypatch):
    released = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_arguments, **_words: released.wait())
    monkeypatch.setattr(connection, "CONNECTING", 0.05)
    access = Access(("http://etcd.invalid:2379",))
    with EtcdStore(access) as store, pytest.raises(EtcdError, match="no answer within"):
        store.read("default")
    released.set()


@pytest.mark.parametrize(
    "fault, kind, says",
    [
        ((503, "etcdserver: no leader"), "no quorum", "it cannot decide, for most of its members are not there"),
        ((504, "etcdserver: request timed out"), "no quorum", "request timed out"),
        (
            (403, "etcdserver: permission denied"),
            "permission",
            "the user nobody may not read and write below /linuxnet",
        ),
        ((429, "etcdserver: mvcc: database space exceeded"), "full", "its database is full"),
        (
            (400, "CommonName of client sending a request against gateway will be ignored and not used as expected"),
            "login",
            "issue the certificate  of this host without one",
        ),
        ((500, "something new"), "refused", "something new"),
    ],
)
def test_an_error_says_what_is_wrong_and_what_would_be_right(etcd, monkeypatch, fault, kind, says):
    _held, made = etcd
    for member in made:
        member.faults = [fault]
    monkeypatch.setattr(gateway, "_CHOOSING", 0)
    with store_of(made) as store, pytest.raises(EtcdError) as raised:
        store.read("default")
    assert raised.value.kind == kind and says in str(raised.value)
    assert str(raised.value).startswith("topology_lease_store: etcd: http://127.0.0.1:")


def test_the_words_of_an_error_are_those_of_etcd_3_5_too(etcd):
    _held, made = etcd
    made[0].faults = [(403, {"code": 7, "message": "etcdserver: permission denied", "details": []})]
    with store_of(made) as store, pytest.raises(EtcdError, match="below /linuxnet-fabric: etcdserver: permission"):
        store.read("default")


def test_what_is_no_answer_of_etcd_is_shown(etcd):
    _held, made = etcd
    made[0].faults = [(502, ["a proxy"])]
    with store_of(made) as store, pytest.raises(EtcdError, match="a proxy"):
        store.read("default")


def test_nobody_there_is_an_error_that_names_each_endpoint():
    with members(2) as (_held, made):
        for member in made:
            member.stop()
    with store_of(made) as store, pytest.raises(EtcdError) as raised:
        store.read("default")
    assert raised.value.kind == etcd_access.UNREACHABLE and not raised.value.lost_reply
    assert all(member.endpoint + ": Connection refused" in str(raised.value) for member in made)


def test_users_log_in_once_and_again_when_the_login_is_over():
    with members(1, {"fabric": "secret"}) as (_held, made):
        with store_of(made, user="fabric", password="secret") as store:
            store.hold("default", "id1", [block("10.88.3.0/24")])
            assert made[0].asked.count("/v3/auth/authenticate") == 1
            made[0].token += 1  # as when its time is over
            store.read("default")
            assert made[0].asked.count("/v3/auth/authenticate") == 2


def test_a_wrong_password_is_named_and_never_shown():
    with members(1, {"fabric": "secret"}) as (_held, made):
        store = store_of(made, user="fabric", password="wr0ng-0ne")
        with store, pytest.raises(EtcdError) as raised:
            store.read("default")
    assert raised.value.kind == "login" and "see user and password" in str(raised.value)
    assert "wr0ng-0ne" not in str(raised.value) + repr(store._gateway._access)


def test_without_passwords_in_etcd_nobody_logs_in():
    with members(1) as (_held, made), store_of(made, user="fabric", password="secret") as store:
        assert store.read("default").rows == ()


def test_what_left_hosts_hold_is_given_back_and_the_identifier_goes_with_the_last_block(etcd):
    held, made = etcd
    with store_of(made) as store:
        store.hold("default", "id1", [block("10.88.3.0/24"), vni(4711)])
        store.hold("default", "id2", [block("10.88.4.0/24", "id2"), vni(4711)])
        store.give_back("default", [block("10.88.3.0/24")])
        assert sorted(held.texts()) == [PATH + "blocks/10.88.4.0/24", "/linuxnet-fabric/vnis/4789/4711"]
        store.give_back("default", [block("10.88.4.0/24", "id1")])
        assert len(held.values) == 2, "it is not whose it was read to be"
        store.give_back("default", [block("10.88.4.0/24", "id2")])
        assert held.texts() == {}


def test_what_others_keep_below_the_prefix_is_none_of_ours(etcd):
    held, made = etcd
    held.put("/linuxnet-fabric/topologies/default/note", "by hand")
    held.put(PATH + "blocks/10.88.4.0/24", "id2 node2")
    with store_of(made) as store:
        assert [row["block"] for row in store.read("default").rows] == ["10.88.4.0/24"]


# -- TLS


@pytest.fixture(scope="module")
def expired(tmp_path_factory):
    """A certificate that was valid for one day, long ago."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl makes the certificate")
    directory = tmp_path_factory.mktemp("tls")
    cert, key = directory / "cert.pem", directory / "key.pem"
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /O=fabric -days 1"
    subprocess.run([*command.split(), "-keyout", key, "-out", cert], check=True, capture_output=True)
    return str(cert), str(key)


def test_a_file_that_is_not_there_is_named_with_its_word():
    access = Access(("https://127.0.0.1:1",), ca="/nowhere/ca.pem")
    with pytest.raises(EtcdError) as raised:
        Gateway(access)
    assert "ca: /nowhere/ca.pem cannot be used (No such file or directory)" in str(raised.value)
    with pytest.raises(EtcdError) as raised:
        Gateway(Access(("https://127.0.0.1:1",), cert="/nowhere/cert.pem", key="/nowhere/key.pem"))
    assert "cert and key: /nowhere/cert.pem and /nowhere/key.pem cannot be used" in str(raised.value)


def test_when_a_certificate_ends_is_read_from_it(expired):
    cert, _key = expired
    told = subprocess.run(["openssl", "x509", "-noout", "-enddate", "-in", cert], capture_output=True, text=True)
    assert tls.not_after(cert) == ssl.cert_time_to_seconds(told.stdout.strip().partition("=")[2])
    assert tls.not_after("/nowhere") is None and tls.not_after(__file__) is None


def test_an_own_certificate_that_expired_is_what_the_refusal_is_about(expired, monkeypatch):
    cert, key = expired
    access = Access(("https://127.0.0.1:1",), cert=cert, key=key)
    refusal = ssl.SSLError(1, "tlsv1 alert bad certificate")
    assert tls.explained(access, "https://e:1", refusal).kind == "certificate"
    monkeypatch.setattr(tls.time, "time", lambda: tls.not_after(cert) + 1)
    error = tls.explained(access, "https://e:1", refusal)
    assert error.kind == "expired certificate" and cert in str(error) and "issue a new one" in str(error)


def test_plain_http_where_tls_is_expected_says_that_it_is_the_certificate(etcd):
    _held, made = etcd
    access = Access(tuple(member.endpoint.replace("http:", "https:") for member in made[:1]))
    with EtcdStore(access, Gateway(access)) as store, pytest.raises(EtcdError) as raised:
        store.read("default")
    assert raised.value.kind == "certificate"


def test_a_name_that_nobody_knows_is_no_connection(monkeypatch):
    def nobody(*_arguments, **_words):
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", nobody)
    access = Access(("http://etcd.invalid:2379",))
    with EtcdStore(access) as store, pytest.raises(EtcdError) as raised:
        store.read("default")
    assert "http://etcd.invalid:2379: Name or service not known" in str(raised.value)
