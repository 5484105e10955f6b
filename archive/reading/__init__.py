"""Bodies read into readings, in processes of their own, and read again when the parser or the archive asks for it."""
