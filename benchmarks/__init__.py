"""Speed, beside the peers, on one French corpus, in one run: `python -m benchmarks.speed` (`make bench`).

    packages ─► sources ─► corpus ─► analysis ─► engines/*.build        indexing, scaling, runs
                             └─────► queries ──► engines/*.open.search  querying, serving
                                                                        └─► report ─► results/*.md

Every engine gets the same documents, the same four fields and the same terms, those of our own French analysis, so that
the ratios compare engines and nothing else; what one engine cannot do is said in its module and in the report.
A further engine is one file in `engines/` and a line in its `__init__`.
"""
