"""`python -m benchmarks.identifiers [word or line …]`: what a board's traceback speaks of.

Words stand for identifiers of ours, and in core/ for files; a line of `node` is one of the files
linked into it.
"""

import sys

from toolkit.model import paths
from toolkit.operations.filenames import renames
from toolkit.operations.identifiers import swaps
from toolkit.operations.link import place
from toolkit.operations.sources import sources_below


def main() -> None:
    """Print what the words and lines asked for were, else all words."""
    micros = paths.repository() / "micros"
    asked = sys.argv[1:]
    texts = sources_below(micros)
    for line in filter(str.isdigit, asked):
        print(f"node line {line}: %s line %d" % place(int(line), texts))
    files = {f"core/{name}.py": word for name, word in renames(texts).items()}
    for name, word in sorted([*files.items(), *swaps(micros).items()], key=lambda it: it[1]):
        if word in asked or not asked:
            print(f"{word:24} {name}")


if __name__ == "__main__":
    main()
