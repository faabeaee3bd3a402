"""How bytes reach a board: serial REPL, flasher, shell text."""
