"""What Prometheus asks, on a port of its own: how much waits in which queue is for nobody outside."""

import secrets

from fastapi import FastAPI, Request
from fastapi.responses import PlainTextResponse

from triage.app import App
from triage.core.exposition import CONTENT_TYPE, exposition
from triage.service.health import OTHERS
from triage.service.metrics import FAMILIES, Installation, measure
from triage.service.queuefolders import STAGE as FOLDERS


def create_metrics(app: App) -> FastAPI:
    """Make the application; where [metrics] has a bearer_token, only who shows it is answered."""
    web = FastAPI(title="triage", docs_url=None, redoc_url=None, openapi_url=None)
    token = app.config.metrics.bearer_token.get_secret_value()

    @web.get("/metrics")
    def metrics(request: Request) -> PlainTextResponse:
        """Answer with every measurement in the text format of Prometheus."""
        shown = request.headers.get("authorization", "")
        if token and not secrets.compare_digest(shown.encode(), f"Bearer {token}".encode()):
            return PlainTextResponse("", status_code=401, headers={"WWW-Authenticate": "Bearer"})
        config = app.config
        more = (FOLDERS,) if config.mailbox.queue_folders else ()
        about = Installation(
            boxes={name: app.reads(name) for name in config.boxes},
            folder=config.mailbox.folder,
            rules_digest=app.means.rules.digest[:12],
            working=app.leads(),
            stages=(*app.receivers(), *OTHERS, *more),
        )
        values = measure(app.database, app.means.clock, app.tally, about)
        return PlainTextResponse(exposition(FAMILIES, values), media_type=CONTENT_TYPE)

    return web
