"""The evidence about a ticket as a file to be saved."""

from collections.abc import Iterator
from tempfile import TemporaryFile
from typing import BinaryIO, cast

from fastapi.responses import Response, StreamingResponse

from triage.core.people import Right
from triage.core.tickets import typed_code
from triage.service import evidence
from triage.web.access import Asking, DeskRouter
from triage.web.desk import Ask
from triage.web.dispositions import content_disposition
from triage.web.headers import DOWNLOAD_HEADERS

router = DeskRouter()

_PIECE = 256 * 1024


@router.page("/tickets/{code}/evidence.zip", Right.RAW, fresh=True)
def evidence_file(ask: Asking, code: str) -> Response:
    """Give mails, headers, judgements and history of a ticket with their hashes, as a ZIP file."""
    ticket = ask.ticket(str(typed_code(code) or code))
    disposition = content_disposition("attachment", f"{ticket.code}.zip", 1)
    headers = {**DOWNLOAD_HEADERS, "Content-Disposition": disposition}
    return StreamingResponse(_pieces(ask, ticket.code), media_type="application/zip", headers=headers)


def _pieces(ask: Ask, code: str) -> Iterator[bytes]:
    with TemporaryFile() as file:
        target = cast("BinaryIO", file)
        evidence.pack(ask.desk.database, ask.desk.app.means.clock, ask.person, code, target)
        file.seek(0)
        while piece := file.read(_PIECE):
            yield piece
