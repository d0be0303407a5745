"""The other side of manual_session.py: the trained backend, as for real_session.py."""

from real_outside import main

main()
