"""Objects over S3: durable, whole, told in one sentence where they cannot be had."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from support.objectserver import Bucket

from triage.errors import ConfigError, StorageError


def test_what_was_put_comes_back_in_the_order_that_is_asked_for(bucket: Bucket) -> None:
    objects = bucket.objects()
    contents = {f"raw/2026-11/{n:02}": bytes([n]) * 1000 for n in range(30)}
    objects.put(contents)
    assert objects.get(["raw/2026-11/07", "raw/none", "raw/2026-11/02"]) == [b"\7" * 1000, None, b"\2" * 1000]
    assert bucket.names() == sorted(contents)


def test_a_large_mail_is_one_object(bucket: Bucket) -> None:
    raw = bytes(range(256)) * 100_000
    bucket.objects().put({"raw/large": raw})
    assert bucket.objects().get(["raw/large"]) == [raw]


def test_what_is_removed_is_gone_and_may_be_removed_again(bucket: Bucket) -> None:
    objects = bucket.objects()
    objects.put({"raw/a": b"1", "raw/b": b"2"})
    objects.remove(["raw/a", "raw/none"])
    objects.remove(["raw/a"])
    objects.remove([])
    assert bucket.names() == ["raw/b"]


def test_a_prefix_keeps_two_installations_apart(bucket: Bucket) -> None:
    bucket.objects(prefix="one").put({"raw/a": b"1"})
    assert bucket.objects(prefix="two").get(["raw/a"]) == [None]
    assert bucket.objects(prefix="").get(["one/raw/a"]) == [b"1"]


def test_objects_are_listed_with_the_time_of_the_storage(bucket: Bucket) -> None:
    objects = bucket.objects()
    objects.put({"raw/2026-11/a": b"", "raw/2026-111/b": b"", "rawer/c": b""})
    [[only]] = objects.listed("raw/2026-11")
    assert only.name == "raw/2026-11/a"
    assert abs(objects.now() - only.stored_at) < timedelta(minutes=1)
    assert abs(objects.now() - datetime.now(UTC)) < timedelta(minutes=1)
    assert list(objects.listed("nothing")) == []


def test_more_objects_than_one_answer_lists_are_all_listed(bucket: Bucket) -> None:
    bucket.objects().put({f"raw/{n}": b"" for n in range(1100)})
    assert len(bucket.names()) == 1100


@pytest.mark.parametrize("act", ["put", "get", "remove", "list", "now"])
def test_a_server_that_is_not_there_is_told_by_its_address(bucket: Bucket, act: str) -> None:
    objects = bucket.down()
    acts = {
        "put": lambda: objects.put({"raw/a": b"1", "raw/b": b"2"}),
        "get": lambda: objects.get(["raw/a"]),
        "remove": lambda: objects.remove(["raw/a"]),
        "list": lambda: list(objects.listed("raw")),
        "now": objects.now,
    }
    with pytest.raises(
        StorageError, match=r"^Storage http://127.0.0.1:1/mails-\d+/triage: .*sending.*\.$"
    ) as told:
        acts[act]()
    assert str(told.value).endswith("(error sending request).")


def test_a_bucket_that_is_not_there_is_told_and_is_no_missing_object(bucket: Bucket) -> None:
    objects = bucket.objects(bucket="nobody-made-it")
    with pytest.raises(StorageError, match=r"there is no such bucket; make it, or correct \[storage\]"):
        objects.get(["raw/a"])
    with pytest.raises(StorageError, match="there is no such bucket"):
        objects.put({"raw/a": b""})


def test_refused_keys_are_told_without_them(bucket: Bucket) -> None:
    with bucket.refusing(), pytest.raises(StorageError, match="refuses our keys") as told:
        bucket.objects().put({"raw/a": b""})
    assert "correct horse" not in str(told.value)
    assert "correct horse" not in repr(bucket.settings())


def test_the_file_of_an_authority_that_cannot_be_read_is_told(bucket: Bucket, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"\[storage\] ca_file cannot be read: .*ca\.pem"):
        bucket.objects(ca_file=tmp_path / "ca.pem")
