"""triage access-token asks a provider as RFC 6749 says, and tells its refusal without what was sent."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from support.commands import triage
from support.viewing import serving

SECRET = "s3cret"


@contextmanager
def provider(asked: list[dict[str, Any]], answer: Response) -> Iterator[str]:
    """Serve a token endpoint that always answers the same."""
    app = FastAPI()

    @app.post("/token")
    async def token(request: Request) -> Response:
        asked.append(dict(await request.form()))
        return answer

    with serving(app) as port:
        yield f"http://127.0.0.1:{port}/token"


def ask(folder: Path, url: str, *more: str) -> tuple[int, str, str]:
    (folder / "secret").write_text(f"{SECRET}\n")
    known = ("--url", url, "--client-id", "triage", "--client-secret-file", str(folder / "secret"))
    done = triage("access-token", *known, *more)
    return done.returncode, done.stdout, done.stderr


def test_a_program_asks_for_itself(tmp_path: Path) -> None:
    asked: list[dict[str, Any]] = []
    with provider(asked, JSONResponse({"access_token": "abc", "expires_in": 3600})) as url:
        assert ask(tmp_path, url, "--scope", "mail/.default") == (0, "abc\n", "")
    assert asked == [
        {
            "client_id": "triage",
            "client_secret": SECRET,
            "grant_type": "client_credentials",
            "scope": "mail/.default",
        }
    ]


def test_a_refresh_token_asks_for_the_account_that_gave_it(tmp_path: Path) -> None:
    (tmp_path / "refresh").write_text("r-1")
    asked: list[dict[str, Any]] = []
    with provider(asked, JSONResponse({"access_token": "abc"})) as url:
        assert ask(tmp_path, url, "--refresh-token-file", str(tmp_path / "refresh"))[:2] == (0, "abc\n")
    assert (asked[0]["grant_type"], asked[0]["refresh_token"]) == ("refresh_token", "r-1")


def test_a_refusal_is_told_in_the_words_of_the_provider(tmp_path: Path) -> None:
    said = {"error": "invalid_client", "error_description": "AADSTS7000215: no\r\nTrace: 1"}
    with provider([], JSONResponse(said, 401)) as url:
        code, _, told = ask(tmp_path, url)
    assert code != 0
    assert "127.0.0.1 gives no access token: invalid_client AADSTS7000215: no Trace: 1.\n" in told
    assert SECRET not in told


def test_what_is_no_answer_is_told(tmp_path: Path) -> None:
    with provider([], PlainTextResponse("Bad gateway", 502)) as url:
        assert "it answers 502, and no JSON" in ask(tmp_path, url)[2]
    assert "cannot be reached" in ask(tmp_path, "http://127.0.0.1:1/token")[2]


def test_no_secret_goes_where_others_listen(tmp_path: Path) -> None:
    code, _, told = ask(tmp_path, "http://login.example/token")
    assert code == 78
    assert "no address with https" in told
