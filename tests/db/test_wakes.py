"""What one node has written wakes the stages of another, whatever happened to its connection before."""

import threading

from support.migrated import empty

from triage.db import wakes
from triage.db.engine import Database


def test_whoever_listens_goes_on_after_any_failure(postgres_url: str) -> None:
    database = Database(empty(postgres_url))
    woken = threading.Event()
    failures = iter([RuntimeError("once")])

    def wake() -> None:
        for failure in failures:
            raise failure
        woken.set()

    listener = wakes.Listener(database, {wakes.PROCESS: wake})
    thread = threading.Thread(target=listener.run)
    thread.start()
    try:
        assert woken.wait(60)
        woken.clear()
        with database.write() as connection:
            wakes.tell(connection, wakes.PROCESS)
        assert woken.wait(60)
    finally:
        listener.stop()
        thread.join()
        database.close()
