from dataclasses import replace

import pytest
from support.rulebook import a_file, a_mail

from triage.core.completeness import missing_parts
from triage.core.decision import Part
from triage.core.fileroles import SHOWING, Role, roles_of
from triage.core.mail import Attachment


def shown(
    name: str = "image001.png",
    size: int = 40_000,
    pixels: tuple[int, int] = (0, 0),
    *,
    cid: str = "1@x",
    digest: str = "",
) -> Attachment:
    """A picture that the text shows."""
    file = a_file(name, size=size, inline=True)
    return replace(file, pixels=pixels, content_id=cid, detected="png", digest=digest)


def role(file: Attachment, html: str = '<p>Lỗi:</p><img src="cid:1@x">') -> Role:
    return roles_of(a_mail("x", html=html, attachments=(file,)))[0]


@pytest.mark.parametrize(
    ("file", "wanted"),
    [
        (shown(pixels=(1366, 768), size=200_000), Role.PICTURE),
        (shown(pixels=(1920, 1080), size=8_000), Role.PICTURE),
        (shown(pixels=(420, 180), size=5_000), Role.PICTURE),
        (shown("Lỗi chữ ký số.png", pixels=(1280, 720)), Role.PICTURE),
        (shown("zalo_1234.jpg", pixels=(1080, 2340), size=300_000), Role.PICTURE),
        (shown(pixels=(0, 0), size=40_000), Role.PICTURE),
        (shown(pixels=(0, 0), size=4_000), Role.LOGO),
        (shown(pixels=(120, 120), size=30_000), Role.LOGO),
        (shown(pixels=(600, 100), size=30_000), Role.LOGO),
        (shown("Logo.png", pixels=(1200, 900), size=90_000), Role.LOGO),
        (shown("zalo.png", pixels=(200, 200), size=12_000), Role.LOGO),
        (shown("loi.png", size=0), Role.DATA),
        (shown(pixels=(1, 1), size=43), Role.PIXEL),
        (shown(pixels=(600, 2), size=900), Role.PIXEL),
        (shown(pixels=(8, 8), size=200), Role.PIXEL),
    ],
)
def test_pictures_in_the_text_are_told_apart(file: Attachment, wanted: Role) -> None:
    assert role(file) is wanted


@pytest.mark.parametrize(
    "before",
    [
        '<div class="gmail_signature">',
        "<p>Trân trọng,</p>",
        "<p>Tr&acirc;n tr&#7885;ng!</p>",
        "<div>--&nbsp;</div>",
        '<div id="Signature">',
        "<p>Best regards,</p>",
    ],
)
def test_a_middling_picture_below_the_signature_is_a_logo(before: str) -> None:
    file = shown(pixels=(420, 180), size=9_000)
    assert role(file, f'<p>Lỗi</p>{before}<img src="cid:1@x">') is Role.LOGO
    assert role(file, f'<p>Lỗi</p><img src="cid:1@x">{before}') is Role.PICTURE
    assert role(replace(file, pixels=(1366, 768)), f'{before}<img src="cid:1@x">') is Role.PICTURE


def test_a_middling_picture_in_quoted_history_is_a_logo() -> None:
    file = shown(pixels=(420, 180), size=9_000)
    assert role(file, '<p>Cảm ơn</p><blockquote><img src="cid:1@x"></blockquote>') is Role.LOGO


def test_a_picture_that_comes_again_is_an_ornament_unless_it_is_a_screen() -> None:
    bullets = tuple(shown(pixels=(420, 180), size=9_000, cid=cid, digest="a") for cid in ("1@x", "2@x"))
    screens = tuple(shown(pixels=(1366, 768), size=9_000, cid=cid, digest="a") for cid in ("1@x", "2@x"))
    html = '<img src="cid:1@x"><img src="cid:2@x">'
    assert roles_of(a_mail("x", html=html, attachments=bullets)) == (Role.LOGO, Role.LOGO)
    assert roles_of(a_mail("x", html=html, attachments=screens)) == (Role.PICTURE, Role.PICTURE)


def test_a_file_that_the_html_shows_is_judged_like_one_that_is_inline() -> None:
    file = replace(shown(pixels=(100, 40), size=12_000), inline=False)
    assert role(file) is Role.LOGO
    assert role(file, "<p>không có ảnh</p>") is Role.PICTURE


@pytest.mark.parametrize(
    ("file", "wanted"),
    [
        (a_file("", "application/octet-stream"), Role.DATA),
        (replace(a_file("loi.png"), detected="exe"), Role.PROGRAM),
        (replace(a_file("loi.png"), detected="html"), Role.PAGE),
        (replace(a_file("loi.png"), detected="txt"), Role.PICTURE),
        (replace(a_file("", "application/octet-stream"), detected="pdf"), Role.PAPER),
        (replace(a_file("", "application/octet-stream"), detected="jpeg"), Role.PICTURE),
        (a_file("quay.mp4", "video/mp4"), Role.RECORDING),
        (a_file("lich.ics", "text/calendar"), Role.INVITATION),
        (a_file("thu.eml", "message/rfc822"), Role.MAIL),
        (a_file("smime.p7s", "application/pkcs7-signature"), Role.SIGNATURE),
        (a_file("bang-ke.xlsx", ""), Role.SHEET),
        (a_file("anh.avif", "image/avif"), Role.PICTURE),
        (a_file("trinh-bay.pptx", ""), Role.DATA),
    ],
)
def test_content_decides_what_a_file_does(file: Attachment, wanted: Role) -> None:
    assert role(file) is wanted


def test_only_what_shows_something_counts_as_a_screenshot() -> None:
    logo = a_mail(
        "x", html='<p>-- </p><img src="cid:1@x">', attachments=(shown(pixels=(150, 60), size=15_000),)
    )
    screen = a_mail("x", html='<img src="cid:1@x">', attachments=(shown(pixels=(800, 500), size=9_000),))
    assert Part.SCREENSHOT in missing_parts(logo)
    assert Part.SCREENSHOT not in missing_parts(screen)
    assert Role.LOGO not in SHOWING


def test_a_mail_full_of_pictures_is_read_to_a_limit() -> None:
    html = "".join(f'<img src="cid:{number}">' for number in range(5_000)) + "<blockquote" * 5_000
    assert roles_of(a_mail("x", html=html, attachments=(shown(cid="1"),))) == (Role.PICTURE,)
