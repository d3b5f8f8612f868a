"""The kinds of file that people send to the mailbox: what each is called, claims to be and is good for."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class Group(StrEnum):
    """What a reader does with a file of this kind."""

    PICTURE = "picture"
    VIDEO = "video"
    SOUND = "sound"
    PAPER = "paper"
    SHEET = "sheet"
    ARCHIVE = "archive"
    PROGRAM = "program"
    PAGE = "page"
    DATA = "data"
    TEXT = "text"
    MAIL = "mail"
    INVITATION = "invitation"
    CONTACT = "contact"
    SIGNATURE = "signature"


@dataclass(frozen=True, slots=True)
class FileKind:
    """One kind of file: a stable code, its name for people, its media types and endings (lower case)."""

    code: str
    group: Group
    vi: str
    en: str
    types: tuple[str, ...] = ()
    endings: tuple[str, ...] = ()


def _rows() -> Iterator[FileKind]:
    office = "application/vnd.openxmlformats-officedocument."
    oasis = "application/vnd.oasis.opendocument."
    picture, video, paper, sheet = Group.PICTURE, Group.VIDEO, Group.PAPER, Group.SHEET
    archive, program, mail = Group.ARCHIVE, Group.PROGRAM, Group.MAIL
    yield FileKind("png", picture, "ảnh PNG", "PNG picture", ("image/png", "image/x-png"), ("png",))
    yield FileKind(
        "jpeg",
        picture,
        "ảnh JPEG",
        "JPEG picture",
        ("image/jpeg", "image/jpg", "image/pjpeg"),
        _words("jpg jpeg jfif"),
    )
    yield FileKind("gif", picture, "ảnh GIF", "GIF picture", ("image/gif",), ("gif",))
    yield FileKind("webp", picture, "ảnh WebP", "WebP picture", ("image/webp",), ("webp",))
    yield FileKind(
        "bmp", picture, "ảnh BMP", "BMP picture", ("image/bmp", "image/x-ms-bmp"), _words("bmp dib")
    )
    yield FileKind("tiff", picture, "ảnh TIFF", "TIFF picture", ("image/tiff",), _words("tif tiff"))
    yield FileKind(
        "heic", picture, "ảnh HEIC", "HEIC picture", ("image/heic", "image/heif"), _words("heic heif")
    )
    yield FileKind("mp4", video, "video MP4", "MP4 video", ("video/mp4",), _words("mp4 m4v 3gp"))
    yield FileKind("mov", video, "video QuickTime", "QuickTime video", ("video/quicktime",), _words("mov qt"))
    yield FileKind("mp3", Group.SOUND, "âm thanh MP3", "MP3 sound", ("audio/mpeg", "audio/mp3"), ("mp3",))
    yield FileKind(
        "pdf", paper, "tài liệu PDF", "PDF document", ("application/pdf", "application/x-pdf"), ("pdf",)
    )
    yield FileKind(
        "doc", paper, "văn bản Word cũ", "old Word document", ("application/msword",), _words("doc dot")
    )
    yield FileKind(
        "docx",
        paper,
        "văn bản Word",
        "Word document",
        (office + "wordprocessingml.document",),
        _words("docx docm dotx"),
    )
    yield FileKind("odt", paper, "văn bản OpenDocument", "OpenDocument text", (oasis + "text",), ("odt",))
    yield FileKind("rtf", paper, "văn bản RTF", "RTF document", ("application/rtf", "text/rtf"), ("rtf",))
    yield FileKind(
        "pptx",
        paper,
        "trình chiếu PowerPoint",
        "PowerPoint slides",
        (office + "presentationml.presentation",),
        _words("pptx pptm ppsx"),
    )
    yield FileKind(
        "ppt",
        paper,
        "trình chiếu PowerPoint cũ",
        "old PowerPoint slides",
        ("application/vnd.ms-powerpoint",),
        _words("ppt pps"),
    )
    yield FileKind(
        "xlsx",
        sheet,
        "bảng tính Excel",
        "Excel sheet",
        (office + "spreadsheetml.sheet",),
        _words("xlsx xlsm xlsb xltx"),
    )
    yield FileKind(
        "xls",
        sheet,
        "bảng tính Excel cũ",
        "old Excel sheet",
        ("application/vnd.ms-excel",),
        _words("xls xlt"),
    )
    yield FileKind(
        "ods", sheet, "bảng tính OpenDocument", "OpenDocument sheet", (oasis + "spreadsheet",), ("ods",)
    )
    yield FileKind(
        "zip",
        archive,
        "tệp nén ZIP",
        "ZIP archive",
        ("application/zip", "application/x-zip-compressed"),
        ("zip",),
    )
    yield FileKind(
        "rar",
        archive,
        "tệp nén RAR",
        "RAR archive",
        ("application/vnd.rar", "application/x-rar-compressed", "application/x-rar"),
        ("rar",),
    )
    yield FileKind("7z", archive, "tệp nén 7z", "7z archive", ("application/x-7z-compressed",), ("7z",))
    yield FileKind(
        "gz",
        archive,
        "tệp nén gzip",
        "gzip archive",
        ("application/gzip", "application/x-gzip"),
        _words("gz tgz"),
    )
    yield FileKind("tar", archive, "tệp gộp tar", "tar archive", ("application/x-tar",), ("tar",))
    yield FileKind(
        "cab", archive, "tệp nén CAB", "CAB archive", ("application/vnd.ms-cab-compressed",), ("cab",)
    )
    yield FileKind(
        "exe",
        program,
        "chương trình Windows",
        "Windows program",
        (
            "application/x-msdownload",
            "application/x-dosexec",
            "application/vnd.microsoft.portable-executable",
        ),
        _words("exe dll scr com sys ocx cpl"),
    )
    yield FileKind(
        "elf", program, "chương trình Linux", "Linux program", ("application/x-executable",), ("elf", "so")
    )
    yield FileKind(
        "msi", program, "bộ cài Windows", "Windows installer", ("application/x-msi",), _words("msi msp")
    )
    yield FileKind(
        "lnk", program, "lối tắt Windows", "Windows shortcut", ("application/x-ms-shortcut",), ("lnk",)
    )
    yield FileKind(
        "jar", program, "chương trình Java", "Java program", ("application/java-archive",), ("jar",)
    )
    yield FileKind(
        "apk",
        program,
        "ứng dụng Android",
        "Android app",
        ("application/vnd.android.package-archive",),
        ("apk",),
    )
    yield FileKind(
        "sh", program, "kịch bản lệnh", "script", ("application/x-sh", "text/x-sh"), _words("sh py pl")
    )
    yield FileKind(
        "html",
        Group.PAGE,
        "trang web",
        "web page",
        ("text/html", "application/xhtml+xml"),
        _words("html htm xhtml"),
    )
    yield FileKind("svg", Group.PAGE, "hình vẽ SVG", "SVG drawing", ("image/svg+xml",), ("svg",))
    yield FileKind(
        "xml", Group.DATA, "dữ liệu XML", "XML data", ("text/xml", "application/xml"), _words("xml xsd xsl")
    )
    yield FileKind(
        "xades", Group.DATA, "XML có chữ ký số", "signed XML", ("application/xml", "text/xml"), ("xml",)
    )
    yield FileKind("json", Group.DATA, "dữ liệu JSON", "JSON data", ("application/json",), ("json",))
    yield FileKind(
        "ics",
        Group.INVITATION,
        "lời mời lịch",
        "calendar invitation",
        ("text/calendar", "application/ics"),
        ("ics",),
    )
    yield FileKind(
        "vcf", Group.CONTACT, "danh thiếp", "contact card", ("text/vcard", "text/x-vcard"), ("vcf",)
    )
    yield FileKind(
        "eml", mail, "thư đính kèm", "attached mail", ("message/rfc822", "message/global"), ("eml",)
    )
    yield FileKind(
        "msg", mail, "thư Outlook", "Outlook mail", ("application/vnd.ms-outlook",), ("msg", "oft")
    )
    yield FileKind(
        "tnef",
        mail,
        "gói thư Outlook",
        "Outlook mail package",
        ("application/ms-tnef", "application/vnd.ms-tnef"),
        (),
    )
    yield FileKind(
        "p7s",
        Group.SIGNATURE,
        "chữ ký số của thư",
        "digital signature",
        ("application/pkcs7-signature", "application/x-pkcs7-signature"),
        ("p7s",),
    )
    yield FileKind(
        "p7m",
        Group.SIGNATURE,
        "tệp ký hoặc mã hóa PKCS#7",
        "signed or encrypted file (PKCS#7)",
        ("application/pkcs7-mime", "application/x-pkcs7-mime"),
        ("p7m", "p7b"),
    )
    yield FileKind(
        "txt", Group.TEXT, "văn bản thuần", "plain text", ("text/plain", "text/csv"), _words("txt csv log")
    )


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


KINDS: dict[str, FileKind] = {kind.code: kind for kind in _rows()}
"""Every kind by its code."""

_BY_TYPE = {name: kind for kind in reversed(KINDS.values()) for name in kind.types}
_BY_ENDING = {name: kind for kind in reversed(KINDS.values()) for name in kind.endings}


def kind_of_type(media_type: str) -> FileKind | None:
    """Give the kind that a media type (lower case) names, or None."""
    return _BY_TYPE.get(media_type)


def kind_of_ending(ending: str) -> FileKind | None:
    """Give the kind that the ending of a file name (lower case, without the dot) names, or None."""
    return _BY_ENDING.get(ending)
