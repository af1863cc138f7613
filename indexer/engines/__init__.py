"""Search engines behind one protocol; `local` is the one that ships."""
