"""Documents built from lines of text, of which a tab makes the row of a table."""

import zipfile
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


TYPES: dict[str, Callable[[str], bytes]] = {".docx": docx, ".odt": odt, ".xlsx": xlsx, ".txt": str.encode}
