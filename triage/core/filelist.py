"""The attachments of a mail as people are told of them: kind, role, what is inside, what is odd."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from triage.core.filekinds import KINDS, FileKind, Group
from triage.core.fileroles import Role, roles_of
from triage.core.filetypes import claimed, contradiction
from triage.core.mail import Attachment, Mail
from triage.core.reasons import Reason

if TYPE_CHECKING:
    from triage.core.archives import Archive

MOST_NAMES = 50
"""Names in an archive that are told."""

MOST_ARCHIVES = 20
"""Archives of one mail that are opened to tell what is in them."""

LARGEST_ARCHIVE = 25_000_000
"""Bytes of an archive that is opened."""


@dataclass(frozen=True, slots=True)
class DescribedFile:
    """One attachment; ``inside`` are names in an archive, and ``more`` counts those that are not told."""

    attachment: Attachment
    kind: FileKind | None
    role: Role
    inside: tuple[str, ...] = ()
    more: int = 0
    notes: tuple[Reason, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Give the form that ``explain --json`` prints; what is empty is left out."""
        told = {
            "inside": list(self.inside),
            "inside_more": self.more,
            "note": [note.as_json() for note in self.notes],
        }
        shown = {key: value for key, value in told.items() if value}
        return {**self.attachment.as_json(), "role": self.role.value, **shown}


def describe_files(
    mail: Mail, parts: Iterable[tuple[Attachment, Callable[[], bytes]]] = ()
) -> tuple[DescribedFile, ...]:
    """Describe the attachments in their order; ``parts`` gives the bytes of archives. Never fails."""
    providers = {(one.part, one.inner): provide for one, provide in parts}
    opened = 0
    found: list[DescribedFile] = []
    for attachment, role in zip(mail.attachments, roles_of(mail), strict=True):
        kind = KINDS.get(attachment.detected)
        provide = providers.get((attachment.part, attachment.inner))
        archive = None
        if provide and _can_be_opened(attachment, kind) and opened < MOST_ARCHIVES:
            from triage.core.archives import look_inside  # noqa: PLC0415 - few mails have an archive

            opened += 1
            archive = look_inside(provide(), attachment.name)
        found.append(_described(attachment, kind, role, archive))
    return tuple(found)


def _can_be_opened(attachment: Attachment, kind: FileKind | None) -> bool:
    return kind is not None and kind.group is Group.ARCHIVE and attachment.size <= LARGEST_ARCHIVE


def _described(
    attachment: Attachment, kind: FileKind | None, role: Role, archive: "Archive | None"
) -> DescribedFile:
    names = tuple(content.shown for content in archive.contents) if archive else ()
    notes = (*_contradiction(attachment, kind), *(archive.notes if archive else ()))
    if not attachment.size:
        notes = (*notes, EMPTY)
    if archive and archive.locked and not archive.hidden:
        notes = (*notes, LOCKED)
    if archive and not archive.kind:
        notes = (*notes, UNLISTED)
    kind = kind or claimed(attachment.name, attachment.type)
    return DescribedFile(attachment, kind, role, names[:MOST_NAMES], max(0, len(names) - MOST_NAMES), notes)


def _contradiction(attachment: Attachment, kind: FileKind | None) -> tuple[Reason, ...]:
    found = contradiction(attachment.name, attachment.type, kind)
    if found is None:
        return ()
    claim, content = found.claim, found.content
    return (
        Reason(
            "file_is_not_what_it_says",
            f"Tên hoặc loại tệp nói là {claim.vi}, nội dung là {content.vi}.",
            f"The name or type says {claim.en}, the content is: {content.en}.",
        ),
    )


LOCKED = Reason(
    "archive_locked",
    "Tệp nén đặt mật khẩu.",
    "The archive is locked with a password.",
)

EMPTY = Reason("file_empty", "Tệp rỗng, không có nội dung.", "The file is empty.")

UNLISTED = Reason(
    "archive_unlisted",
    "Không xem được danh sách bên trong loại tệp nén này.",
    "What is in an archive of this kind cannot be listed.",
)
