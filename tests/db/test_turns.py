"""Whoever waits longest writes next, and a long batch lets the others in between."""

import threading
from pathlib import Path

from support.office import open_office, request

from triage.db.turns import Turns, _Waiter


def test_turns_come_in_the_order_of_asking_and_not_to_whoever_has_just_let_go() -> None:
    turns, order, threads = Turns(), list[int](), list[threading.Thread]()

    def write(number: int) -> None:
        with turns:
            order.append(number)

    with turns:
        for number in range(5):
            thread = threading.Thread(target=write, args=(number,))
            thread.start()
            threads.append(thread)
            while len(turns._queue) <= number:
                pass
        assert turns.wanted
    with turns:
        assert order == [0, 1, 2, 3, 4]
    for thread in threads:
        thread.join()
    assert not turns.wanted


def test_one_who_gives_up_waiting_holds_nobody_up() -> None:
    turns = Turns()
    with turns:
        gone = _Waiter(joins=False)
        turns._queue.append(gone)
        turns._step_back(gone)
        assert not turns.wanted
        late = _Waiter(joins=False)
    turns._step_back(late)
    with turns:
        pass


def test_a_batch_of_mails_lets_a_short_writer_in_between(tmp_path: Path) -> None:
    with open_office(f"sqlite:///{tmp_path}/triage.sqlite") as office:
        office.store(*(request(number=number, sender=f"a@x{number}.example") for number in range(1, 11)))
        seen: set[int] = set()

        def write_again_and_again() -> None:
            while 10 not in seen:
                with office.database.write() as connection:
                    query = "select count(*) from mails where state = 'processed'"
                    seen.add(connection.exec_driver_sql(query).scalar_one())

        other = threading.Thread(target=write_again_and_again)
        other.start()
        office.process()
        other.join()
    assert seen & set(range(1, 10))
