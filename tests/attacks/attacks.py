"""Runs the points of the modules beside it; refuses a family of families.txt that has none.
attacks.py --families prints family, title and points as the table of README.md."""
import sys

import battlefield
import author  # noqa: F401
import domains  # noqa: F401
import envelope  # noqa: F401
import forged  # noqa: F401
import protocol  # noqa: F401
import signatures  # noqa: F401
from points import run_points

if sys.argv[1] == "--families":
    for number, title in battlefield.families().items():
        print(f"| {number} | {title} | {', '.join(f'`{name}`' for name in battlefield.FAMILIES.get(number, ()))} |")
    sys.exit(0)
battlefield.Daemon.program = sys.argv[1]
status = run_points(sys.argv[2:])
battlefield.FIELD.down()
print(f"{battlefield.COUNTS['attack']} messages of attackers, {battlefield.COUNTS['honest']} of honest people")
missing = battlefield.uncovered()
if missing:
    print("not ok - without a test: " + "; ".join(missing))
    status = 1
sys.exit(status)
