"""`python3 -m second`."""

from second.cli import main

main()
