"""The attachments of a mail as the desk lists them: kind, size, what each is there for, what is odd."""

from dataclasses import dataclass

from triage.core.filelist import DescribedFile, describe_files
from triage.core.filenames import safe_name
from triage.core.fileroles import Role
from triage.core.parse import parts_of
from triage.core.raster import LARGEST, MOST_PIXELS
from triage.web import shown
from triage.web.imagetokens import ImageTokens
from triage.web.mailpage import ShownMail
from triage.web.templating import Words

PREVIEW_SECONDS = 1800
"""How long the pictures of a page can be loaded: as long as somebody may sit before it without a touch."""

_RASTERS = frozenset({"png", "jpeg", "gif", "webp"})


@dataclass(frozen=True, slots=True)
class ShownFile:
    """One attachment. ``picture`` is the address of a picture to look at, empty where there is none.

    ``inside`` are names in an archive, and ``more`` counts those that are not told.
    """

    place: int
    name: str
    kind: str
    size: str
    role: str
    notes: tuple[str, ...]
    inside: tuple[str, ...]
    more: int
    picture: str
    is_pdf: bool


def shown_files(
    one: ShownMail, words: Words, tokens: ImageTokens | None, *, look_inside: bool = False
) -> tuple[ShownFile, ...]:
    """Describe the attachments; without ``tokens`` no picture can be looked at.

    ``look_inside`` opens archives to tell what is in them, which takes time.
    """
    parts = parts_of(one.mail, one.raw) if look_inside else ()
    described = describe_files(one.mail, parts)
    return tuple(_file(one, words, tokens, place, file) for place, file in enumerate(described))


def _file(
    one: ShownMail, words: Words, tokens: ImageTokens | None, place: int, file: DescribedFile
) -> ShownFile:
    attachment, kind = file.attachment, file.kind
    vietnamese = words.language == "vi"
    told = (kind.vi if vietnamese else kind.en) if kind else shown.visible(attachment.type)
    detected = attachment.detected
    return ShownFile(
        place=place,
        name=shown.visible(one.hide(safe_name(attachment.name, place + 1))),
        kind=told,
        size=shown.size(attachment.size),
        role=role_words(words, file.role),
        notes=tuple(shown.visible(one.hide(note.vi if vietnamese else note.en)) for note in file.notes),
        inside=tuple(shown.visible(one.hide_name(name)) for name in file.inside),
        more=file.more,
        picture=_picture(one, tokens, place, file) if tokens else "",
        is_pdf=detected == "pdf",
    )


def _picture(one: ShownMail, tokens: ImageTokens, place: int, file: DescribedFile) -> str:
    """Give the address of what can be looked at: a picture that shows something, within the limits."""
    attachment = file.attachment
    width, height = attachment.pixels
    fits = attachment.size <= LARGEST and 0 < width * height <= MOST_PIXELS
    if attachment.detected not in _RASTERS or file.role is not Role.PICTURE or not fits:
        return ""
    return f"/m/{one.id}/image/{place}?t={tokens.give(one.id, place, PREVIEW_SECONDS)}"


def role_words(words: Words, role: Role) -> str:
    """Give the words for what a file is there for; empty where its kind says it all."""
    told = {
        Role.PICTURE: words.say("ảnh màn hình hoặc ảnh chụp"),
        Role.LOGO: words.say("hình trang trí"),
        Role.PIXEL: words.say("hình ẩn"),
        Role.RECORDING: words.say("quay màn hình"),
        Role.PROGRAM: words.say("chương trình: không mở"),
        Role.PAGE: words.say("trang web: không mở"),
        Role.SIGNATURE: words.say("chữ ký số"),
        Role.INVITATION: words.say("lời mời họp"),
        Role.CONTACT: words.say("danh thiếp"),
    }
    return told.get(role, "")
