"""What a file does in a mail: a screenshot shows the error, a logo only adorns a signature.

Pictures are told apart by what can be seen without decoding them: size, shape, name, where the HTML shows
them, and whether the same one comes again.
"""

import re
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from html import unescape
from urllib.parse import unquote

from triage.core.filekinds import KINDS, FileKind, Group
from triage.core.filetypes import claimed
from triage.core.latepattern import late_pattern
from triage.core.mail import Attachment, Mail
from triage.core.text import fold

LARGEST_HTML = 1_000_000
"""Characters of HTML that are searched for pictures."""

MOST_PLACES = 2_000
"""Pictures in the HTML whose place is looked at."""


class Role(StrEnum):
    """What a file is to a reader of the mail."""

    PICTURE = "picture"
    LOGO = "logo"
    PIXEL = "pixel"
    RECORDING = "recording"
    PAPER = "paper"
    SHEET = "sheet"
    ARCHIVE = "archive"
    PROGRAM = "program"
    PAGE = "page"
    MAIL = "mail"
    INVITATION = "invitation"
    CONTACT = "contact"
    SIGNATURE = "signature"
    DATA = "data"


SHOWING = frozenset({Role.PICTURE, Role.RECORDING, Role.PAPER})
"""What can show an error: screenshots and photos, films of the screen, papers with pictures in them."""

_OF_GROUP = {
    Group.PICTURE: Role.PICTURE,
    Group.VIDEO: Role.RECORDING,
    Group.SOUND: Role.DATA,
    Group.PAPER: Role.PAPER,
    Group.SHEET: Role.SHEET,
    Group.ARCHIVE: Role.ARCHIVE,
    Group.PROGRAM: Role.PROGRAM,
    Group.PAGE: Role.PAGE,
    Group.DATA: Role.DATA,
    Group.TEXT: Role.DATA,
    Group.MAIL: Role.MAIL,
    Group.INVITATION: Role.INVITATION,
    Group.CONTACT: Role.CONTACT,
    Group.SIGNATURE: Role.SIGNATURE,
}
_SLIDES = frozenset((KINDS["pptx"], KINDS["ppt"]))

_TINY_SIDE, _TINY_AREA = 4, 100
"""Pixels: what counts openings of a mail, draws a line or is a bullet."""

_SCREEN_WIDTH, _SCREEN_HEIGHT = 600, 300
"""Pixels from which a picture is a screen or a photo, whatever stands around it."""

_WINDOW_WIDTH, _WINDOW_HEIGHT, _WINDOW_BYTES = 400, 150, 2_000
"""A dialogue or a strip cut out of a screen, which packs well."""

_ICON_SIDE, _ICON_AREA = 160, 24_000
_BANNER_SHAPE, _BANNER_HEIGHT = 4, 200
"""A banner is so many times as wide as it is high, and not higher than this."""

_LARGEST_LOGO = 10_000
"""Bytes of a picture of unknown shape that passes for the logo of a signature; a screenshot has more."""

_LOGO_NAME = late_pattern(r"logo|banner|facebook|youtube|linkedin")
_PERHAPS_LOGO_NAME = late_pattern(r"signature|chu.?ky|icon|zalo")
"""Folded names; “chu ky” is also what errors are about, and Zalo is how photos travel."""

_SHOWN = late_pattern(r"cid:([^\"'\s<>()]{1,300})", re.IGNORECASE)
_QUOTE = late_pattern(
    r"<blockquote|gmail_quote|moz-cite-prefix|yahoo_quoted|divrplyfwdmsg|appendonsend", re.IGNORECASE
)
_SIGNATURE = late_pattern(
    r"gmail_signature|moz-signature|id=[\"']?(?:x_)?(?:signature|ms-outlook-mobile-signature)"
    r"|>\s{0,20}(?:--|(?:xin )?(?:trân trọng|chân thành)(?: cảm ơn)?|(?:best |kind |thanks & )?regards)"
    r"[\s.,!]{0,20}<",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Places:
    """Where the HTML shows each picture, and where its quoted history and its signature begin."""

    shown: dict[str, int]
    quote: int
    signature: int

    def below_signature(self, content_id: str) -> bool:
        """Whether a picture first stands below the signature and above what is quoted."""
        return self.signature < self.shown.get(content_id, -1) < self.quote

    def quoted(self, content_id: str) -> bool:
        """Whether a picture stands in quoted history alone."""
        return self.shown.get(content_id, -1) > self.quote


def roles_of(mail: Mail) -> tuple[Role, ...]:
    """Give the role of each attachment, in their order. Never fails; linear in the size of the HTML."""
    places = _places(mail.html)
    copies = Counter(attachment.digest for attachment in mail.attachments if attachment.digest)
    return tuple(_role(one, places, repeated=copies[one.digest] > 1) for one in mail.attachments)


def _role(attachment: Attachment, places: _Places, *, repeated: bool) -> Role:
    kind = _kind(attachment)
    # an empty file shows nothing, whatever it calls itself
    if kind is None or kind in _SLIDES or not attachment.size:
        return Role.DATA
    if kind.group is not Group.PICTURE:
        return _OF_GROUP[kind.group]
    if attachment.inline or attachment.content_id in places.shown:
        return _shown_role(attachment, places, repeated=repeated)
    return Role.PICTURE


def _kind(attachment: Attachment) -> FileKind | None:
    """Believe the content, and the claim where the content says nothing or only that it is text."""
    content = KINDS.get(attachment.detected)
    claim = claimed(attachment.name, attachment.type) or _broad_claim(attachment.type)
    if content is None or (content.group is Group.TEXT and claim is not None):
        return claim
    return content


def _broad_claim(media_type: str) -> FileKind | None:
    """Take any picture or film for one, also of a kind that has no row."""
    broad = {"image": "png", "video": "mp4"}.get(media_type.lower().partition("/")[0])
    if "wordprocessingml" in media_type or "opendocument.text" in media_type or "rtf" in media_type:
        broad = "docx"
    return KINDS[broad] if broad else None


def _shown_role(picture: Attachment, places: _Places, *, repeated: bool) -> Role:
    """Judge a picture that the text shows; evidence that it is small talk first, then that it is large."""
    width, height = picture.pixels
    area, name = width * height, fold(picture.name)
    if area and (min(width, height) <= _TINY_SIDE or area <= _TINY_AREA):
        return Role.PIXEL
    if _LOGO_NAME.search(name):
        return Role.LOGO
    if width >= _SCREEN_WIDTH and height >= _SCREEN_HEIGHT:
        return Role.PICTURE
    adorns = repeated or places.below_signature(picture.content_id) or places.quoted(picture.content_id)
    if _PERHAPS_LOGO_NAME.search(name) or (area and _is_ornament(width, height)):
        return Role.LOGO
    if width >= _WINDOW_WIDTH and height >= _WINDOW_HEIGHT and picture.size > _WINDOW_BYTES:
        return Role.LOGO if adorns and picture.size <= _LARGEST_LOGO else Role.PICTURE
    return Role.PICTURE if picture.size > _LARGEST_LOGO and not (adorns and area) else Role.LOGO


def _is_ornament(width: int, height: int) -> bool:
    icon = max(width, height) <= _ICON_SIDE or width * height <= _ICON_AREA
    return icon or (width >= height * _BANNER_SHAPE and height <= _BANNER_HEIGHT)


def _places(html: str) -> _Places:
    text = unescape(html[:LARGEST_HTML])
    shown: dict[str, int] = {}
    for match in _SHOWN.finditer(text):
        shown.setdefault(unquote(match[1]), match.start())
        if len(shown) >= MOST_PLACES:
            break
    if not shown:
        return _Places({}, 0, 0)
    quote, signature = _QUOTE.search(text), _SIGNATURE.search(text)
    end = len(text)
    return _Places(shown, quote.start() if quote else end, signature.start() if signature else end)
