"""The list of defects. A defect is a function (world, rng) that breaks one thing; "before" runs before
signing, "after" behind it. It returns a code to expect instead of its own, False when it does not
apply to this world, or nothing."""
ALL = []


class Defect:
    def __init__(self, code, function, after, options, near):
        self.code, self.function, self.after, self.options, self.near = code, function, after, options, near
        self.name = function.__name__


def defect(code, after=False, near=(), **options):
    def register(function):
        ALL.append(Defect(code, function, after, options, set(near)))
        return function
    return register
