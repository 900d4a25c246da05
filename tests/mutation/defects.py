"""The list of defects. A defect is a function (world, rng) that breaks one thing; "before" runs before
signing, "after" behind it. It returns a code to expect instead of its own, False when it does not
apply to this world, or nothing. "near": codes that say the same less well; "beside": codes that are
true as well."""
ALL = []


class Defect:
    def __init__(self, code, function, after, options, near, beside):
        self.code, self.function, self.after, self.options = code, function, after, options
        self.near, self.beside = near, beside
        self.name = function.__name__


def defect(code, after=False, near=(), beside=(), **options):
    def register(function):
        ALL.append(Defect(code, function, after, options, set(near), set(beside)))
        return function
    return register
