"""The virtual board: a serial port that real tools accept as an ESP board, and real MicroPython."""
