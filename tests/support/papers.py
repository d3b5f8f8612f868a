"""Documents built from lines of text, of which a tab makes the row of a table."""

import zipfile
import zlib
from collections.abc import Callable
from html import escape
from io import BytesIO


def packed(files: dict[str, str]) -> bytes:
    into = BytesIO()
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return into.getvalue()


def docx(text: str) -> bytes:
    body = "".join(_word_line(line) for line in text.splitlines())
    return packed({"word/document.xml": f"<w:document><w:body>{body}</w:body></w:document>"})


def _word_line(line: str) -> str:
    texts = [
        f"<w:p><w:r><w:t xml:space='preserve'>{escape(cell)}</w:t></w:r></w:p>" for cell in line.split("\t")
    ]
    if len(texts) == 1:
        return texts[0]
    return "<w:tbl><w:tr>" + "".join(f"<w:tc>{one}</w:tc>" for one in texts) + "</w:tr></w:tbl>"


def odt(text: str) -> bytes:
    body = "".join(_open_line(line) for line in text.splitlines())
    head = '<?xml version="1.0" encoding="UTF-8"?>\n<office:document-content><office:body><office:text>'
    return packed(
        {
            "mimetype": "application/vnd.oasis.opendocument.text",
            "content.xml": f"{head}{body}</office:text></office:body></office:document-content>",
        }
    )


def _open_line(line: str) -> str:
    texts = [
        f'<text:p text:style-name="P1">{escape(cell[:3])}<text:span>{escape(cell[3:])}</text:span></text:p>'
        for cell in line.split("\t")
    ]
    if len(texts) == 1:
        return texts[0]
    cells = "".join(f"<table:table-cell>{one}</table:table-cell>" for one in texts)
    return f"<table:table><table:table-row>{cells}</table:table-row></table:table>"


def xlsx(text: str) -> bytes:
    shared: list[str] = []
    rows = "".join(f"<row>{_cells(line, shared)}</row>" for line in text.splitlines())
    strings = "".join(
        f"<si><r><t>{escape(one[:2])}</t></r><r><t>{escape(one[2:])}</t></r></si>" for one in shared
    )
    return packed(
        {
            "xl/worksheets/sheet1.xml": f"<worksheet><sheetData>{rows}</sheetData></worksheet>",
            "xl/sharedStrings.xml": f"<sst>{strings}</sst>",
        }
    )


def _cells(line: str, shared: list[str]) -> str:
    cells = ['<c r="A1" s="1"/>']
    for cell in line.split("\t"):
        if cell.isdigit():
            cells.append(f'<c r="B1"><v>{cell}</v></c>')
        else:
            cells.append(f'<c r="B1" t="s"><v>{len(shared)}</v></c>')
            shared.append(cell)
    return "".join(cells)


def pdf_of(*objects: tuple[str, bytes], pack: bool = True) -> bytes:
    """Build a PDF of numbered objects: the head of each, and the stream that follows where there is one."""
    file = bytearray(b"%PDF-1.7\n")
    for number, (head, stream) in enumerate(objects, 1):
        file += f"{number} 0 obj\n".encode()
        if stream:
            drawn = zlib.compress(stream) if pack else stream
            said = f"<<{head}/Length {len(drawn)}" + ("/Filter /FlateDecode>>" if pack else ">>")
            file += f"{said}\nstream\n".encode() + drawn + b"\nendstream"
        else:
            file += f"<<{head}>>".encode()
        file += b"\nendobj\n"
    return bytes(file) + b"trailer\n<</Root 1 0 R>>\n%%EOF\n"


def pdf(text: str) -> bytes:
    """Build a PDF as office programs write them: codes of two bytes, and a table of what each means."""
    letters = "".join(dict.fromkeys(text))
    drawn = "".join(_pdf_line(line, 800 - 16 * at, letters) for at, line in enumerate(text.splitlines()))
    meanings = "".join(f"<{at:04x}> <{one.encode('utf-16-be').hex()}>\n" for at, one in enumerate(letters, 1))
    return pdf_of(
        ("/Type /Catalog /Pages 2 0 R", b""),
        ("/Type /Pages /Kids [3 0 R] /Count 1 /Resources <</Font <</F1 5 0 R>>>>", b""),
        ("/Type /Page /Parent 2 0 R /Contents [4 0 R]", b""),
        ("", f"BT /F1 12 Tf\n{drawn}ET".encode()),
        ("/Type /Font /Subtype /Type0 /DescendantFonts [7 0 R] /ToUnicode 6 0 R", b""),
        ("", f"{len(letters)} beginbfchar\n{meanings}endbfchar".encode()),
        ("/Subtype /CIDFontType2 /DW 500", b""),
    )


def _pdf_line(line: str, y: int, letters: str) -> str:
    drawn, x = "", 72
    for cell in line.split("\t"):
        codes = "".join(f"{letters.index(one) + 1:04x}" for one in cell)
        drawn += f"1 0 0 1 {x} {y} Tm [<{codes[:8]}> 0 <{codes[8:]}>] TJ\n"
        x += 6 * len(cell) + 24
    return drawn


TYPES: dict[str, Callable[[str], bytes]] = {
    ".docx": docx,
    ".odt": odt,
    ".xlsx": xlsx,
    ".pdf": pdf,
    ".txt": str.encode,
}
