"""Coordinators in rules/treasuries.toml: an address a province, or a sentence that names the province."""

import shutil
from pathlib import Path

import pytest
from support.rulebook import RULES

from triage.adapters.treasuryfile import read_treasuries
from triage.errors import RulesError


def written(folder: Path, line: str) -> Path:
    path = Path(shutil.copy(RULES / "treasuries.toml", folder))
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('code = "0010"', f'code = "0010"\n{line}', 1), encoding="utf-8")
    return path


def test_a_coordinator_belongs_to_his_province_alone(tmp_path: Path) -> None:
    directory = read_treasuries(written(tmp_path, 'coordinator = "Dau-Moi@Kho-Bac.example"'))
    found = {one.code: one.coordinator for one in directory.treasuries if one.coordinator}
    assert found == {"0010": "dau-moi@kho-bac.example"}


@pytest.mark.parametrize(
    "address", ["khong phai", "a@b", "Lan <lan@kho-bac.example>", "a@x.example,b@x.example"]
)
def test_what_is_no_address_is_refused(tmp_path: Path, address: str) -> None:
    with pytest.raises(RulesError, match=r"Hà Nội.*coordinator.*must be a mail address") as caught:
        read_treasuries(written(tmp_path, f'coordinator = "{address}"'))
    assert "\n" not in str(caught.value)
