"""What monitors ask: is the process alive, is the service ready and making progress."""

from fastapi import FastAPI
from fastapi.responses import JSONResponse

from triage.db.engine import Database
from triage.ports import Clock
from triage.service.health import Receivers, check_health


def create_app(database: Database, clock: Clock, receivers: Receivers, place: str = "") -> FastAPI:
    """Make the web application; ``place`` tells those who ask with the same settings that it is theirs."""
    web = FastAPI(title="triage", docs_url=None, redoc_url=None, openapi_url=None)

    @web.get("/healthz")
    def alive() -> dict[str, str]:
        """Answer as long as the process lives; asks nothing else."""
        return {"status": "ok"}

    @web.get("/readyz")
    def ready() -> JSONResponse:
        """Answer 200 where database and stages are well, else 503 with a sentence for each fault."""
        checks = check_health(database, clock, receivers)
        ok = all(check.ok for check in checks)
        body = {
            "status": "ok" if ok else "failing",
            "settings": place,
            "checks": {check.name: "ok" if check.ok else "failing" for check in checks},
        }
        return JSONResponse(body, status_code=200 if ok else 503)

    return web
