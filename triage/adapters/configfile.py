"""The settings of one installation: config.toml, over it the environment, secrets also from files.

The classes below are the reference; config.example.toml shows every key with its default, and a test compares
the two.
"""

import difflib
import os
import tomllib
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path
from typing import Any, Literal, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, EnvSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict

from triage.adapters.configplace import ENV_PREFIX, find_config, has_environment
from triage.adapters.nameserver import read_name_server
from triage.core.retention import RetentionClass, Terms
from triage.errors import ConfigError

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


SECRETS = frozenset({"password"})
LISTS = frozenset({"token_command", "outgoing", "nameservers"})
"""Keys that hold several words; in the environment blanks part them."""

HIDDEN = SECRETS | {"url"}
"""Keys whose value no message may repeat; a database URL carries its password."""


class MailboxConfig(Section):
    """[mailbox]: the IMAP folder that is read."""

    host: str
    port: int = Field(default=993, ge=1, le=65535)
    tls: Tls = "implicit"
    ca_file: Path | None = None
    username: str
    auth: Literal["password", "xoauth2"] = "password"
    password: SecretStr | None = None
    token_command: tuple[str, ...] = ()
    token_file: Path | None = None
    folder: str = "INBOX"
    poll_seconds: int = Field(default=60, ge=1, le=86_400)
    idle: bool = True
    after: Literal["move", "flag", "delete"] = "move"
    processed_folder: str = "Processed"
    batch_count: int = Field(default=50, ge=1, le=1000)
    batch_bytes: int = Field(default=16 * 1024 * 1024, ge=1024)
    timeout_seconds: float = Field(default=60, gt=0, le=3600)

    @model_validator(mode="after")
    def _has_credentials(self) -> Self:
        if self.auth == "password" and self.password is None:
            raise ValueError("password is missing; set password, password_file or TRIAGE__MAILBOX__PASSWORD")
        if self.auth == "xoauth2" and not (self.token_command or self.token_file):
            raise ValueError("auth is xoauth2, so token_command or token_file is needed")
        return self


class SmtpConfig(Section):
    """[smtp]: the server that takes our letters."""

    host: str
    port: int = Field(default=587, ge=1, le=65535)
    tls: Tls = "starttls"
    ca_file: Path | None = None
    username: str | None = None
    password: SecretStr | None = None
    from_address: str = "hotrocntt@vst.gov.vn"
    timeout_seconds: float = Field(default=60, gt=0, le=3600)

    @model_validator(mode="after")
    def _has_credentials(self) -> Self:
        if self.username and self.password is None:
            raise ValueError("username is set, so password or password_file is needed")
        return self

    @field_validator("from_address")
    @classmethod
    def _is_an_address(cls, value: str) -> str:
        return _mail_address(value)


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
        return value if value is None else _mail_address(value)

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


class RulesConfig(Section):
    """[rules]: the folder that the operator edits; empty means the rules that came with the program."""

    folder: Path | None = None


class WebConfig(Section):
    """[web]: where pages and health answers are served; port 0 turns them off."""

    host: str = "127.0.0.1"
    port: int = Field(default=8600, ge=0, le=65535)


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


class LogConfig(Section):
    """[log]: how much is said, and how."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["auto", "json", "console"] = "auto"


class Config(BaseSettings):
    """All settings of one installation, frozen."""

    model_config = SettingsConfigDict(
        frozen=True, extra="forbid", env_prefix=ENV_PREFIX, env_nested_delimiter="__", case_sensitive=False
    )

    mailbox: MailboxConfig
    smtp: SmtpConfig
    dkim: DkimConfig = DkimConfig()
    verification: VerificationConfig = VerificationConfig()
    database: DatabaseConfig = DatabaseConfig()
    rules: RulesConfig = RulesConfig()
    web: WebConfig = WebConfig()
    time: TimeConfig = TimeConfig()
    retention: RetentionConfig = RetentionConfig()
    log: LogConfig = LogConfig()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - pydantic-settings calls by keyword
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - same
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Let the environment stand above the file."""
        return (_NestedEnv(settings_cls, env_settings), init_settings)


def _mail_address(value: str) -> str:
    local, at, domain = value.rpartition("@")
    if not (local and at and domain) or any(char.isspace() or char in "<>,;" for char in value):
        raise ValueError(f"{value!r} is not a mail address")
    return value


class _NestedEnv(EnvSettingsSource):
    """The environment, also for keys of a section that the classes do not declare: they must be refused."""

    def __init__(self, settings_cls: type[BaseSettings], like: PydanticBaseSettingsSource) -> None:
        del like
        super().__init__(settings_cls)

    def __call__(self) -> dict[str, Any]:
        """Give ``{section: {key: value}}`` of every variable with our prefix."""
        found: dict[str, Any] = {}
        for name, value in os.environ.items():
            section, separator, key = name.removeprefix(ENV_PREFIX).lower().partition("__")
            if name.startswith(ENV_PREFIX) and separator:
                found.setdefault(section, {})[key] = value.split() if key in LISTS else value
        return found


def load_config(given: Path | None = None) -> Config:
    """Read the settings; paths in them count from the folder of the file. Raises ConfigError."""
    path = find_config(given)
    if path is None and not has_environment():
        raise ConfigError(
            "There is no config.toml here; run triage init to get one, or name it with --config."
        )
    base = (path.parent if path else Path()).resolve()
    values = _with_files_under(base, _read_toml(path)) if path else {}
    label = str(path) if path else "the environment"
    try:
        config = Config(**values)
    except ValidationError as error:
        # A misspelt section comes first: it explains why the right one is missing.
        first = min(error.errors(), key=lambda one: one["type"] != "extra_forbidden")
        raise ConfigError(f"{_variable(first) or label}: {_sentence(first)}") from None
    return _with_absolute_paths(config, base)


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: this is not valid TOML: {error}.") from None
    except UnicodeDecodeError:
        raise ConfigError(f"{path}: the file is not UTF-8 text.") from None
    except OSError as error:
        raise ConfigError(f"{path}: the file cannot be read: {error.strerror}.") from None


def _with_files_under(base: Path, values: dict[str, Any]) -> dict[str, Any]:
    """Let the paths that a file names count from the folder it lies in."""
    return {
        section: {
            key: str(base / Path(value).expanduser())
            if key.endswith("_file") and isinstance(value, str)
            else value
            for key, value in keys.items()
        }
        if isinstance(keys, dict)
        else keys
        for section, keys in values.items()
    }


WORDS = {
    "int_parsing": "must be a whole number",
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_parsing": "must be a number",
    "float_type": "must be a number",
    "bool_parsing": "must be true or false",
    "bool_type": "must be true or false",
    "string_type": "must be text in quotes",
    "path_type": "must be text in quotes",
    "tuple_type": "must be a list in brackets",
    "model_type": "must be a section with keys of its own",
    "literal_error": "must be {expected}",
    "greater_than_equal": "must be at least {ge}",
    "greater_than": "must be more than {gt}",
    "less_than_equal": "must be at most {le}",
}
"""What is wrong with a value, by the name of pydantic's error."""


def _variable(error: ErrorDetails) -> str | None:
    """Name the environment variable that holds what is wrong, where it was not the file."""
    wanted = (ENV_PREFIX + "__".join(str(part) for part in error["loc"][:2])).upper()
    if len(error["loc"]) == 1:
        if error["type"] != "extra_forbidden":
            return None
        wanted += "__"
        return next((name for name in sorted(os.environ) if name.upper().startswith(wanted)), None)
    return next((name for name in sorted(os.environ) if name.upper() == wanted), None)


def _sentence(error: ErrorDetails) -> str:
    section, *rest = [str(part) for part in error["loc"]] or [""]
    key = rest[0] if rest else ""
    where = f"[{section}] {key}".strip() if section else "the settings"
    if error["type"] == "extra_forbidden":
        return f"{where} is not a known {'key' if key else 'section'}{_guess(section, key)}"
    if error["type"] == "missing":
        return f"{where} is missing."
    if error["type"] == "value_error":
        return f"{where}: {error['ctx']['error']}."
    got = "" if key in HIDDEN else f", not {error['input']!r}"
    words = WORDS.get(error["type"])
    told = words.format(**error.get("ctx", {})) if words else error["msg"][:1].lower() + error["msg"][1:]
    return f"{where}: {told}{got}."


def _guess(section: str, key: str) -> str:
    fields = Config.model_fields
    if not key:
        known = list(fields)
    else:
        annotation = fields[section].annotation
        known = (
            list(annotation.model_fields)
            if isinstance(annotation, type) and issubclass(annotation, BaseModel)
            else []
        )
    near = difflib.get_close_matches(key or section, known, n=1)
    return f"; did you mean {near[0]}?" if near else "."


def _with_absolute_paths(config: Config, base: Path) -> Config:
    mailbox = config.mailbox.model_copy(
        update={name: _under(base, getattr(config.mailbox, name)) for name in ("ca_file", "token_file")}
    )
    smtp = config.smtp.model_copy(update={"ca_file": _under(base, config.smtp.ca_file)})
    dkim = config.dkim.model_copy(
        update={
            name: _under(base, getattr(config.dkim, name)) for name in ("rsa_key_file", "ed25519_key_file")
        }
    )
    rules = config.rules.model_copy(update={"folder": _under(base, config.rules.folder)})
    database = DatabaseConfig(url=SecretStr(_sqlite_under(base, config.database.url.get_secret_value())))
    places = {"mailbox": mailbox, "smtp": smtp, "dkim": dkim, "rules": rules, "database": database}
    return config.model_copy(update=places)


def _under(base: Path, path: Path | None) -> Path | None:
    return None if path is None else base / path.expanduser()


def _sqlite_under(base: Path, url: str) -> str:
    prefix = "sqlite:///"
    path = url.removeprefix(prefix)
    if not url.startswith(prefix) or path in {"", ":memory:"} or path.startswith(("/", "file:")):
        return url
    return f"{prefix}{base / path}"
