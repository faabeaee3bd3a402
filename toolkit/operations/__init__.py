"""What the toolkit does, one verb per file; long work yields its progress."""
