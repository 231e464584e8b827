"""Overview: what is due, the case file, search, steps put together. Reads every room, owns none."""
