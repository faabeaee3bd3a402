"""What a node costs in memory, time and size: measured against references in the same run."""
