"""The HTML of a mail, made safe to be shown to a person in a frame without scripts.

Limits first, then the mail's HTML is written anew (``triage.core.html_rewriting``), then nh3 lets through
what is on a list; what nh3 gives is shown as it is, for edits after the filter have broken others. No address
of the mail survives: pictures come from the mail itself, links are words that say where they would lead.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import nh3

from triage.core.html_rewriting import DEEPEST, MOST_LINKS, MOST_TOKENS, Rewritten, picture_id, rewrite
from triage.core.html_text import text_of_html
from triage.core.reasons import Reason
from triage.core.safe_attributes import ATTRIBUTES, ELEMENTS, LINK_MARK, safe_value

SAFE_HTML_VERSION = 2
"""Raised with every change of what the filter lets through; stands beside whatever is kept of its work."""

LARGEST = 1_000_000
"""Characters of HTML that are made safe; beyond, the text is shown alone."""

_MOST_HOSTS_TOLD = 10
_REMOVED_WITH_CONTENT = {"script", "style", "svg", "math", "template", "title", "textarea", "xmp", "iframe"}
_REMOVED_WITH_CONTENT |= {"noembed", "noframes", "object", "embed", "plaintext"}


@dataclass(frozen=True, slots=True)
class SafeHtml:
    """HTML for the body of a page, or None where only the text may be shown; ``notes`` say what was done.

    ``version`` is that of the filter.
    """

    html: str | None
    notes: tuple[Reason, ...]
    version: int = SAFE_HTML_VERSION


def safe_html(html: str, images: Mapping[str, str]) -> SafeHtml:
    """Make the HTML of a mail safe; ``images`` gives our address for each content id. Never raises.

    The addresses must be paths on our own host: nothing with a scheme gets through.
    """
    if len(html) > LARGEST:
        return SafeHtml(None, (_BEYOND["size"],))
    rewritten = rewrite(html, images)
    if rewritten.beyond:
        return SafeHtml(None, (_BEYOND[rewritten.beyond],))
    return SafeHtml(_filter(rewritten.html, images), _notes(rewritten))


def words_shown(html: str) -> str:
    """Give all words that the safe HTML shows: also those that the mail hides or sets for a picture."""
    return text_of_html(rewrite(html[:LARGEST], ()).html, [])


def _filter(html: str, images: Mapping[str, str]) -> str:
    ours = frozenset(images.values())

    def value(element: str, attribute: str, given: str) -> str | None:
        if attribute == "src":
            return images.get(picture_id(given))
        return safe_value(element, attribute, given)

    return nh3.clean(
        html,
        tags={*ELEMENTS, LINK_MARK},
        clean_content_tags=_REMOVED_WITH_CONTENT,
        attributes={**ATTRIBUTES, "img": ATTRIBUTES["img"] | {"src"}},
        attribute_filter=value,
        # nh3 looks at the scheme, then asks the filter above, then refuses what is relative, which our own
        # paths are: what the mail itself names is refused before or in the filter
        url_schemes={"cid"},
        url_relative=lambda address: address if address in ours else None,
        link_rel=None,
    )


def _notes(rewritten: Rewritten) -> tuple[Reason, ...]:
    notes: list[Reason] = []
    if count := rewritten.pictures_left_out:
        notes.append(
            Reason(
                "html_pictures_left_out",
                f"Không tải {count} hình từ bên ngoài.",
                f"{count} pictures from elsewhere were left out.",
            )
        )
    if rewritten.links:
        notes.append(_links_note(rewritten))
    if rewritten.forms:
        notes.append(
            Reason(
                "html_forms_removed",
                "Thư có biểu mẫu nhập liệu; biểu mẫu đã bị gỡ.",
                "The mail holds a form to fill in; it was taken away.",
            )
        )
    if rewritten.scripts:
        notes.append(
            Reason(
                "html_scripts_removed",
                "Thư có mã chạy (script); mã đã bị gỡ.",
                "The mail holds a script; it was taken away.",
            )
        )
    return tuple(notes)


def _links_note(rewritten: Rewritten) -> Reason:
    told = ", ".join(rewritten.hosts[:_MOST_HOSTS_TOLD]) + (
        " …" if rewritten.hosts[_MOST_HOSTS_TOLD:] else ""
    )
    to_vi, to_en = (f" Dẫn tới: {told}.", f" They lead to: {told}.") if told else ("", "")
    return Reason(
        "html_links_as_words",
        f"{rewritten.links} liên kết đã đổi thành chữ, không bấm được.{to_vi}",
        f"{rewritten.links} links were turned into words and cannot be followed.{to_en}",
    )


def _dotted(number: int) -> str:
    return f"{number:,}".replace(",", ".")


_BEYOND = {
    "size": Reason(
        "html_too_large",
        f"Bản HTML dài hơn {_dotted(LARGEST)} ký tự nên chỉ hiển thị văn bản.",
        f"The HTML is longer than {LARGEST:,} characters: only the text is shown.",
    ),
    "depth": Reason(
        "html_too_deep",
        f"Bản HTML lồng nhau sâu hơn {DEEPEST} tầng nên chỉ hiển thị văn bản.",
        f"The HTML is nested deeper than {DEEPEST} levels: only the text is shown.",
    ),
    "tokens": Reason(
        "html_too_many_tags",
        f"Bản HTML có hơn {_dotted(MOST_TOKENS)} thẻ, đoạn chữ hoặc dấu &, <, > nên chỉ hiển thị văn bản.",
        f"The HTML has more than {MOST_TOKENS:,} tags, texts or signs &, <, >: only the text is shown.",
    ),
    "links": Reason(
        "html_too_many_links",
        f"Bản HTML có hơn {_dotted(MOST_LINKS)} liên kết nên chỉ hiển thị văn bản.",
        f"The HTML has more than {MOST_LINKS:,} links: only the text is shown.",
    ),
}
