"""Coordinators read their queue by a right of the mail server, as docs/operation.md says, and no more."""

from pathlib import Path

import pytest
from imapclient.exceptions import IMAPClientError
from support.dovecot import DovecotServer
from support.mirror import ids, mirror
from support.office import request

ACL = """
mail_plugins = acl
protocol imap {
  mail_plugins = $mail_plugins imap_acl
}
plugin {
  acl = vfile
  acl_shared_dict = file:%h/../shared-mailboxes
}
namespace shared {
  type = shared
  separator = /
  prefix = shared/%%u/
  location = maildir:%%h/Maildir:INDEXPVT=~/shared/%%u
  subscriptions = no
  list = children
}
"""
SECOND = "SD261116-000002"


@pytest.mark.dovecot
def test_who_has_the_right_to_read_reads_his_queue_changes_nothing_and_sees_no_other(
    tmp_path: Path, dovecot: object
) -> None:
    del dovecot  # skips this test where there is no Dovecot
    with (
        DovecotServer(extra=ACL) as server,
        mirror(server.account(), f"sqlite:///{tmp_path / 'x.sqlite'}") as site,
    ):
        owner, reader = site.account, server.account("thu@vst.example")
        site.arrive(1)
        site.arrive(2, "3110")
        site.keep()
        with owner.client() as client:
            client.setacl("Queues/3110", reader.username, "lr")
        shared = f"shared/{owner.username}/Queues"
        with reader.client() as client:
            assert {name for *_, name in client.list_folders("", "shared/%/Queues/%")} == {f"{shared}/3110"}
            assert client.select_folder(f"{shared}/3110", readonly=True)[b"EXISTS"] == 1
        for refused in (
            lambda client: client.append(f"{shared}/3110", request()),
            lambda client: client.delete_folder(f"{shared}/3110"),
            lambda client: client.select_folder(f"{shared}/0010", readonly=True),
        ):
            with reader.client() as client, pytest.raises(IMAPClientError, match=r"Permission|doesn't exist"):
                refused(client)
        site.close(SECOND)
        site.keep()
        assert site.shown() == {"0010": ids(1), "3110/Closed": ids(2)}
        with reader.client() as client:
            assert client.select_folder(f"{shared}/3110", readonly=True)[b"EXISTS"] == 0
            # A folder that is made later takes the rights of the one above it.
            assert client.select_folder(f"{shared}/3110/Closed", readonly=True)[b"EXISTS"] == 1
