"""What a module, a function and a parameter may be called. Loaded for a check."""


def is_name(text):
    """Is it an identifier of at most 32 ASCII characters?"""
    if not 0 < len(text) <= 32 or text[0].isdigit():
        return False
    for letter in text:
        if letter > "z" or not (letter == "_" or letter.isalpha() or letter.isdigit()):
            return False
    return True
