"""The Whoosh index on disk: generations, segments, their arrays, how Whoosh sees them. The only importer of Whoosh."""
