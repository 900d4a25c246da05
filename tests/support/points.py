"""Points of an end-to-end test: each is a function; a false statement or an exception fails it."""

import concurrent.futures
import time
import traceback

from daemon import await_ends

POINTS = []
TRIES, REST_S = 5, 3


class Late(AssertionError):
    """A figure of time was missed: by us, or because the machine was busy with other things."""


def point(title, waits=False):
    """One that waits for most of its time is begun with the first, and goes on beside the others."""
    def note(function):
        POINTS.append((title, function, waits))
        return function
    return note


def check(good, what):
    if not good:
        raise AssertionError(what)


def in_time(good, what):
    """As check(), of how long something took. What others do on the machine only adds to it, and comes and goes:
    the point is tried again, and has to keep all its figures once."""
    if not good:
        raise Late(what)


def run_point(function):
    for attempt in range(1, TRIES + 1):
        try:
            function()
            return
        except Late as late:
            if attempt == TRIES:
                raise
            print(f"# late, once more: {late}"[:200], flush=True)
            time.sleep(REST_S)


def run_points(wanted):
    """All of them, or those whose functions are named. Returns the exit status."""
    points = [row for row in POINTS if not wanted or row[1].__name__ in wanted]
    waiting = concurrent.futures.ThreadPoolExecutor(max_workers=len(points) + 1)
    begun = {function: waiting.submit(run_point, function) for _, function, waits in points if waits}
    failed = 0
    for number, (title, function, waits) in enumerate(points, 1):
        try:
            if waits:
                begun[function].result()
            else:
                run_point(function)
            print(f"ok {number} - {title}", flush=True)
        except Exception:  # pylint: disable=broad-except
            failed += 1
            print(f"not ok {number} - {title}", flush=True)
            print("".join("  " + line[:200] + "\n" for line in traceback.format_exc().splitlines()[-40:]), end="", flush=True)
    complaints = await_ends()
    if complaints:
        failed += 1
        print("not ok - a sanitizer complains\n" + complaints)
    print(f"{len(points) - failed} passed, {failed} failed")
    return 1 if failed else 0
