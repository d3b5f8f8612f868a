"""A sample address of every route for people: who adds a route adds a row here, else a test fails.

The words in braces stand for what the test's world holds. ``foreign`` is the same address for an object of a
treasury that the coordinator does not look after; routes without an object have none.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Sample:
    """One route with an address, that of a foreign object, and what its form holds besides token and key."""

    route: str
    address: str
    foreign: str = ""
    form: Mapping[str, str] = field(default_factory=dict)


def of_ticket(route: str, **form: str) -> Sample:
    """Give the sample of a route below /tickets/{code}."""
    method, path = route.split()
    del method
    return Sample(
        route, path.replace("{code}", "{own_ticket}"), path.replace("{code}", "{foreign_ticket}"), form
    )


def of_mail(route: str, **form: str) -> Sample:
    """Give the sample of a route below /m/{mail}."""
    method, path = route.split()
    del method
    path = path.replace("{place}", "1" if "/pdf/" in path else "0")
    return Sample(route, path.replace("{mail}", "{own_mail}"), path.replace("{mail}", "{foreign_mail}"), form)


def plain(route: str, **form: str) -> Sample:
    """Give the sample of a route without an object."""
    return Sample(route, route.split()[1], form=form)


NEW_PERSON = {"name": "moi", "display_name": "Người Mới", "role": "agent"}

SAMPLES: tuple[Sample, ...] = (
    # one's own account
    plain("POST /sign-out"),
    plain("GET /second-factor"),
    plain("GET /second-factor/picture.svg"),
    plain("POST /second-factor", code="000000"),
    plain("POST /account/recovery-codes"),
    plain("GET /account"),
    Sample("POST /account/sessions/{session_id}/end", "/account/sessions/{other_session}/end"),
    plain("POST /account/sessions/end-others"),
    plain("POST /account/password", old="sai", new="sai", again="sai"),
    plain("POST /account/leave", first="2026-12-01", last="2026-12-02"),
    plain("POST /account/leave/end"),
    plain("POST /account/preferences", density="roomy"),
    plain("POST /account/language", language="vi"),
    plain("GET /account/confirm"),
    plain("POST /account/confirm", password="sai"),
    plain("GET /account/tokens"),
    plain("POST /account/tokens", name="Chương trình", scopes="verify", days="30"),
    Sample("POST /account/tokens/{token_id}/revoke", "/account/tokens/{other_token}/revoke"),
    # people
    plain("GET /people"),
    Sample("GET /people/{name}", "/people/spare"),
    plain("POST /people", **NEW_PERSON),
    Sample("POST /people/{name}/invite", "/people/spare/invite"),
    Sample("POST /people/{name}/role", "/people/spare/role", form={"role": "agent"}),
    Sample("POST /people/{name}/queues", "/people/spare/queues", form={"queues": "0010"}),
    Sample("POST /people/{name}/address", "/people/spare/address", form={"email": "spare@kbnn.example"}),
    Sample("POST /people/{name}/answers", "/people/spare/answers", form={"allowed": "yes"}),
    Sample("POST /people/{name}/disable", "/people/spare/disable"),
    Sample("POST /people/{name}/enable", "/people/spare/enable"),
    Sample("POST /people/{name}/reset-code", "/people/spare/reset-code"),
    Sample("POST /people/{name}/link", "/people/spare/link", form={"subject": "x"}),
    Sample("POST /people/{name}/unlink", "/people/spare/unlink"),
    Sample("POST /people/{name}/end-sessions", "/people/spare/end-sessions"),
    Sample("POST /people/{name}/revoke-tokens", "/people/spare/revoke-tokens"),
    plain("GET /audit"),
    plain("GET /webhooks"),
    # no host is named in [api] webhook_hosts of the test
    plain("POST /webhooks", login="spare", address="https://x.example", events="ticket.opened"),
    *(
        Sample(f"POST /webhooks/{{number}}/{act}", f"/webhooks/999999/{act}")
        for act in ("off", "on", "end", "test")
    ),
    # board, queues, views
    plain("GET /"),
    plain("GET /events"),
    plain("GET /tickets"),
    plain("GET /tickets.csv"),
    plain("GET /tickets.xlsx"),
    Sample("GET /queues/{queue}.csv", "/queues/0010.csv", "/queues/3110.csv"),
    Sample("GET /queues/{queue}.xlsx", "/queues/0010.xlsx", "/queues/3110.xlsx"),
    Sample("GET /queues/{queue}", "/queues/0010", "/queues/3110"),
    Sample("POST /views", "/views", form={"address": "/tickets", "name": "Của tôi"}),
    Sample("POST /views/{view_id}/delete", "/views/1/delete", form={"address": "/tickets"}),
    plain("GET /today"),
    plain("POST /today/duty"),
    plain("POST /tickets/take-oldest", region="central"),
    plain("POST /tickets/bulk", act="close", code="{own_ticket}"),
    Sample("POST /acts/{of}/undo", "/acts/of-somebody-else/undo"),
    plain("GET /security"),
    Sample("GET /campaigns/{number}", "/campaigns/{campaign}"),
    Sample("GET /campaigns/{number}/days.svg", "/campaigns/{campaign}/days.svg"),
    Sample("GET /campaigns/{number}/evidence.zip", "/campaigns/{campaign}/evidence.zip"),
    Sample("POST /campaigns/{number}/name", "/campaigns/{campaign}/name", form={"name": "Nhóm Một"}),
    Sample("POST /campaigns/{number}/merge", "/campaigns/{campaign}/merge", form={"other": "1"}),
    Sample("POST /campaigns/{number}/unmerge", "/campaigns/{campaign}/unmerge", form={"other": "1"}),
    Sample("POST /campaigns/{number}/split", "/campaigns/{campaign}/split", form={"mail": "99"}),
    Sample("POST /campaigns/{number}/put-back", "/campaigns/{campaign}/put-back", form={"mail": "99"}),
    Sample("POST /campaigns/{number}/watch", "/campaigns/{campaign}/watch"),
    Sample("GET /campaigns/{number}/notice", "/campaigns/{campaign}/notice"),
    Sample("POST /campaigns/{number}/notice", "/campaigns/{campaign}/notice"),
    Sample("POST /campaigns/{number}/notice/preview", "/campaigns/{campaign}/notice/preview"),
    plain("GET /search"),
    # a ticket and its mails
    of_ticket("GET /tickets/{code}"),
    of_ticket("GET /tickets/{code}/evidence.zip"),
    of_ticket("GET /tickets/{code}/suggestions"),
    of_ticket("POST /tickets/{code}/suggestions", source="SD261116-999999"),
    of_ticket("GET /tickets/{code}/warning"),
    of_ticket("POST /tickets/{code}/warning"),
    of_ticket("POST /tickets/{code}/warning/preview"),
    # what is done to a ticket: forms that lack something, so that most change nothing and are refused as such
    *(
        of_ticket(f"POST /tickets/{{code}}/{act}")
        for act in (
            *("take", "assign", "unassign", "category", "priority", "reroute", "close", "reopen", "snooze"),
            *("hold", "release", "impostor", "note", "call", "link", "unlink", "merge", "unmerge", "split"),
            *("propose", "withdraw", "give-back"),
            *("hand-over", "fetch", "receive", "hand-back", "province-answer"),
            *("answer", "ask-missing", "draft", "insert", "preview", "presence"),
        )
    ),
    Sample(
        "POST /tickets/{code}/recall/{letter}",
        "/tickets/{own_ticket}/recall/1",
        "/tickets/{foreign_ticket}/recall/1",
    ),
    plain("GET /reports", month="2026-11"),
    plain("GET /reports.csv", month="2026-11"),
    plain("GET /reports.xlsx", month="2026-11"),
    Sample("GET /reports/{table}.svg", "/reports/treasury.svg?month=2026-11"),
    Sample("GET /reports/provinces/{queue}", "/reports/provinces/0010", "/reports/provinces/3110"),
    plain("GET /operations"),
    plain("POST /operations/mails/retry", which="all"),
    plain("POST /operations/letters/retry", which="all"),
    plain("GET /senders"),
    plain("POST /senders/add", sort="watch", entry="0999888777", reason="thử"),
    plain("POST /senders/remove", sort="block", entry="xau.example", reason="thử"),
    plain("GET /units"),
    plain("GET /units.csv"),
    plain("POST /units", name="Trường Mới", sort="budget"),
    plain("GET /units/import"),
    plain("POST /units/import", text="name,treasury\n"),
    plain("POST /units/import/try", text="name,treasury\n"),
    plain("GET /units/proposals"),
    Sample("POST /units/proposals/{proposal_id}/accept", "/units/proposals/{proposal}/accept"),
    Sample("POST /units/proposals/{proposal_id}/refuse", "/units/proposals/{proposal}/refuse"),
    Sample("GET /units/{unit_id}", "/units/{own_unit}", "/units/{foreign_unit}"),
    Sample("POST /units/{unit_id}", "/units/{own_unit}", form={"name": "Trường Khác", "sort": "budget"}),
    Sample("POST /units/{unit_id}/remove", "/units/{old_unit}/remove"),
    plain("GET /treasuries"),
    Sample("GET /treasuries/{queue}", "/treasuries/0010", "/treasuries/3110"),
    Sample("POST /treasuries/{queue}/coordinators", "/treasuries/0010/coordinators", form={"name": "spare"}),
    Sample(
        "POST /treasuries/{queue}/coordinators/remove",
        "/treasuries/0010/coordinators/remove",
        form={"name": "spare"},
    ),
    plain("GET /rules"),
    plain("POST /rules/try", raw="From: lan@thcs-hoamai.example\n\n"),
    plain("GET /approvals"),
    # incidents are everybody's, of their tickets each sees his own
    plain("GET /incidents"),
    Sample("GET /incidents/{incident_id}", "/incidents/{incident}"),
    *(
        Sample(f"POST /incidents/{{incident_id}}/{act}", f"/incidents/{{incident}}/{act}")
        for act in ("preview", "propose", "answer", "drop", "add", "take-out")
    ),
    Sample("POST /incidents/{incident_id}/close", "/incidents/{incident}/close", form={"outcome": "none"}),
    Sample("POST /incidents/{incident_id}/dissolve", "/incidents/{spare_incident}/dissolve"),
    plain("GET /notices"),
    plain("POST /notices/read"),
    of_mail("GET /m/{mail}"),
    of_mail("GET /m/{mail}/unmasked"),
    of_mail("GET /m/{mail}/body"),
    of_mail("GET /m/{mail}/unmasked/body"),
    of_mail("GET /m/{mail}/part/{place}"),
    of_mail("GET /m/{mail}/look/{place}"),
    of_mail("GET /m/{mail}/pdf/{place}"),
    of_mail("GET /m/{mail}/raw"),
    of_mail("GET /m/{mail}/eml"),
)
