"""Pictures of the desk for people to look at: ``python tests/support/screenshots.py FOLDER [PERSON:PATH …]``.

Each page is taken 1440 and 390 pixels wide, by day and by night. ``{code}`` in a path is a ticket's.
"""

import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from support.browsing import chromium, window_of
from support.sampledesk import PAGES, address_of, sample_desk

WIDTHS = {1440: 860, 390: 844}


def main(folder: Path, pages: tuple[str, ...]) -> None:
    """Take the pictures, and name each one that is wider than its window."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place, sample_desk(Path(place)) as desk, chromium() as browser:
        for page in pages:
            name, _, path = page.partition(":")
            for width, height in WIDTHS.items():
                for dark in (False, True):
                    with window_of(browser, desk, name, width=width, height=height, dark=dark) as window:
                        status = window.open(address_of(desk, path))
                        wide = window.page.evaluate("document.documentElement.scrollWidth")
                        stem = (name + path.partition("?")[0]).replace("/", "-").format(
                            code="ticket", impostor="impostor"
                        ) or "page"
                        window.page.screenshot(
                            path=folder / f"{stem}-{width}-{'dark' if dark else 'light'}.png"
                        )
                        print(status, page, width, "TOO WIDE" if wide > width else "", *window.complaints)  # noqa: T201 - its answer


if __name__ == "__main__":
    main(Path(sys.argv[1]), tuple(sys.argv[2:]) or tuple(map(":".join, PAGES)))
