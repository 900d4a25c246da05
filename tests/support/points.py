"""Points of an end-to-end test: each is a function; a false statement or an exception fails it."""

import concurrent.futures
import os
import traceback

from daemon import await_ends

POINTS = []


def point(title, waits=False, timed=False):
    """One that waits for most of its time is begun with the first, and goes on beside the others. One that looks at
    how long something takes comes behind all of these: nothing else runs then."""
    def note(function):
        POINTS.append((title, function, waits, timed))
        return function
    return note


def check(good, what):
    if not good:
        raise AssertionError(what)


def in_turn(points):
    """Each with what awaits it: those that wait are begun at once, those that are timed come last and alone."""
    with concurrent.futures.ThreadPoolExecutor(max_workers=len(points) + 1) as waiting:
        begun = {function: waiting.submit(function).result for _, function, waits, _ in points if waits}
        for title, function, _, timed in points:
            if not timed:
                yield title, begun.get(function, function)
    for title, function, _, timed in points:
        if timed:
            await_ends()
            yield title, function


def is_wanted(function, timed, names):
    part = os.environ.get("SEKISHO_POINTS", "")  # only those that are timed, only the others, or all
    return (not names or function.__name__ in names) and part in ("", "timed" if timed else "others")


def run_points(names):
    """All of them, or those whose functions are named. Returns the exit status."""
    points = [row for row in POINTS if is_wanted(row[1], row[3], names)]
    failed = 0
    for number, (title, run) in enumerate(in_turn(points), 1):
        try:
            run()
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
    return 1 if failed or not points else 0
