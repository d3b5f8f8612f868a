"""The sections of config.toml, each with its checks; config.example.toml shows every key with its default."""

import re
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path
from typing import Any, Literal, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

from triage.adapters.nameserver import read_name_server
from triage.adapters.privateway import is_private_way
from triage.core.replycodes import LONGEST_DAYS, SHORTEST_KEY
from triage.core.retention import RetentionClass, Terms

Tls = Literal["implicit", "starttls", "none"]


class Section(BaseModel):
    """What all sections share: frozen, unknown keys refused, each ``<secret>_file`` read into its secret."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _read_secret_files(cls, values: Any) -> Any:  # noqa: ANN401 - pydantic hands over whatever the file holds
        if not isinstance(values, dict):
            return values
        values = dict(values)
        for key in [key for key in values if key.endswith("_file") and key.removesuffix("_file") in SECRETS]:
            secret, path = key.removesuffix("_file"), values.pop(key)
            if secret in values:
                raise ValueError(f"{secret} and {key} are both set; keep one of them")
            try:
                values[secret] = Path(str(path)).expanduser().read_text(encoding="utf-8").rstrip("\r\n")
            except OSError as error:
                raise ValueError(f"{key} cannot be read: {path}: {error.strerror}") from None
            if not values[secret]:
                raise ValueError(f"{key} is empty: {path}; write the {secret} into it")
        return values


SECRETS = frozenset(
    {"password", "client_secret", "bearer_token", "webhook_secret", "reply_key", "secret_key", "url"}
)
LISTS = frozenset(
    {"email", "leads", "token_command", "outgoing", "nameservers", "trusted_proxies", "webhook_hosts"}
)
"""Keys that hold several words; in the environment blanks part them."""

HIDDEN = SECRETS | {"webhook"}
"""Keys whose value no message may repeat; the addresses of database and webhook carry secrets."""

PUBLIC_FILES = frozenset({"ca_file", "webhook_ca_file"})
"""Files that hold nothing secret; every other ``…_file`` does."""


class SmtpConfig(Section):
    """[smtp]: the server that takes our letters."""

    host: str
    port: int = Field(default=587, ge=1, le=65535)
    tls: Tls = "starttls"
    ca_file: Path | None = None
    username: str | None = None
    auth: Literal["password", "xoauth2"] = "password"
    password: SecretStr | None = None
    token_command: tuple[str, ...] = ()
    token_file: Path | None = None
    from_address: str = "hotrocntt@vst.gov.vn"
    timeout_seconds: float = Field(default=60, gt=0, le=3600)
    connections: int = Field(default=1, ge=1, le=10)

    @model_validator(mode="after")
    def _has_credentials(self) -> Self:
        if self.auth == "xoauth2":
            demand_token(self.token_command, self.token_file)
            if not self.username:
                raise ValueError("auth is xoauth2, so username is needed")
        elif self.username and self.password is None:
            raise ValueError("username is set, so password or password_file is needed")
        return self

    @field_validator("from_address")
    @classmethod
    def _is_an_address(cls, value: str) -> str:
        return mail_address(value)


class DkimConfig(Section):
    """[dkim]: the keys that prove our letters to be ours, and what the zone says beside them.

    Without keys letters go out unsigned. ``domain`` and ``reports_to`` follow [smtp] from_address.
    """

    domain: str | None = None
    selector: str = "triage"
    rsa_key_file: Path | None = None
    ed25519_selector: str = "triage-ed25519"
    ed25519_key_file: Path | None = None
    outgoing: tuple[IPv4Address | IPv6Address, ...] = ()
    reports_to: str | None = None

    @field_validator("reports_to")
    @classmethod
    def _is_an_address(cls, value: str | None) -> str | None:
        return value if value is None else mail_address(value)

    @model_validator(mode="after")
    def _has_a_selector_for_each_key(self) -> Self:
        if self.rsa_key_file and self.ed25519_key_file and self.selector == self.ed25519_selector:
            raise ValueError("selector and ed25519_selector must differ, since each names one key in DNS")
        return self


class VerificationConfig(Section):
    """[verification]: whether we check DKIM, SPF and DMARC ourselves where the gateway says nothing."""

    enabled: bool = False
    nameservers: tuple[str, ...] = ()
    seconds: float = Field(default=5, gt=0, le=60)

    @field_validator("nameservers")
    @classmethod
    def _are_addresses(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for server in value:
            read_name_server(server)
        return value


class DatabaseConfig(Section):
    """[database]: where everything is kept."""

    url: SecretStr = SecretStr("sqlite:///triage.sqlite")

    @field_validator("url")
    @classmethod
    def _is_supported(cls, value: SecretStr) -> SecretStr:
        scheme = urlsplit(value.get_secret_value()).scheme
        if scheme not in {"sqlite", "postgresql+psycopg"}:
            raise ValueError(
                f"must begin with sqlite:/// or postgresql+psycopg://, not {scheme or 'nothing'}://"
            )
        return value


class StorageConfig(Section):
    """[storage]: a bucket (S3) that raw mail goes to; without one the database keeps it.

    ``seconds`` is how long one request may take.
    """

    endpoint: str = ""
    bucket: str = ""
    prefix: str = "triage"
    region: str = "us-east-1"
    access_key: str = ""
    secret_key: SecretStr = SecretStr("")
    ca_file: Path | None = None
    seconds: float = Field(default=20, gt=0, le=300)

    @field_validator("endpoint")
    @classmethod
    def _is_private(cls, value: str) -> str:
        if value and (not is_private_way(value) or "?" in value or "#" in value):
            raise ValueError(f"{value!r} is not an address with https and without ? and #")
        return value.rstrip("/")

    @field_validator("prefix")
    @classmethod
    def _is_a_folder(cls, value: str) -> str:
        if not re.fullmatch(r"[A-Za-z0-9._/-]*", value) or ".." in value or "//" in value:
            raise ValueError(f"{value!r} is not a name of letters, digits, dots, hyphens and slashes")
        return value.strip("/")

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        keys = self.access_key and self.secret_key.get_secret_value()
        if self.bucket and not (self.endpoint and keys):
            raise ValueError(
                "bucket is set, so endpoint, access_key and secret_key (or secret_key_file) are needed"
            )
        return self


class RulesConfig(Section):
    """[rules]: the folder that the operator edits; empty means the rules that came with the program."""

    folder: Path | None = None


class WebConfig(Section):
    """[web]: where pages and health answers are served; port 0 turns them off.

    ``public_check`` serves everybody the page that says whether a code was given to an address.
    ``secure_cookies`` is off only where the pages are served without TLS on this machine alone.
    """

    host: str = "127.0.0.1"
    port: int = Field(default=8600, ge=0, le=65535)
    address: str = ""
    secure_cookies: bool = True
    trusted_proxies: tuple[IPv4Address | IPv6Address, ...] = ()
    idle_minutes: int = Field(default=30, ge=1, le=1440)
    session_hours: int = Field(default=12, ge=1, le=24)
    recall_seconds: int = Field(default=20, ge=0, le=300)
    public_check: bool = False

    @field_validator("address")
    @classmethod
    def _is_an_origin(cls, value: str) -> str:
        parts = urlsplit(value)
        if value and (parts.scheme not in {"http", "https"} or not parts.netloc or parts.path.strip("/")):
            raise ValueError(f"{value!r} is not the beginning of an address such as https://hotro.example")
        return value.rstrip("/")


class MetricsConfig(Section):
    """[metrics]: where measurements are served to Prometheus; port 0 turns them off.

    On this machine alone everybody may read them; elsewhere only who shows ``bearer_token``.
    """

    host: str = "127.0.0.1"
    port: int = Field(default=0, ge=0, le=65535)
    bearer_token: SecretStr = SecretStr("")

    @model_validator(mode="after")
    def _is_guarded(self) -> Self:
        here = self.host == "localhost" or (_is_address(self.host) and ip_address(self.host).is_loopback)
        if self.port and not here and not self.bearer_token.get_secret_value():
            raise ValueError(f"host {self.host} can be reached from elsewhere, so bearer_token is needed")
        return self


class ByMailConfig(Section):
    """[by_mail]: what people of the desk do by mail; without a key nobody does anything.

    ``tagged`` says that the mail server delivers ``name+anything@`` into the mailbox of ``name``.
    ``forward`` is how new tickets are sent to coordinators who wish so.
    """

    reply_key: SecretStr = SecretStr("")
    reply_days: int = Field(default=LONGEST_DAYS, ge=1, le=LONGEST_DAYS)
    tagged: bool = False
    forward: Literal["off", "summary", "original"] = "off"
    forward_bytes: int = Field(default=10 * 1024 * 1024, ge=1024)

    @field_validator("reply_key")
    @classmethod
    def _is_long(cls, value: SecretStr) -> SecretStr:
        if 0 < len(value.get_secret_value()) < SHORTEST_KEY:
            raise ValueError(f"reply_key has fewer than {SHORTEST_KEY} characters")
        return value


class OidcConfig(Section):
    """[oidc]: the provider of the house that people sign in by (OpenID Connect); without an issuer it is off.

    ``second_factor`` says that the provider itself demands one; else whoever needs a code gives it here.
    """

    issuer: str = ""
    client_id: str = ""
    client_secret: SecretStr = SecretStr("")
    ca_file: Path | None = None
    label: str = Field(default="", max_length=80)
    second_factor: bool = False

    @field_validator("issuer")
    @classmethod
    def _is_private(cls, value: str) -> str:
        if value and (not is_private_way(value) or "?" in value or "#" in value):
            raise ValueError(f"{value!r} is not an address with https and without ? and #")
        return value

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if self.issuer and not (self.client_id and self.client_secret.get_secret_value()):
            raise ValueError(
                "issuer is set, so client_id and client_secret (or client_secret_file) are needed"
            )
        return self


class TimeConfig(Section):
    """[time]: the zone of ticket codes, deadlines and letters."""

    zone: str = "Asia/Ho_Chi_Minh"

    @field_validator("zone")
    @classmethod
    def _is_known(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError):
            raise ValueError(f"{value!r} is not a time zone name such as Asia/Ho_Chi_Minh") from None
        return value


class RetentionConfig(Section):
    """[retention]: days that raw mail is kept, by class; 0 keeps it for ever. Legal holds stand above it."""

    closed_days: int = Field(default=0, ge=0, le=36_500)
    quiet_days: int = Field(default=0, ge=0, le=36_500)
    duplicate_days: int = Field(default=0, ge=0, le=36_500)

    @property
    def terms(self) -> Terms:
        """The same as the service takes it."""
        return Terms({sort: getattr(self, f"{sort.value}_days") for sort in RetentionClass})


class ReadingConfig(Section):
    """[reading]: how mails are read while many wait."""

    processes: int = Field(default=1, ge=0, le=16)


class LogConfig(Section):
    """[log]: how much is said, and how."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["auto", "json", "console"] = "auto"


def demand_token(token_command: tuple[str, ...], token_file: Path | None) -> None:
    """Raise ValueError where nothing gives the tokens that xoauth2 signs in with."""
    if not (token_command or token_file):
        raise ValueError("auth is xoauth2, so token_command or token_file is needed")


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def mail_address(value: str) -> str:
    """Give a mail address as it was written. Raises ValueError where it is none."""
    local, at, domain = value.rpartition("@")
    if not (local and at and domain) or any(char.isspace() or char in "<>,;" for char in value):
        raise ValueError(f"{value!r} is not a mail address")
    return value
