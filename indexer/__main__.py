"""`python -m indexer` is `trouvaille`."""

from indexer.cli import main

if __name__ == "__main__":
    main()
