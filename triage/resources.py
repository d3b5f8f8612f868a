"""Where the files that come with the program lie: inside the installed package, or in the source tree."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_INSTALLED = _PACKAGE / "data"


def resource(name: str) -> Path:
    """Give the path of rules, migrations or config.example.toml as shipped."""
    installed = _INSTALLED / name
    return installed if installed.exists() else _PACKAGE.parent / name
