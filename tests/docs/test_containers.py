"""The image and what is run around it give away nothing that they need not."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import BaseModel

from triage.adapters.configfile import Config
from triage.adapters.configplace import ENV_PREFIX
from triage.adapters.configsections import SECRETS

ROOT = Path(__file__).parents[2]
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
SERVICES = sorted(COMPOSE["services"])


@pytest.mark.parametrize("name", SERVICES)
def test_every_container_can_write_and_do_as_little_as_possible(name: str) -> None:
    service: dict[str, Any] = COMPOSE["services"][name]
    assert service["read_only"]
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert not service.get("cap_add")
    assert all(port.startswith("127.0.0.1:") for port in service.get("ports", []))


@pytest.mark.parametrize("name", SERVICES)
def test_no_secret_stands_in_the_environment(name: str) -> None:
    for key, value in COMPOSE["services"][name]["environment"].items():
        assert not re.search("PASSWORD|URL", key) or (
            key.endswith("_FILE") and value.startswith("/run/secrets/")
        )


@pytest.mark.parametrize("name", SERVICES)
def test_every_secret_that_is_read_is_there(name: str) -> None:
    service = COMPOSE["services"][name]
    read = {
        Path(value).name for value in service["environment"].values() if value.startswith("/run/secrets/")
    }
    assert read == set(service["secrets"])
    assert read <= set(COMPOSE["secrets"])


def test_every_setting_in_the_environment_is_one() -> None:
    for key in COMPOSE["services"]["triage"]["environment"]:
        section, name = key.removeprefix(ENV_PREFIX).lower().split("__")
        model = Config.model_fields[section].annotation
        assert isinstance(model, type)
        assert issubclass(model, BaseModel)
        known = {*model.model_fields, *(f"{secret}_file" for secret in SECRETS & set(model.model_fields))}
        assert name in known, key


def test_the_image_runs_as_nobody_special_and_says_whether_it_is_well() -> None:
    last = DOCKERFILE.rpartition("\nFROM ")[2]
    assert "USER 10001:10001" in last
    assert 'CMD ["triage", "healthcheck"]' in last
    assert "pip" not in last


def test_what_the_wheel_is_made_of_goes_into_the_build() -> None:
    allowed = [line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")]
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    for source in re.findall(r'^"([\w./-]+)" = "(?:triage/data|share)/', project, re.MULTILINE):
        assert any(source == one or source.startswith(f"{one}/") for one in allowed), source
