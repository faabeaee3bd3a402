"""A meter that shows what it was set to; for the tests."""

shown = [0]


def show(number):
    shown[0] = number


def read():
    return {"level": shown[0]}
