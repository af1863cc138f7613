"""`python -m indexer` is `trouvaille`."""

if __name__ == "__main__":
    # Here, not above: the processes that `reindex` starts import this module again and need no command line.
    from indexer.cli import main

    main()
