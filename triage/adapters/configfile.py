"""The settings of one installation: config.toml, over it the environment, secrets also from files.

The classes of the sections are the reference; config.example.toml shows every key with its default, and a
test compares the two.
"""

import difflib
import os
import tomllib
from pathlib import Path
from typing import Any, Self

from pydantic import (
    BaseModel,
    SecretStr,
    ValidationError,
    model_validator,
)
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, EnvSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict

from triage.adapters.configapi import ApiConfig
from triage.adapters.configmailbox import FURTHER, InboxConfig, MailboxConfig, demand_apart
from triage.adapters.confignesting import each_section, nested_name, sections_of
from triage.adapters.configplace import ENV_PREFIX, find_config, has_environment
from triage.adapters.configsections import (
    HIDDEN,
    LISTS,
    PUBLIC_FILES,
    SECRETS,
    ByMailConfig,
    DatabaseConfig,
    DkimConfig,
    LogConfig,
    MetricsConfig,
    OidcConfig,
    ReadingConfig,
    RetentionConfig,
    RulesConfig,
    SmtpConfig,
    StorageConfig,
    TimeConfig,
    VerificationConfig,
    WebConfig,
)
from triage.adapters.configtelling import (
    AlarmsConfig,
    DeadlineConfig,
    DigestConfig,
    EscalationConfig,
    IncidentsConfig,
    PagingConfig,
)
from triage.core.boxes import MAIN
from triage.errors import ConfigError


class Config(BaseSettings):
    """All settings of one installation, frozen."""

    model_config = SettingsConfigDict(
        frozen=True, extra="forbid", env_prefix=ENV_PREFIX, env_nested_delimiter="__", case_sensitive=False
    )

    mailbox: MailboxConfig
    mailboxes: dict[str, InboxConfig] = {}
    smtp: SmtpConfig
    dkim: DkimConfig = DkimConfig()
    verification: VerificationConfig = VerificationConfig()
    database: DatabaseConfig = DatabaseConfig()
    storage: StorageConfig = StorageConfig()
    rules: RulesConfig = RulesConfig()
    web: WebConfig = WebConfig()
    api: ApiConfig = ApiConfig()
    metrics: MetricsConfig = MetricsConfig()
    alarms: AlarmsConfig = AlarmsConfig()
    digest: DigestConfig = DigestConfig()
    deadline: DeadlineConfig = DeadlineConfig()
    escalation: EscalationConfig = EscalationConfig()
    paging: PagingConfig = PagingConfig()
    incidents: IncidentsConfig = IncidentsConfig()
    by_mail: ByMailConfig = ByMailConfig()
    oidc: OidcConfig = OidcConfig()
    time: TimeConfig = TimeConfig()
    retention: RetentionConfig = RetentionConfig()
    reading: ReadingConfig = ReadingConfig()
    log: LogConfig = LogConfig()

    @model_validator(mode="after")
    def _has_a_way_back(self) -> Self:
        if self.oidc.issuer and not self.web.address:
            raise ValueError("[oidc] issuer is set, so [web] address is needed: people are sent back there")
        return self

    @model_validator(mode="after")
    def _reads_each_mail_once(self) -> Self:
        demand_apart(self.mailbox, self.mailboxes)
        return self

    @property
    def boxes(self) -> dict[str, InboxConfig]:
        """All mailboxes by their names, the one of [mailbox] first."""
        return {MAIN: self.mailbox, **self.mailboxes}

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


class _NestedEnv(EnvSettingsSource):
    """The environment, also for keys of a section that the classes do not declare: they must be refused."""

    def __init__(self, settings_cls: type[BaseSettings], like: PydanticBaseSettingsSource) -> None:
        del like
        super().__init__(settings_cls)

    def __call__(self) -> dict[str, Any]:
        """Give the environment as it is, whether or not the classes know its keys."""
        return from_environment()


def from_environment() -> dict[str, Any]:
    """Give ``{section: {key: value}}`` of every variable with our prefix; mailboxes lie one deeper."""
    found: dict[str, Any] = {}
    for name, value in os.environ.items():
        section, separator, key = name.removeprefix(ENV_PREFIX).lower().partition("__")
        if not name.startswith(ENV_PREFIX) or not separator:
            continue
        keys = found.setdefault(section, {})
        box, separator, inner = key.partition("__")
        if section == FURTHER and separator:
            if not isinstance(keys.get(box), dict):
                keys[box] = {}
            keys, key = keys[box], inner
        keys[key] = value.split() if key in LISTS else value
    return found


def load_config(given: Path | None = None) -> Config:
    """Read the settings; paths in them count from the folder of the file. Raises ConfigError."""
    path = find_config(given)
    if path is None and not has_environment():
        raise ConfigError(
            "There is no config.toml here; run triage init to get one, or name it with --config."
        )
    base = (path.parent if path else Path()).resolve()
    return _with_absolute_paths(_built(base, _read_toml(path) if path else {}, path), base)


STAND_IN = f"whsec_{'A' * 43}="
"""What every kind of secret but an address may look like."""


def check_text(text: str, path: Path) -> None:
    """Raise ConfigError where the text, once it is the file at a path, could not be used.

    Files with secrets need not be there yet.
    """
    values = tomllib.loads(text)
    for keys in sections_of(values):
        for name in SECRETS:
            if keys.pop(f"{name}_file", None) and name != "url":
                keys[name] = STAND_IN
    _built(path.parent.resolve(), values, path)


def secret_files(given: Path | None = None) -> list[Path]:
    """Give the files that nobody else may read: keys, passwords, and the settings where they hold a secret.

    Raises ConfigError where the settings cannot be read.
    """
    path = find_config(given)
    values = _read_toml(path) if path else {}
    sections = [
        *sections_of(_with_files_under((path or Path()).parent.resolve(), values)),
        *sections_of(from_environment()),
    ]
    named = [
        Path(str(value)).expanduser()
        for keys in sections
        for key, value in keys.items()
        if key.endswith("_file") and key not in PUBLIC_FILES
    ]
    return [path, *named] if path and any(map(_is_telling, sections_of(values))) else named


def _is_telling(keys: dict[str, Any]) -> bool:
    """Whether a secret stands in a section itself; an address with a password in it is one."""
    return any(key in HIDDEN and (key != "url" or "@" in str(value)) for key, value in keys.items())


def _built(base: Path, values: dict[str, Any], path: Path | None) -> Config:
    label = str(path) if path else "the environment"
    try:
        return Config(**_with_files_under(base, values))
    except ValidationError as error:
        # A misspelt section comes first: it explains why the right one is missing.
        first = min(error.errors(), key=lambda one: one["type"] != "extra_forbidden")
        raise ConfigError(f"{_variable(first) or label}: {_sentence(first)}") from None


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
    return each_section(
        values,
        lambda keys: {
            key: str(base / Path(value).expanduser())
            if key.endswith("_file") and isinstance(value, str)
            else value
            for key, value in keys.items()
        },
    )


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
    "dict_type": "must be sections with names of their own, [mailboxes.NAME]",
    "literal_error": "must be {expected}",
    "greater_than_equal": "must be at least {ge}",
    "greater_than": "must be more than {gt}",
    "less_than_equal": "must be at most {le}",
}
"""What is wrong with a value, by the name of pydantic's error."""


def _variable(error: ErrorDetails) -> str | None:
    """Name the environment variable that holds what is wrong, where it was not the file."""
    section, key = nested_name(error["loc"])
    wanted = (ENV_PREFIX + "__".join([*section, key] if key else section)).upper()
    if not key:
        if error["type"] != "extra_forbidden":
            return None
        wanted += "__"
        return next((name for name in sorted(os.environ) if name.upper().startswith(wanted)), None)
    return next((name for name in sorted(os.environ) if name.upper() == wanted), None)


def _sentence(error: ErrorDetails) -> str:
    path, key = nested_name(error["loc"])
    section = ".".join(path)
    where = f"[{section}] {key}".strip() if section else "the settings"
    if error["type"] == "extra_forbidden":
        return f"{where} is not a known {'key' if key else 'section'}{_guess(path[0], key)}"
    if error["type"] == "missing":
        return f"{where} is missing."
    if error["type"] == "value_error":
        return f"{where}: {error['ctx']['error']}."
    # What holds keys may hold secrets.
    is_telling = key in HIDDEN or isinstance(error["input"], dict | list)
    got = "" if is_telling else f", not {error['input']!r}"
    words = WORDS.get(error["type"])
    told = words.format(**error.get("ctx", {})) if words else error["msg"][:1].lower() + error["msg"][1:]
    return f"{where}: {told}{got}."


def _guess(section: str, key: str) -> str:
    fields = Config.model_fields
    if not key:
        known = list(fields)
    else:
        annotation = InboxConfig if section == FURTHER else fields[section].annotation
        known = (
            list(annotation.model_fields)
            if isinstance(annotation, type) and issubclass(annotation, BaseModel)
            else []
        )
    near = difflib.get_close_matches(key or section, known, n=1)
    return f"; did you mean {near[0]}?" if near else "."


def _with_paths_of_login(section: InboxConfig | SmtpConfig, base: Path) -> InboxConfig | SmtpConfig:
    return section.model_copy(
        update={name: _under(base, getattr(section, name)) for name in ("ca_file", "token_file")}
    )


def _with_absolute_paths(config: Config, base: Path) -> Config:
    dkim = config.dkim.model_copy(
        update={
            name: _under(base, getattr(config.dkim, name)) for name in ("rsa_key_file", "ed25519_key_file")
        }
    )
    oidc = config.oidc.model_copy(update={"ca_file": _under(base, config.oidc.ca_file)})
    api = config.api.model_copy(update={"webhook_ca_file": _under(base, config.api.webhook_ca_file)})
    storage = config.storage.model_copy(update={"ca_file": _under(base, config.storage.ca_file)})
    rules = config.rules.model_copy(update={"folder": _under(base, config.rules.folder)})
    database = DatabaseConfig(url=SecretStr(_sqlite_under(base, config.database.url.get_secret_value())))
    places = {
        "mailbox": _with_paths_of_login(config.mailbox, base),
        FURTHER: {name: _with_paths_of_login(box, base) for name, box in config.mailboxes.items()},
        "smtp": _with_paths_of_login(config.smtp, base),
        "dkim": dkim,
        "oidc": oidc,
        "api": api,
        "rules": rules,
        "database": database,
        "storage": storage,
    }
    return config.model_copy(update=places)


def _under(base: Path, path: Path | None) -> Path | None:
    return None if path is None else base / path.expanduser()


def _sqlite_under(base: Path, url: str) -> str:
    prefix = "sqlite:///"
    path = url.removeprefix(prefix)
    if not url.startswith(prefix) or path in {"", ":memory:"} or path.startswith(("/", "file:")):
        return url
    return f"{prefix}{base / path}"
