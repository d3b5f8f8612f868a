"""The report of a month: what came, what became of it, how much of it in time; made to be printed."""

from typing import Any

from fastapi.responses import HTMLResponse

from triage.core import charts
from triage.core.months import month_of
from triage.core.people import Right
from triage.web import chips, reportfilter, wording
from triage.web.access import Asking, DeskRouter
from triage.web.desk import Ask
from triage.web.queue import demand_seen, seen_queues
from triage.web.reportfilter import ReportFilter
from triage.web.reportsheet import sheet_of
from triage.web.reporttimes import times_of

router = DeskRouter()


@router.page("/reports", Right.READ)
def reports(ask: Asking) -> HTMLResponse:
    """Show the report of a month, the present one where none is asked for, beside the month before."""
    seen = seen_queues(ask)
    chosen = reportfilter.read(ask, ask.request.query_params, seen)
    return ask.page(
        "desk/reports.html",
        offers=reportfilter.offers(ask, seen),
        strange=list(chips.strange(ask.words, chosen.strange)),
        province=chosen.queue or (seen[0] if len(seen) == 1 else ""),
        **_sheet(ask, chosen),
    )


@router.page("/reports/provinces/{queue}", Right.READ)
def province(ask: Asking, queue: str) -> HTMLResponse:
    """Show the report of one treasury as a sheet of paper; one of somebody else is not there."""
    demand_seen(ask, queue)
    asked = {"month": ask.request.query_params.get("month", ""), "queue": queue}
    chosen = reportfilter.read(ask, asked, (queue,))
    name = wording.queue_name(ask.words, ask.desk.app.means.rules, queue)
    return ask.page("desk/report_province.html", name=name, **_sheet(ask, chosen))


def _sheet(ask: Ask, chosen: ReportFilter) -> dict[str, Any]:
    now, means = ask.desk.now(), ask.desk.app.means
    return {
        "chosen": chosen,
        "month": chosen.month,
        "is_past": chosen.month < month_of(now, means.zone),
        "sheet": sheet_of(ask, chosen, now),
        "times": times_of(ask, chosen, now),
        "chart_width": charts.WIDTH,
        "made_at": wording.moment(now, means.rules.calendar),
    }
