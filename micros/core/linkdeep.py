"""How deep JSON is nested, before it is parsed. Loaded for a line with many brackets."""


def depth(text):
    """The most brackets that are open at a time; those in texts are none."""
    deepest = now = 0
    quoted = escaped = False
    for letter in text:
        if quoted:
            quoted = letter != 34 or escaped
            escaped = letter == 92 and not escaped
        elif letter == 34:
            quoted, escaped = True, False
        elif letter in b"[{":
            now += 1
            deepest = max(deepest, now)
        elif letter in b"]}":
            now -= 1
    return deepest
