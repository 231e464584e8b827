"""Backups: where they go, which were made, making one while people work, and restoring one.

`archive.py` is the file: every table as JSON lines, every kept file, one manifest with counts and hashes, the same for
SQLite and PostgreSQL. The heartbeat makes one each night in the chosen folder and removes only files that it made itself.
"""
