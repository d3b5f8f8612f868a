from collections.abc import Callable
from dataclasses import replace

from support.archives import gzip_bomb, sevenzip, zipped
from support.rulebook import a_file, a_mail

from triage.core.filelist import MOST_ARCHIVES, MOST_NAMES, DescribedFile, describe_files
from triage.core.filetypes import detect
from triage.core.mail import Attachment

Part = tuple[Attachment, Callable[[], bytes]]


def described(*files: tuple[str, bytes]) -> tuple[DescribedFile, ...]:
    parts: list[Part] = []
    for at, (name, data) in enumerate(files):
        kind = detect(data)
        file = replace(a_file(name, "", len(data)), part=at, detected=kind.code if kind else "")
        parts.append((file, lambda data=data: data))
    return describe_files(a_mail(attachments=tuple(file for file, _ in parts)), parts)


def codes(file: DescribedFile) -> list[str]:
    return [note.code for note in file.notes]


def test_names_in_an_archive_are_told_up_to_a_number() -> None:
    few, many = described(
        ("a.zip", zipped({"b.zip": zipped({"c.exe": b"x"})})),
        ("d.zip", zipped({f"{number}.txt": b"" for number in range(MOST_NAMES + 7)})),
    )
    assert few.inside == ("b.zip", "b.zip › c.exe")
    assert (len(many.inside), many.more) == (MOST_NAMES, 7)
    assert few.as_json()["inside"] == ["b.zip", "b.zip › c.exe"]
    assert (few.as_json()["role"], many.as_json()["inside_more"]) == ("archive", 7)


def test_a_document_is_no_archive() -> None:
    (file,) = described(("a.docx", zipped({"word/document.xml": b""})))
    assert (file.inside, file.role.value, file.notes) == ((), "paper", ())
    assert "inside" not in file.as_json()


def test_what_is_odd_is_told() -> None:
    files = described(
        ("a.pdf", b"\x89PNG\r\n\x1a\n"),
        ("b.7z", sevenzip("x", locked=True)),
        ("c.7z", sevenzip("x", hidden=True)),
        ("d.gz", gzip_bomb(30)),
        ("e.cab", b"MSCF\0\0\0\0" + bytes(60)),
        ("f.png", b""),
    )
    assert [codes(file) for file in files] == [
        ["file_is_not_what_it_says"],
        ["archive_locked"],
        ["archive_names_hidden"],
        ["archive_bomb"],
        ["archive_unlisted"],
        ["file_empty"],
    ]
    assert "tài liệu PDF" in files[0].notes[0].vi
    assert files[0].as_json()["note"][0]["code"] == "file_is_not_what_it_says"


def test_only_so_many_archives_are_opened() -> None:
    files = described(*((f"{number}.zip", zipped({"a": b""})) for number in range(MOST_ARCHIVES + 2)))
    assert [bool(file.inside) for file in files][-3:] == [True, False, False]


def test_without_bytes_nothing_is_opened() -> None:
    file = replace(a_file("a.zip", "application/zip"), detected="zip")
    assert describe_files(a_mail(attachments=(file,)))[0].inside == ()
