"""``python -m contentapi``."""

from contentapi.cli import main

if __name__ == "__main__":
    main()
