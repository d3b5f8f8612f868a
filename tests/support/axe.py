"""axe-core, which looks for what keeps people out of a page: fetched by npm for the tests alone."""

import json
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

MISSING = (
    "axe-core could not be fetched; it needs npm (Debian: apt-get install npm) and a registry it can reach"
)

_WANTED = Path(__file__).parents[1] / "web" / "browser" / "package.json"
_SCRIPT = Path("node_modules", "axe-core", "axe.min.js")
_ALL = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
CONTRAST = ("color-contrast", "link-in-text-block")
"""The rules that look at colours."""
TARGETS = ("target-size",)
"""The rules that look at how well something can be touched."""

# Only what is wrong comes back: all that is right with a page takes longer to tell than to find.
_RUN = """runOnly =>
    axe.run(document, {runOnly, resultTypes: ["violations"]}).then(found => found.violations)"""


def axe_script(cache: Path) -> str | None:
    """Give the source of axe-core in the version that package.json names; None where it cannot be had."""
    version = json.loads(_WANTED.read_text(encoding="utf-8"))["dependencies"]["axe-core"]
    kept = cache / f"axe-{version}.js"
    if not kept.exists() and not _fetch(kept):
        return None
    return kept.read_text(encoding="utf-8")


def _fetch(kept: Path) -> bool:
    npm = shutil.which("npm")
    if npm is None:
        return False
    with tempfile.TemporaryDirectory(prefix="triage-axe-", dir=kept.parent) as folder:
        shutil.copy(_WANTED, folder)
        options = ("--no-package-lock", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", folder)
        done = subprocess.run([npm, "install", *options], capture_output=True, timeout=180, check=False)
        if done.returncode:
            return False
        # whole or not at all: another worker may be at the same
        (Path(folder) / _SCRIPT).replace(kept)
    return True


def violations(page: Page, script: str, only: Sequence[str] = ()) -> list[str]:
    """Give what axe-core objects to on a page, a line each: by all rules, or ``only`` by those."""
    rules = {"type": "rule", "values": [*only]} if only else {"type": "tag", "values": [*_ALL]}
    if not page.evaluate("'axe' in window"):
        page.evaluate(script)
    found: list[dict[str, Any]] = page.evaluate(_RUN, rules)
    return [
        f"{one['id']}: {one['help']} – {node['html'][:160]} {node['failureSummary'][:300]}"
        for one in found
        for node in one["nodes"]
    ]
