"""Points of an end-to-end test: each is a function; a false statement or an exception fails it."""

import traceback

POINTS = []


def point(title):
    def note(function):
        POINTS.append((title, function))
        return function
    return note


def check(good, what):
    if not good:
        raise AssertionError(what)


def run_points(wanted):
    """All of them, or those whose functions are named. Returns the exit status."""
    failed = number = 0
    for title, function in POINTS:
        if wanted and function.__name__ not in wanted:
            continue
        number += 1
        try:
            function()
            print(f"ok {number} - {title}", flush=True)
        except Exception:  # pylint: disable=broad-except
            failed += 1
            print(f"not ok {number} - {title}", flush=True)
            print("".join("  " + line[:200] + "\n" for line in traceback.format_exc().splitlines()[-40:]), end="", flush=True)
    print(f"{number - failed} passed, {failed} failed")
    return 1 if failed else 0
