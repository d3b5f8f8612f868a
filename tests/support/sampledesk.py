"""A desk that has worked the sample mailbox, with a person for each role."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from pydantic import SecretStr
from support.deskmails import BAIT, IMPOSTOR, paper, screen, with_files
from support.deskserver import DeskServer, desk_of
from support.office import Office, open_office, request
from support.surges import incidents_of, tell

from triage.adapters.configapi import ApiConfig
from triage.adapters.configmailbox import InboxConfig
from triage.adapters.courier import Courier
from triage.core.units import Registration
from triage.core.webhookevents import WebhookEvent
from triage.db import mails, people, tickets, units as rows
from triage.demo import sample_mails
from triage.service import campaigns, incidents, people as accounts, surges, trust, units, webhooks
from triage.service.incidents import IncidentForm

PEOPLE = (
    ("lan", "agent", "Nguyễn Thị Lan", ()),
    ("minh", "agent", "Trần Quang Minh", ()),
    ("thu", "coordinator", "Lê Minh Thu", ("3110",)),
    ("ha", "coordinator", "Phạm Thu Hà", ("0010",)),
    ("an", "security", "Võ Hoài An", ()),
    ("kiem", "auditor", "Đỗ Văn Kiểm", ()),
    ("tri", "admin", "Bùi Quản Trị", ()),
)

AGAIN = "Hỗ trợ Kho bạc Nhà nước <hotro2@kbnn-hotro-cntt.com>"
SECRETIVE = "ketoan@mn-hoasua.example"
REPORTER = "Kế toán <ketoan@hoacuc.example>"
REPORT = (
    "[3110#DVC] Kính báo: có người tự xưng là cán bộ Kho bạc gọi từ số 0999 888 777, đòi mật khẩu dịch vụ "
    "công của đơn vị chúng tôi. Chúng tôi chưa cung cấp gì."
)

UNITS = """\
code,name,treasury,class,software,phone,senders
1234567,Trường Trung học cơ sở Tháng Mười,0010,budget,,0900 000 001,thang-muoi.example
7654321,Trạm Y tế phường Hoa Cúc,3110,budget,,,ketoan@hoacuc.example tramyte@hoacuc.example
,Công ty Cổ phần Kết Nối Xanh,0010,connecting,SoftKT 3,0900 000 003,ketnoi.example
"""

PAGES = (
    ("", "/sign-in"),
    ("an/half", "/sign-in/code"),
    ("an/enrol", "/second-factor"),
    ("", "/welcome/{welcome}"),
    ("lan", "/"),
    ("lan", "/today"),
    ("lan", "/tickets"),
    ("lan", "/queues/0010"),
    ("lan", "/tickets/{code}"),
    ("lan", "/tickets/{code}/suggestions"),
    ("lan", "/m/1"),
    ("lan", "/m/{files}"),
    ("lan", "/m/{files}?view=html"),
    ("lan", "/m/{files}/look/0"),
    ("lan", "/m/{files}/look/1"),
    ("an", "/m/{secrets}/unmasked"),
    ("lan", "/search?q=ho+so"),
    ("lan", "/account"),
    ("lan", "/account/tokens"),
    ("lan", "/account/confirm"),
    ("lan", "/notices"),
    ("", "/kiem-tra"),
    ("lan", "/approvals"),
    ("lan", "/incidents"),
    ("lan", "/incidents/1"),
    ("thu", "/incidents/1"),
    ("an", "/security"),
    ("an", "/tickets/{impostor}/warning"),
    ("an", "/campaigns/2"),
    ("an", "/campaigns/2/notice"),
    ("an", "/senders"),
    ("lan", "/units"),
    ("lan", "/units/1"),
    ("lan", "/units/import"),
    ("lan", "/units/proposals"),
    ("tri", "/treasuries"),
    ("tri", "/treasuries/0010"),
    ("thu", "/tickets"),
    ("thu", "/reports"),
    ("thu", "/reports/provinces/3110"),
    ("tri", "/people"),
    ("tri", "/people/lan"),
    ("tri", "/webhooks"),
    ("kiem", "/audit"),
    ("tri", "/operations"),
    ("tri", "/rules"),
    ("lan", "/none"),
)
"""Pages that people look at, each by somebody who may; ``an/half`` has given his password and no code yet.

``{code}`` and ``{impostor}`` are tickets, ``{files}`` is a mail with a picture and a PDF, ``{secrets}`` one
with a password, ``{welcome}`` an invitation.
"""

NO_PAGES = {
    **dict.fromkeys(
        (
            *("/tickets.csv", "/tickets.xlsx", "/queues/{queue}.csv", "/queues/{queue}.xlsx", "/units.csv"),
            *("/reports.csv", "/reports.xlsx", "/tickets/{code}/evidence.zip"),
            *("/campaigns/{number}/evidence.zip", "/m/{mail}/part/{place}", "/m/{mail}/eml", "/m/{mail}/raw"),
        ),
        "is saved, or shown as bare text",
    ),
    **dict.fromkeys(
        (
            *("/campaigns/{number}/days.svg", "/reports/{table}.svg", "/second-factor/picture.svg"),
            *("/m/{mail}/image/{place}", "/m/{mail}/pdf/{place}"),
        ),
        "is a picture or paper in a page that is listed",
    ),
    **dict.fromkeys(
        ("/m/{mail}/body", "/m/{mail}/unmasked/body"),
        "is what a stranger wrote, in the frame of a page that is listed",
    ),
    **dict.fromkeys(("/sign-in/oidc", "/sign-in/oidc/back"), "only leads on"),
    "/static/{name}": "is style, script or drawing",
    "/events": "is a stream for an open page",
}
"""Addresses that the desk answers without showing a page of its own, and what they are instead."""


@contextmanager
def sample_desk(folder: Path) -> Iterator[DeskServer]:
    """Serve a desk on a new database in a folder; its clock stands 15 minutes after the last mail."""
    url = f"sqlite:///{folder / 'triage.sqlite'}"
    with open_office(url) as office, desk_of(office, public_check=True) as server:
        boxes = _read_two_mailboxes(server)
        for number, (_, received_at, raw) in enumerate(sample_mails()):
            office.clock.moment = received_at + timedelta(minutes=1)
            office.store(raw, received_at=received_at, mailbox=boxes[number % 3 == 2])
            office.process()
        office.clock.forward(minutes=15)
        _fill_directory(office)
        for name, role, display_name, queues in PEOPLE:
            email = f"{name}@kho-bac.example" if role == "coordinator" else ""
            server.person(name, role, *queues, display_name=display_name, email=email)
        _send_files(office)
        _let_an_error_surge(office)
        courier = _tell_programs(server)
        _confirm_an_impostor(office)
        webhooks.deliver(office.database, office.clock, courier)
        yield server


def _send_files(office: Office) -> None:
    """Let a unit send a picture and a paper, and another its password."""
    office.store(with_files(screen(), paper()))
    text = "Đơn vị không đăng nhập được. Tài khoản: hoamai, mật khẩu: HoaMai@2026."
    office.store(request("[0010#DVC] Quên mật khẩu", number=4, sender=SECRETIVE, text=text, date=""))
    office.process()


def _read_two_mailboxes(server: DeskServer) -> tuple[str, str]:
    """Let the desk know of a second mailbox; give the names that mails of both are kept under."""
    further = InboxConfig(host="imap.example", username="baocao@vst.gov.vn", password=SecretStr("x"))
    server.app.config = server.app.config.model_copy(update={"mailboxes": {"baocao": further}})
    return server.app.config.mailbox.stored_as, further.stored_as


def _tell_programs(server: DeskServer) -> Courier:
    """Have programs told: one that takes nothing, and one that is switched off."""
    office, hosts = server.office, ("127.0.0.1:9", "cong-dich-vu.example")
    server.app.config = server.app.config.model_copy(update={"api": ApiConfig(webhook_hosts=hosts)})
    courier = Courier(hosts)
    for login, address in (
        ("lan", "http://127.0.0.1:9/nhan-tin"),
        ("thu", "https://cong-dich-vu.example/kho-bac/phieu"),
    ):
        made = webhooks.register(
            office.database, office.clock, courier, login, address, tuple(WebhookEvent), actor="tri"
        )
    webhooks.pause(office.database, office.clock, made.id, actor="tri")
    return courier


def _let_an_error_surge(office: Office) -> None:
    """Let units of three provinces tell of one error; a coordinator proposes what all are answered."""
    for province in (0, 1, 2):
        tell(office, "sign_5032", province)
    surges.look(office.database, office.means)
    with office.database.read() as connection:
        thu = people.find(connection, "thu")
        [number] = (one.incident.id for one in incidents_of(office))
    assert thu is not None
    text = "Kho bạc đã khởi động lại máy chủ ký số. Đề nghị Quý đơn vị ký lại chứng từ."
    incidents.propose(office.database, office.means, IncidentForm(thu, number, "key-surge", ""), text)


def _fill_directory(office: Office) -> None:
    """Write units of sample mails into the directory, and what a registration form proposes for one."""
    with office.database.read() as connection:
        wrote = tickets.listed(connection)[-1].requester_address
    units.import_csv(office.database, office.means, UNITS.replace("thang-muoi.example", wrote), actor="lan")
    known = units.listed(office.database, "thang muoi")[0]
    form = Registration(known.name, known.code, "", "0900 000 009", "Kế toán Xanh 5.2", "0010", "")
    with office.database.write() as connection:
        rows.propose(connection, 1, "ketoan@thang-muoi.example", form.as_json(), office.clock.now())


def _confirm_an_impostor(office: Office) -> None:
    """Let an impostor write, the last of all, and a security officer confirm him."""
    office.store(request("Báo mạo danh", number=2, sender=REPORTER, text=REPORT, date=""))
    office.store(
        request("[3110#DVC] Nâng cấp", number=3, sender=AGAIN, text=f"{BAIT} Hạn chót 17 giờ.", date="")
    )
    office.store(request(sender=IMPOSTOR, text=BAIT, date=""))
    office.process()
    with office.database.read() as connection:
        code = tickets.listed(connection)[0].code
    trust.confirm_impostor(office.database, office.means, code, reason="Đã gọi hỏi.", actor="an", sure=True)
    campaigns.keep_up(office.database, office.means)


def address_of(desk: DeskServer, path: str) -> str:
    """Give the address of a page of PAGES."""
    known = codes(desk)
    names: dict[str, object] = {"code": known[0], "impostor": known[-1], **_mails(desk)}
    if "{welcome}" in path:
        office = desk.office
        names["welcome"] = accounts.invite(office.database, office.clock, "minh", actor="tri").token
    return path.format_map(names)


def _mails(desk: DeskServer) -> dict[str, int]:
    """Give the mail with files and the one with a password."""
    with desk.office.database.read() as connection:
        rows = mails.listed(connection, limit=1000)
    secrets = next(row.id for row in rows if row.from_address == SECRETIVE)
    return {"secrets": secrets, "files": secrets - 1}


def codes(desk: DeskServer) -> list[str]:
    """Give the codes of all tickets, the oldest first."""
    with desk.office.database.read() as connection:
        return [row.code for row in reversed(tickets.listed(connection))]
