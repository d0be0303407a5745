"""Entry of `python -m backend`: the command line, or the doctor where that cannot start."""

import sys


def main() -> int:
    """Run the command line, or say what it lacks."""
    try:
        from backend.cli import main as run
    except ImportError as error:
        if sys.argv[1:2] == ["doctor"]:
            from backend.commands.doctor import main as doctor

            return doctor(sys.argv[2:])
        package = getattr(error, "name", None) or "one of its packages"
        print(f"error: The backend cannot start without {package} ({error}).", file=sys.stderr)
        print("python -m backend doctor says what is missing.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:  # while it imports; later, the command line answers
        print("stopped", file=sys.stderr)
        return 130
    return run()


if __name__ == "__main__":
    sys.exit(main())
