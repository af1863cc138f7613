"""The Whoosh index on disk: generations, segments, the compiler from our query tree. The only importer of Whoosh."""
