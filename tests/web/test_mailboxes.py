"""To which mailbox a mail came is told where there are several, by each page and answer that shows mails."""

import re
from collections.abc import Iterator

import pytest
from pydantic import SecretStr
from support.deskserver import DeskServer, desk_of
from support.office import OUR_ADDRESS, open_office, request

from triage.adapters.configfile import Config
from triage.adapters.configmailbox import InboxConfig
from triage.db.mails import imported_as
from triage.web.mailboxes import called

REPORTS = "baocao@vst.gov.vn"
LABEL = re.compile(r"(?<![Gg]ửi )tới(?: hộp thư)? <bdi>([^<]+)</bdi>")


@pytest.fixture
def desk(database_url: str) -> Iterator[DeskServer]:
    with open_office(database_url) as office, desk_of(office) as server:
        server.person("lan", "agent")
        server.person("thu", "coordinator", "0010")
        yield server


def box(username: str = REPORTS, **more: str) -> InboxConfig:
    return InboxConfig(host="imap.example", username=username, password=SecretStr("x"), **more)  # type: ignore[arg-type]


def with_boxes(config: Config, **boxes: InboxConfig) -> Config:
    return config.model_copy(update={"mailboxes": boxes})


def told(desk: DeskServer, path: str, who: str = "lan") -> list[str]:
    answer = desk.let_in(who).get(path)
    assert answer.status_code == 200
    return LABEL.findall(answer.text)


def fill(desk: DeskServer) -> None:
    """Let one unit write to the first mailbox and then to the second, and another to the second alone."""
    main, reports = desk.app.config.mailbox.stored_as, box().stored_as
    desk.office.store(request(), mailbox=main)
    desk.office.process()
    desk.office.clock.forward(hours=1)
    again = request("Re: SD261116-000001", number=2, in_reply_to="<mail-1@thcs-hoamai.example>")
    desk.office.store(again, mailbox=reports)
    desk.office.store(request("[0010#DVC] Xin hỏi", number=3, sender="b@hai.example"), mailbox=reports)
    desk.office.process()


def test_with_two_mailboxes_lists_tickets_and_mails_say_to_which_one(desk: DeskServer) -> None:
    desk.app.config = with_boxes(desk.app.config, baocao=box())
    fill(desk)
    for who in ("lan", "thu"):
        assert sorted(told(desk, "/tickets", who)) == [REPORTS, OUR_ADDRESS]
        assert told(desk, "/tickets/SD261116-000001", who) == [REPORTS, OUR_ADDRESS]
        assert told(desk, "/m/3", who) == [REPORTS]


def test_programs_are_told_the_same_by_the_api(desk: DeskServer) -> None:
    desk.app.config = with_boxes(desk.app.config, baocao=box())
    fill(desk)
    for who in ("lan", "thu"):
        with desk.program(desk.token(who)) as program:
            listed = program.get("/tickets").json()["tickets"]
            first, second = (
                program.get(f"/tickets/{code}").json() for code in ("SD261116-000001", "SD261116-000002")
            )
            turns = {turn["mail"]: turn["mailbox"] for turn in first["conversation"]}
            mails = [program.get(f"/mails/{number}").json()["mailbox"] for number in (1, 2, 3)]
        assert sorted(one["mailbox"] for one in listed) == [REPORTS, OUR_ADDRESS]
        assert (first["mailbox"], second["mailbox"]) == (OUR_ADDRESS, REPORTS)
        # a letter of ours came to no mailbox
        assert turns == {1: OUR_ADDRESS, 2: REPORTS, None: None}
        assert mails == [OUR_ADDRESS, REPORTS, REPORTS]


def test_with_one_mailbox_programs_are_told_of_none(desk: DeskServer) -> None:
    fill(desk)
    with desk.program(desk.token("lan")) as program:
        [*listed, ticket, mail] = (
            *program.get("/tickets").json()["tickets"],
            program.get("/tickets/SD261116-000001").json(),
            program.get("/mails/3").json(),
        )
    told = (*listed, ticket, *ticket["conversation"], mail)
    assert len(told) >= 7
    assert {one["mailbox"] for one in told} == {None}


def test_beside_the_conversation_stands_where_the_first_mail_came_to(desk: DeskServer) -> None:
    desk.app.config = with_boxes(desk.app.config, baocao=box())
    fill(desk)
    for number, mailbox in ((1, OUR_ADDRESS), (2, REPORTS)):
        page = desk.let_in("lan").get(f"/tickets/SD261116-00000{number}").text
        assert re.search(rf"<dt>Gửi tới hộp thư</dt>\s*<dd[^>]*>{mailbox}</dd>", page)


def test_with_one_mailbox_nothing_is_said_of_it(desk: DeskServer) -> None:
    fill(desk)
    for path in ("/tickets", "/tickets/SD261116-000001", "/m/3"):
        assert told(desk, path) == []
        assert "hộp thư" not in desk.let_in("lan").get(path).text


def test_what_is_not_routed_says_it_too(desk: DeskServer) -> None:
    desk.app.config = with_boxes(desk.app.config, baocao=box())
    desk.office.store(request("Xin hỗ trợ", text="Nhờ xem giúp."), mailbox=box().stored_as)
    desk.office.process()
    assert told(desk, "/today") == [REPORTS]


def test_mailboxes_are_told_apart_by_no_more_than_it_takes(desk: DeskServer) -> None:
    config, main = desk.app.config, desk.app.config.mailbox.stored_as
    assert called(config, main) == ""
    answering = with_boxes(config, a=box("acct-7", from_address=REPORTS))
    assert called(answering, answering.mailboxes["a"].stored_as) == REPORTS
    folders = with_boxes(config, a=box(OUR_ADDRESS, folder="Bao cao"))
    assert [called(folders, one.stored_as) for one in folders.boxes.values()] == [
        f"{OUR_ADDRESS} (INBOX)",
        f"{OUR_ADDRESS} (Bao cao)",
    ]
    accounts = with_boxes(config, a=box("acct-7"))
    assert [called(accounts, one.stored_as) for one in accounts.boxes.values()] == [
        f"{OUR_ADDRESS} (main)",
        f"{OUR_ADDRESS} (a)",
    ]


def test_a_mailbox_that_is_read_no_more_and_old_mails_are_told_as_far_as_they_are_known(
    desk: DeskServer,
) -> None:
    config = with_boxes(desk.app.config, a=box())
    assert called(config, "cu@imap.example/INBOX") == "cu@imap.example/INBOX"
    assert called(config, imported_as("2024", box().stored_as)) == REPORTS
    assert called(config, imported_as("2024")) == ""
