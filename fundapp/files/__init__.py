"""Uploads and issued files: checked by content, hashed, kept outside the web root under their hash. Has no routes: the room that owns a thing serves its files."""
