"""What each letter is called: the name of its folder below rules/letters."""

ACKNOWLEDGEMENT = "acknowledgement"
NO_TREASURY_CODE = "no_treasury_code"
FOLLOW_UP = "follow_up"
REOPENED = "reopened"
VERIFICATION_YES = "verification_yes"
VERIFICATION_NO = "verification_no"
VERIFICATIONS = (VERIFICATION_YES, VERIFICATION_NO)
"""Answers to the question whether a ticket code is genuine; the second bears no code of its own."""

IMPERSONATION_THANKS = "impersonation_thanks"
LETTERS = (ACKNOWLEDGEMENT, NO_TREASURY_CODE, FOLLOW_UP, REOPENED, *VERIFICATIONS, IMPERSONATION_THANKS)
"""Every letter that the service answers with by itself: a folder of that name stands in rules/letters."""

COORDINATOR_NOTICE = "coordinator_notice"
NOTICES = (COORDINATOR_NOTICE,)
"""Letters that warn somebody else than the sender; their folders stand in rules/letters as well."""

DIGEST = "digest"
ESCALATION = "escalation"
SECURITY_PAGE = "security_page"
INCIDENT_FOUND = "incident_found"
DIGESTS = (DIGEST, ESCALATION, SECURITY_PAGE, INCIDENT_FOUND)
"""Letters to colleagues that are about no ticket alone, so they bear no code of one."""

REPLY_REFUSED = "reply_refused"
TICKET_NOTICE = "ticket_notice"
TO_STAFF = (REPLY_REFUSED, TICKET_NOTICE)
"""Letters to a colleague about a mail of his own or one ticket; their folders stand in rules/letters too."""

RESENT = "resent"
"""No letter of ours but a mail of somebody else, sent on to a colleague as it came."""

QUOTING = (*DIGESTS, TICKET_NOTICE, RESENT)
"""What tells colleagues of tickets in words of those who opened them."""

ANSWER = "answer"
IMPOSTOR_WARNING = "impostor_warning"
CAMPAIGN_NOTICE = "campaign_notice"
WRITTEN = (ANSWER, IMPOSTOR_WARNING, CAMPAIGN_NOTICE)
"""Letters around words that a person wrote; their folders stand in rules/letters as well."""

WARNINGS = (*NOTICES, IMPOSTOR_WARNING)
"""Letters that tell others of whoever opened their ticket."""
