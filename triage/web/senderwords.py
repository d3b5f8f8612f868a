"""What the lists of senders are called."""

from triage.core.senderlists import ListSort
from triage.web.templating import Words


def sort_words(words: Words, sort: ListSort) -> str:
    """Give the name of a list."""
    told = {
        ListSort.ALLOW: words.say("Cho phép"),
        ListSort.BLOCK: words.say("Chặn"),
        ListSort.WATCH: words.say("Theo dõi"),
    }
    return told[sort]
