"""Everything that may be done to one ticket; a new file of acts adds its router here."""

from triage.web import (
    acts_answer,
    acts_draft,
    acts_end,
    acts_hand,
    acts_join,
    acts_note,
    acts_presence,
    acts_propose,
    acts_province,
    acts_sort,
    acts_trust,
    suggestions,
)

ACTS = (
    acts_hand.router,
    acts_sort.router,
    acts_end.router,
    acts_note.router,
    acts_trust.router,
    acts_join.router,
    acts_answer.router,
    acts_draft.router,
    acts_propose.router,
    acts_province.router,
    acts_presence.router,
    suggestions.router,
)
