"""Codes of treasuries on days on which they are not in force: followed all the same, and told to a person."""

from datetime import datetime, tzinfo

from triage.core.decision import SubjectReading
from triage.core.reasons import Reason
from triage.core.treasuries import TreasuryDirectory


def out_of_force(
    subject: SubjectReading, directory: TreasuryDirectory, received_at: datetime, zone: tzinfo
) -> tuple[Reason, ...]:
    """Say so where the directory says that the code of a subject is not yet or no longer in force.

    People write old codes for years, and the desk that had them knows best who has the matter now: so the
    queue stays that of the code.
    """
    found = directory.lookup(subject.treasury) if subject.treasury else None
    if found is None:
        return ()
    one, day = found.treasury, received_at.astimezone(zone).date()
    if one.valid_to and day > one.valid_to:
        after = one.successor_in_words
        now_vi, now_en = (f"; nay là {after}", f"; it is {after} now") if after else ("", "")
        return (
            Reason(
                "treasury_code_ended",
                f"Mã {one.code} của {one.name} đã hết hiệu lực sau ngày {one.valid_to:%d/%m/%Y}{now_vi}.",
                f"Code {one.code} of {one.name} was in force until {one.valid_to:%d/%m/%Y}{now_en}.",
            ),
        )
    if one.valid_from and day < one.valid_from:
        return (
            Reason(
                "treasury_code_to_come",
                f"Mã {one.code} của {one.name} chỉ có hiệu lực từ ngày {one.valid_from:%d/%m/%Y}.",
                f"Code {one.code} of {one.name} is in force only from {one.valid_from:%d/%m/%Y} on.",
            ),
        )
    return ()
