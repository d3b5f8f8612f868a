"""Which attachments of a mail its HTML may show as pictures."""

from collections.abc import Mapping

from triage.core.mail import Mail

MOST_IMAGES = 200

_MAYBE = ("image/", "application/octet-stream")


def inline_images(mail: Mail) -> Mapping[str, int]:
    """Give the places, among the attachments, of what may be pictures, by content id, the first of each.

    What they really are is for their bytes to say when they are asked for: see ``triage.core.raster``.
    """
    found: dict[str, int] = {}
    for place, attachment in enumerate(mail.attachments):
        if len(found) == MOST_IMAGES:
            break
        if attachment.content_id and attachment.type.startswith(_MAYBE) and "svg" not in attachment.type:
            found.setdefault(attachment.content_id, place)
    return found
