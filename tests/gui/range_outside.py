"""The other side of range_session.py: the trained backend, as for real_session.py."""

from real_outside import main

main()
