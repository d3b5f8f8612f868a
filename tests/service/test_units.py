"""The directory of units: imported, exported, used for routing, and fed by registration forms."""

from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP

import pytest
from sqlalchemy import select
from support.office import Office, open_office, request
from support.papers import TYPES
from support.unitforms import HEAD

from triage.core.units import UnitBy, find_unit_codes
from triage.db import units as stored_units
from triage.db.schema import decisions, tickets, unit_proposals
from triage.errors import NotFoundError, RefusalError
from triage.service import auditing, registering, units

SCHOOL = "1234567,Trường Hoa Cúc,0160,budget,,0900000001,hoacuc.example ketoan@hoacuc.example\n"
FIRM = ",Công ty Kết Nối,0010,connecting,SoftKT 3,,ketnoi.example\n"
FORM = """\
THÔNG BÁO CỦA KHÁCH HÀNG
VỀ VIỆC ĐĂNG KÝ SỬ DỤNG ỨNG DỤNG, DỊCH VỤ

Kính gửi: Kho bạc Nhà nước Đà Nẵng
Tên khách hàng/ĐVQHNS: ..... Trường Hoa Cúc
Mã ĐVQHNS (nếu có): 1234567
Địa chỉ: Số 1, phố Hoa
Số điện thoại: 0900 000 001
Tên phần mềm kết nối tới ứng dụng: Kế toán Xanh 5.2
"""


@pytest.fixture
def office(database_url: str) -> Iterator[Office]:
    with open_office(database_url) as office:
        yield office


def load(office: Office, text: str) -> units.Imported:
    return units.import_csv(office.database, office.means, text, actor="test")


def exported(office: Office) -> str:
    return "".join(units.export_csv(office.database))


def queue_of(office: Office) -> str:
    with office.database.read() as connection:
        return str(connection.scalar(select(tickets.c.queue).order_by(tickets.c.id.desc())))


def test_what_was_imported_is_exported_and_imports_again_as_the_same(office: Office) -> None:
    assert load(office, HEAD + SCHOOL + FIRM) == units.Imported(added=2, changed=0, same=0)
    again = exported(office)
    assert sorted(again.splitlines()) == sorted((HEAD + SCHOOL + FIRM).splitlines())
    assert load(office, again) == units.Imported(added=0, changed=0, same=2)
    changed = again.replace("0160", "0010")
    assert load(office, changed) == units.Imported(added=0, changed=1, same=1)


def test_a_name_that_the_release_before_has_written_is_found_too(office: Office) -> None:
    load(office, HEAD + SCHOOL + FIRM)
    with office.database.write() as connection:
        later = office.clock.now() + timedelta(minutes=1)
        written = stored_units.units.update().where(stored_units.units.c.code == "1234567")
        connection.execute(written.values(name="Trường Hoa Mai", changed_at=later))
        connection.execute(
            stored_units.units.insert().values(
                name="Trạm Y tế", sort="budget", changed_at=later, changed_by="test"
            )
        )
    for asked, name in (("hoa MAI", "Trường Hoa Mai"), ("tram y te", "Trạm Y tế")):
        assert [row.name for row in units.listed(office.database, asked)] == [name]
    # its address still says so, its name no more
    assert [row.senders for row in units.listed(office.database, "hoacuc")] == [
        ("hoacuc.example", "ketoan@hoacuc.example")
    ]
    assert units.listed(office.database, "hoa cuc") == []


def test_a_trial_import_changes_nothing(office: Office) -> None:
    done = units.import_csv(office.database, office.means, HEAD + SCHOOL, actor="test", dry_run=True)
    assert done.added == 1
    assert units.listed(office.database) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("code,name\n", "lacks the column treasury"),
        ("name,treasury,colour\n", "unknown column “colour”"),
        (HEAD + SCHOOL + ",,0010,,,,\n", "line 3: a unit needs a name"),
        (HEAD + "12,A,0010,,,,\n", "line 2: “12” is no number of a unit"),
        (HEAD + ",A,9999,,,,\n", "line 2: treasury 9999 leads to no queue"),
        (HEAD + ",A,0010,school,,,\n", "class must be one of budget, connecting"),
        (HEAD + ",A,0010,,,,gmail.com\n", "gmail.com is a public mail provider"),
        (HEAD + ",A,0010,,,,không\n", "neither an address nor a domain"),
        (
            HEAD + SCHOOL + ",B,0010,,,,ketoan@hoacuc.example\n",
            "line 3: .*belongs to “Trường Hoa Cúc” already",
        ),
        (HEAD + f",{'x' * 501},0010,,,,\n", "name is longer than 500"),
        (HEAD + '"a\n', "is no CSV"),
    ],
)
def test_a_mistake_names_the_line_and_imports_nothing(office: Office, text: str, said: str) -> None:
    with pytest.raises(RefusalError, match=said):
        load(office, text)
    assert units.listed(office.database) == []


def test_no_cell_that_is_exported_acts_as_a_formula(office: Office) -> None:
    load(office, HEAD + "1234567,'=cmd|x,0160,budget,+soft,-1,\n")
    cells = exported(office).splitlines()[1].split(",")
    assert cells[1:2] + cells[4:6] == ["'=cmd|x", "'+soft", "'-1"]
    assert load(office, exported(office)).same == 1


def test_mail_of_a_unit_goes_to_its_treasury(office: Office) -> None:
    load(office, HEAD + SCHOOL)
    office.store(request("Xin hỏi", sender="Ai <moi@hoacuc.example>", text="Không ký được."))
    office.process()
    assert queue_of(office) == "0160"


def test_a_connecting_unit_is_told_as_such_and_its_incident_goes_to_the_centre(office: Office) -> None:
    load(office, HEAD + FIRM)
    text = "Phần mềm không kết nối được tới KBNN-Gateway, báo lỗi kết nối từ 8 giờ."
    office.store(request("Sự cố kết nối Gateway", sender="it@ketnoi.example", text=text))
    office.process()
    assert queue_of(office) == "central"
    with office.database.read() as connection:
        document = connection.scalar(select(decisions.c.document))
    assert document["unit"]["software"] == "SoftKT 3"
    assert "from_connecting_unit" in {reason["code"] for reason in document["reasons"]}


def test_a_number_in_the_text_routes_a_stranger(office: Office) -> None:
    load(office, HEAD + SCHOOL)
    office.store(request("Xin hỏi", sender="x@khac.example", text="Không ký được. Mã ĐVQHNS: 1234567"))
    office.process()
    assert queue_of(office) == "0160"


def test_an_address_goes_before_its_domain_and_a_shared_domain_names_nobody(office: Office) -> None:
    other = "7654321,Trường Hoa Mai,0010,budget,,,hoacuc.example\n"
    load(office, HEAD + SCHOOL + other)
    with office.database.read() as connection:
        own, of_many = stored_units.matching(connection, "ketoan@hoacuc.example", [])
        shared, also_of_many = stored_units.matching(connection, "moi@hoacuc.example", [])
        below, below_of_many = stored_units.matching(connection, "moi@mail.hoacuc.example", ["7654321"])
        both, _ = stored_units.matching(connection, "", ["7654321", "1234567"])
    assert (of_many, also_of_many, below_of_many) == (True, True, False)
    assert own is not None
    assert (own.code, own.by) == ("1234567", UnitBy.ADDRESS)
    assert shared is None
    assert below is not None
    assert (below.code, below.by) == ("7654321", UnitBy.CODE)
    assert both is None


@pytest.mark.parametrize("domain", ["thuế.example", "xn--thu-9jz.example"])
def test_a_domain_is_that_of_its_units_in_letters_and_in_punycode(office: Office, domain: str) -> None:
    load(office, f"{HEAD}1234567,Trường Hoa Mai,0160,budget,,,thuế.example\n")
    with office.database.read() as connection:
        found, of_many = stored_units.matching(connection, f"ketoan@{domain}", [])
    assert (found and found.code, of_many) == ("1234567", False)
    load(office, f"{HEAD}7654321,Trường Hoa Sen,0010,budget,,,xn--thu-9jz.example\n")
    with office.database.read() as connection:
        assert stored_units.matching(connection, f"ketoan@{domain}", []) == (None, True)


def test_a_removed_unit_is_found_no_more_and_its_number_is_free(office: Office) -> None:
    load(office, HEAD + SCHOOL)
    (row,) = units.listed(office.database, "Hoa Cúc")
    assert units.remove(office.database, office.means, row.id, actor="test").name == "Trường Hoa Cúc"
    with office.database.read() as connection:
        assert stored_units.matching(connection, "ketoan@hoacuc.example", [])[0] is None
    assert load(office, HEAD + SCHOOL).added == 1
    with pytest.raises(NotFoundError, match="There is no unit 999"):
        units.remove(office.database, office.means, 999, actor="test")


def test_a_registration_form_proposes_an_entry_that_a_person_accepts(office: Office) -> None:
    office.store(request("Đăng ký kết nối", sender="it@hoacuc.example", text=FORM))
    office.process()
    (proposal,) = registering.proposals(office.database)
    assert proposal.ticket_code is not None
    assert dict(proposal.form) == {
        "name": "Trường Hoa Cúc",
        "code": "1234567",
        "address": "Số 1, phố Hoa",
        "phone": "0900 000 001",
        "software": "Kế toán Xanh 5.2",
        "treasury": "0160",
        "found_in": "",
    }
    assert units.listed(office.database) == []
    row = registering.accept(office.database, office.means, proposal.id, actor="an", sender="hoacuc.example")
    assert (row.sort, row.treasury, row.senders) == ("connecting", "0160", ("hoacuc.example",))
    with pytest.raises(RefusalError, match="was accepted by an already"):
        registering.accept(office.database, office.means, proposal.id, actor="an")


@pytest.mark.parametrize("ending", TYPES)
def test_a_form_in_a_file_proposes_an_entry_too(office: Office, ending: str) -> None:
    mail = message_from_bytes(request("Đăng ký kết nối", text="Kính gửi phiếu kèm theo."), policy=SMTP)
    assert isinstance(mail, EmailMessage)
    table = FORM.replace(": ", ":\t").replace("\t.....", "\t")
    mail.add_attachment(TYPES[ending](table), "application", "octet-stream", filename=f"Phiếu{ending}")
    office.store(mail.as_bytes())
    office.process()
    (proposal,) = registering.proposals(office.database)
    form = dict(proposal.form)
    assert (form["name"], form["code"], form["treasury"]) == ("Trường Hoa Cúc", "1234567", "0160")
    assert (form["software"], form["found_in"]) == ("Kế toán Xanh 5.2", f"Phiếu{ending}")


def test_an_accepted_form_takes_nobodys_address_by_itself(office: Office) -> None:
    load(office, HEAD + SCHOOL)
    office.store(request("Đăng ký kết nối", sender="la@la.example", text=FORM))
    office.process()
    (proposal,) = registering.proposals(office.database)
    row = registering.accept(office.database, office.means, proposal.id, actor="an")
    assert row.senders == ("hoacuc.example", "ketoan@hoacuc.example")


def test_a_form_may_be_refused_with_a_reason(office: Office) -> None:
    office.store(request("Đăng ký kết nối", text=FORM))
    office.process()
    (proposal,) = registering.proposals(office.database)
    with pytest.raises(RefusalError, match="needs a reason"):
        registering.refuse(office.database, office.means, proposal.id, actor="an", reason=" ")
    registering.refuse(office.database, office.means, proposal.id, actor="an", reason="gọi lại không đúng")
    assert registering.proposals(office.database) == []
    assert [one.state for one in registering.proposals(office.database, state=None)] == ["refused"]


def test_every_act_on_the_directory_is_in_the_audit_by_numbers_alone(office: Office) -> None:
    second = request("Đăng ký", number=2, sender="b@b.example", text=FORM.replace("1234567", "7654321"))
    office.store(request("Đăng ký kết nối", text=FORM), second)
    office.process()
    wanted, unwanted = registering.proposals(office.database)
    load(office, HEAD + SCHOOL + FIRM)
    units.import_csv(office.database, office.means, HEAD + FIRM, actor="test", dry_run=True)
    taken = registering.accept(office.database, office.means, wanted.id, actor="an")
    registering.refuse(office.database, office.means, unwanted.id, actor="an", reason="không đúng")
    units.remove(office.database, office.means, taken.id, actor="ty")
    with pytest.raises(NotFoundError):
        units.remove(office.database, office.means, 999, actor="ty")
    rows = [one for one in auditing.listed(office.database) if one.object.startswith("/units")]
    assert [(one.actor, one.action, one.object, one.data) for one in reversed(rows)] == [
        ("test", "units_imported", "/units", '{"added":2,"changed":0}'),
        ("an", "unit_accepted", f"/units/{taken.id}", f'{{"unit":{taken.id}}}'),
        ("an", "unit_refused", "/units", f'{{"proposal":{unwanted.id}}}'),
        ("ty", "unit_removed", f"/units/{taken.id}", f'{{"unit":{taken.id}}}'),
    ]


def test_the_same_form_twice_is_proposed_once(office: Office) -> None:
    raw = request("Đăng ký kết nối", text=FORM)
    office.store(raw, raw)
    office.process()
    with office.database.read() as connection:
        assert len(connection.execute(select(unit_proposals.c.id)).all()) == 1
        assert len(connection.execute(select(decisions.c.id)).all()) == 2


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("Mã ĐVQHNS: 1234567", ("1234567",)),
        ("MSĐVQHNS 1234567.", ("1234567",)),
        ("mã đơn vị có quan hệ với ngân sách: 1030111", ("1030111",)),
        ("Ma QHNS la 1030111", ("1030111",)),
        ("Mã ĐVSDNS 1030111", ("1030111",)),
        ("mã ĐVQHNS của đơn vị em là 1030111", ("1030111",)),
        ("Trường MN Hoa Mai, ĐVQHNS (1030111)", ("1030111",)),
        ("mã quan hệ ngân sách: 1030111", ("1030111",)),
        ("Mã ĐVQHNS 12345678", ()),
        ("SĐT 1234567", ()),
        ("", ()),
    ],
)
def test_the_number_of_a_unit_is_found_behind_its_label_alone(text: str, codes: tuple[str, ...]) -> None:
    assert find_unit_codes(text) == codes
