"""The desk as it is served: an installation with people, a real server, browsers that are signed in."""

import re
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pyotp
from support.office import OUR_ADDRESS, Office
from support.quickhash import PASSWORDS
from support.viewing import serving

from triage.adapters.configfile import Config
from triage.adapters.configmailbox import MailboxConfig
from triage.adapters.configsections import DatabaseConfig, SmtpConfig, WebConfig
from triage.app import App
from triage.core.apiscopes import Scope, offered
from triage.core.people import NEEDS_SECOND_FACTOR, RIGHTS, Role
from triage.core.tokens import hash_of
from triage.db import people, sessions
from triage.resources import resource
from triage.service import tokens
from triage.service.secondfactor import STEP_SECONDS
from triage.service.tokens import Wanted
from triage.web.deskapp import create_desk

PASSWORD = "trời xanh mây trắng nắng vàng"
PASSWORD_HASH = PASSWORDS.hash(PASSWORD)
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
"""Of everybody's authenticator."""

NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""For plain HTTP: a client without one reads all authorities, which takes longer than a page."""

_FORM_TOKEN = re.compile(r'name="form_token" value="([^"]+)"')


def config_of(url: str, **web: Any) -> Config:
    """Give settings whose only parts that matter are database and [web]; nobody is asked for mail."""
    return Config(
        mailbox=MailboxConfig(host="imap.example", username=OUR_ADDRESS, password="x"),
        smtp=SmtpConfig(host="smtp.example", from_address=OUR_ADDRESS),
        database=DatabaseConfig(url=url),
        web=WebConfig(secure_cookies=False, **web),
    )


@dataclass
class Browser:
    """A browser without JavaScript: it keeps cookies, follows redirects, sends forms with their token."""

    client: httpx.Client
    form_token: str = field(default="")

    def get(self, path: str, **headers: str) -> httpx.Response:
        """Open a page and keep the token of its forms."""
        answer = self.client.get(path, headers=headers)
        self.keep_token(answer)
        return answer

    def keep_token(self, answer: httpx.Response) -> None:
        """Keep the token that the forms of a page bear."""
        if found := _FORM_TOKEN.search(answer.text):
            self.form_token = found.group(1)

    def post(self, path: str, data: Mapping[str, object] | None = None, **headers: str) -> httpx.Response:
        """Send a form as a page of this session would: with its token and a key of its own."""
        form = {"form_token": self.form_token, "key": uuid4().hex, **(data or {})}
        return self.client.post(path, data=form, headers={"Sec-Fetch-Site": "same-origin", **headers})


@dataclass
class DeskServer:
    """A desk that is served, and the office behind it."""

    office: Office
    app: App
    url: str
    _browsers: list[Browser] = field(default_factory=list)

    def person(self, name: str, role: str, *queues: str, **values: object) -> int:
        """Make somebody who can sign in with PASSWORD, and a code where the role needs it; gives the id."""
        own = {
            "display_name": name.title(),
            "password_hash": PASSWORD_HASH,
            "totp_secret": SECRET if Role(role) in NEEDS_SECOND_FACTOR else None,
        }
        with self.office.database.write() as connection:
            person_id = people.add(
                connection, self.office.clock.now(), name=name, role=role, **{**own, **values}
            )
            people.set_queues(connection, person_id, list(queues))
        return person_id

    def browser(self) -> Browser:
        """Give a browser that nobody has signed in with."""
        client = httpx.Client(base_url=self.url, follow_redirects=True, timeout=30, verify=NO_TLS)
        browser = Browser(client)
        self._browsers.append(browser)
        return browser

    def close(self) -> None:
        """Close every browser."""
        for browser in self._browsers:
            browser.client.close()

    def code(self, secret: str = SECRET, *, steps: int = 0) -> str:
        """Give the six digits that an authenticator shows now, or some steps of 30 seconds from now."""
        step = int(self.office.clock.now().timestamp()) // STEP_SECONDS
        return pyotp.TOTP(secret).generate_otp(step + steps)

    def fresh_codes(self) -> None:
        """Let used codes be used again: the clock of a test stands, and its people sign in often."""
        with self.office.database.write() as connection:
            connection.exec_driver_sql("UPDATE people SET totp_step = NULL")

    def let_in(self, name: str, *, factor: str = "code", confirmed_minutes_ago: int = 0) -> Browser:
        """Give a browser with an open session of somebody, without the work of signing in."""
        now, token = self.office.clock.now(), uuid4().hex
        browser = self.browser()
        browser.form_token = uuid4().hex
        with self.office.database.write() as connection:
            person = people.find(connection, name)
            assert person is not None
            sessions.open_one(
                connection,
                token_hash=hash_of(token),
                form_token=browser.form_token,
                person_id=person.id,
                factor=factor,
                created_at=now,
                seen_at=now,
                confirmed_at=now - timedelta(minutes=confirmed_minutes_ago),
                expires_at=now + timedelta(hours=12),
            )
        browser.client.cookies.set("triage", token)
        return browser

    def token(self, name: str, *scopes: Scope, days: int = 30) -> str:
        """Make a token of somebody, good for these scopes, or for all that his role can use."""
        with self.office.database.read() as connection:
            person = people.find(connection, name)
        assert person is not None
        wanted = Wanted("chương trình", scopes or offered(RIGHTS[person.role]), days)
        return tokens.make(self.office.database, self.office.clock, name, wanted, actor="test").token

    def program(self, token: str) -> httpx.Client:
        """Give a program that asks the API with a token."""
        client = httpx.Client(
            base_url=f"{self.url}/api/v1",
            headers={"Authorization": f"Bearer {token}"} if token else {},
            timeout=30,
            verify=NO_TLS,
        )
        self._browsers.append(Browser(client))
        return client

    def signed_in(self, name: str) -> Browser:
        """Give a browser in which somebody has signed in, with a code where it is asked for."""
        self.fresh_codes()
        browser = self.browser()
        answer = browser.client.post("/sign-in", data={"name": name, "password": PASSWORD})
        if answer.url.path == "/sign-in/code":
            browser.keep_token(answer)
            answer = browser.post("/sign-in/code", {"code": self.code()})
        assert answer.status_code == 200, answer.text
        browser.get("/")
        return browser


@contextmanager
def desk_of(office: Office, **web: Any) -> Iterator[DeskServer]:
    """Serve the desk of an office, with more settings of [web]."""
    app = App(config_of("sqlite://", **web), Path(resource("rules")), office.database, office.means, "desk")
    with serving(create_desk(app)) as port:
        server = DeskServer(office, app, f"http://127.0.0.1:{port}")
        try:
            yield server
        finally:
            server.close()
