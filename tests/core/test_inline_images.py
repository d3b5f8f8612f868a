from support.rawmail import multipart, part

from triage.core.inline_images import MOST_IMAGES, inline_images
from triage.core.parse import read_mail


def mail(*parts: bytes) -> dict[str, str]:
    read = read_mail(multipart("related", part("text/html", b"<p>x"), *parts))
    return {content_id: read.attachments[place].name for content_id, place in inline_images(read).items()}


def picture(content_id: str, name: str, content: str = "image/png") -> bytes:
    return part(f"{content}; name={name}", b"x", f"Content-ID: <{content_id}>")


def test_pictures_are_found_by_their_ids_the_first_of_each() -> None:
    assert mail(picture("a@x", "1.png"), picture("a@x", "2.png"), picture("b", "3.jpg", "image/jpeg")) == {
        "a@x": "1.png",
        "b": "3.jpg",
    }


def test_drawings_pages_and_parts_without_an_id_are_none() -> None:
    assert not mail(
        picture("a", "a.svg", "image/svg+xml"),
        picture("b", "b.html", "text/html"),
        part("image/png; name=c.png", b"x"),
    )


def test_there_are_no_more_than_the_limit() -> None:
    assert len(mail(*(picture(f"i{number}", "x.png") for number in range(MOST_IMAGES + 5)))) == MOST_IMAGES
