"""Options to one operation to print to exit code; ui.py alone prints."""
