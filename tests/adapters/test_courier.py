"""Messages go to the hosts that were named and to no address inside, whatever a name leads to."""

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.certificates import make_certificates
from support.receiver import Receiver, receiving

from triage.adapters.courier import Courier
from triage.errors import CourierError, RefusedActError


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


def test_a_message_arrives_as_it_was_given(receiver: Receiver) -> None:
    status = Courier([receiver.host]).post(receiver.address, {"webhook-id": "msg_1"}, b'{"a":1}')
    [posted] = receiver.posted
    assert (status, posted.path, posted.body) == (204, "/hook?key=x", b'{"a":1}')
    assert posted.headers["webhook-id"] == "msg_1"
    assert posted.headers["host"] == receiver.host


def test_a_redirect_is_not_followed(receiver: Receiver) -> None:
    with receiving() as elsewhere:
        receiver.status, receiver.location = 307, elsewhere.address
        courier = Courier([receiver.host, elsewhere.host])
        assert courier.post(receiver.address, {}, b"{}") == 307
        assert elsewhere.posted == []


def test_no_proxy_of_the_environment_is_asked(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    with receiving() as proxy:
        for name in ("http_proxy", "https_proxy", "all_proxy"):
            monkeypatch.setenv(name, f"http://{proxy.host}")
        assert Courier([receiver.host]).post(receiver.address, {}, b"{}") == 204
        assert proxy.posted == []


@pytest.mark.parametrize(
    "address",
    [
        "",
        "gateway.example",
        "ftp://gateway.example/",
        "http://gateway.example/",
        "file:///etc/passwd",
        "https://user@gateway.example/",
        "https://gateway.example@evil.example/",
        "https://gateway.example#@evil.example/",
        "https://gateway.example\\@evil.example/",
        "https://gateway.example\r\nX: 1/",
        "https://gateway.example./",
        "https://gâteway.example/",
        "https://gateway.example:99999/",
        "https://gateway.example:0/",
        "https://[::1/",
        "//gateway.example/",
        "https:///gateway.example",
        "https://gateway.example/" + "a" * 1000,
    ],
)
def test_an_address_that_can_be_read_in_two_ways_is_none(address: str) -> None:
    with pytest.raises(RefusedActError) as refused:
        Courier(["gateway.example", "evil.example", "localhost"]).demand_allowed(address)
    assert refused.value.code == "webhook_address"


@pytest.mark.parametrize(
    "address",
    [
        "https://other.example/",
        "https://gateway.example.evil.example/",
        "https://gateway.example:8443/",
        "https://127.0.0.1/",
        "http://localhost/",
        "https://[::1]/",
    ],
)
def test_a_host_that_was_not_named_is_refused(address: str) -> None:
    courier = Courier(["gateway.example"])
    with pytest.raises(RefusedActError) as refused:
        courier.demand_allowed(address)
    assert refused.value.code == "webhook_host"
    with pytest.raises(CourierError):
        courier.post(address, {}, b"{}")


def test_the_hosts_that_were_named_are_allowed_in_any_case() -> None:
    courier = Courier(["gateway.example", "Other.example:8443"])
    for address in (
        "https://gateway.example",
        "https://GATEWAY.example:443/x",
        "https://other.example:8443/?a",
    ):
        courier.demand_allowed(address)


@pytest.mark.parametrize(
    "host",
    # the last ones are no addresses as they stand, and every resolver takes them for 127.0.0.1
    ["10.0.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "2130706433", "0x7f.1", "127.1"],
)
def test_a_name_that_leads_inside_is_refused_even_where_it_was_named(host: str) -> None:
    with pytest.raises(CourierError) as failed:
        Courier([host]).post(f"https://{host}/", {}, b"{}")
    assert "not public" in str(failed.value)


def test_with_tls_only_a_certificate_that_holds_is_believed(tmp_path: Path) -> None:
    own, strange = tmp_path / "own", tmp_path / "strange"
    for folder in (own, strange):
        folder.mkdir()
    certificates = make_certificates(own)
    with receiving(certificates.server_context()) as receiver:
        assert Courier([receiver.host], certificates.authority).post(receiver.address, {}, b"{}") == 204
        for authority in (None, make_certificates(strange).authority):
            with pytest.raises(CourierError) as failed:
                Courier([receiver.host], authority).post(receiver.address, {}, b"{}")
            assert "SSLCertVerificationError" in str(failed.value)
    assert len(receiver.posted) == 1


def test_what_never_ends_is_cut_off() -> None:
    stop = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def drip() -> None:
            taken, _ = server.accept()
            with taken:
                while not stop.wait(0.05):
                    try:
                        taken.sendall(b"H")
                    except OSError:
                        return

        thread = threading.Thread(target=drip, daemon=True)
        thread.start()
        host = f"127.0.0.1:{server.getsockname()[1]}"
        with pytest.raises(CourierError):
            Courier([host], seconds=0.5).post(f"http://{host}/", {}, b"{}")
        stop.set()
        thread.join(10)


def test_what_goes_wrong_is_told_without_the_address(receiver: Receiver) -> None:
    receiver.server.shutdown()
    receiver.server.server_close()
    with pytest.raises(CourierError) as failed:
        Courier([receiver.host]).post(receiver.address, {}, b"{}")
    assert "key=x" not in str(failed.value)
