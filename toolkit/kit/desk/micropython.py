"""What `import micropython` gives on a board, as far as the core uses it."""


def const(value):
    return value


def opt_level(_level=None):
    return 0


def schedule(function, argument):
    function(argument)


def mem_info(*_verbose):
    pass
