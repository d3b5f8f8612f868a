"""The command line: it translates between people and the service, and decides nothing."""

import sys

from triage.cli.garbage import look_rarely
from triage.errors import TriageError


def main() -> None:
    """Run the command line; a failure ends with one sentence on stderr and its exit code."""
    look_rarely()
    arguments = sys.argv[1:]
    if "healthcheck" in arguments:
        from triage.cli.pulse import says_that_all_is_well

        # Asked every half minute by whoever watches over a container, so it must cost next to nothing.
        if says_that_all_is_well(arguments):
            sys.exit(0)
    try:
        from triage.cli.outright import answers_outright

        if answers_outright(arguments):
            return
        from triage.cli.root import app

        app()
    except TriageError as error:
        if "--debug" in sys.argv:
            raise
        sys.stderr.write(f"triage: {error}\n")
        sys.exit(error.exit_code)
    except BrokenPipeError:
        # The reader of our output has gone (triage explain … | head); that is its good right.
        sys.stderr.close()
        sys.exit(0)
    except KeyboardInterrupt:
        sys.exit(130)
