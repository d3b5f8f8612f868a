from hypothesis import given, strategies as st

from triage.adapters.imap_uids import SET_BYTES, UIDS_A_COMMAND, as_set, chunks

UIDS = st.lists(st.integers(1, 2**32 - 1) | st.integers(1, 40), max_size=600)


def spelled_out(sequence_set: str) -> list[int]:
    found: list[int] = []
    for part in filter(None, sequence_set.split(",")):
        first, _, last = part.partition(":")
        found.extend(range(int(first), int(last or first) + 1))
    return found


@given(UIDS)
def test_a_sequence_set_names_exactly_the_uids(uids: list[int]) -> None:
    assert spelled_out(as_set(uids)) == sorted(set(uids))


def test_runs_are_written_as_ranges() -> None:
    assert as_set([9, 3, 1, 2, 4, 11, 12]) == "1:4,9,11:12"
    assert as_set([]) == ""


@given(UIDS, st.integers(1, 10_000))
def test_chunks_hold_all_uids_once_and_stay_short(uids: list[int], size: int) -> None:
    cut = list(chunks(uids, size))
    assert [uid for chunk in cut for uid in chunk] == sorted(set(uids))
    assert all(len(chunk) <= min(size, UIDS_A_COMMAND) for chunk in cut)
    assert all(len(",".join(map(str, chunk))) <= SET_BYTES for chunk in cut)
