"""Reading a child process without waiting: whole lines, bounded, nothing lost at its end, and no thread of ours."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
import types
from pathlib import Path

import pytest


@pytest.fixture
def module(extension):
    return extension("link.process")


@pytest.fixture
def start(module, tmp_path):
    """A function from a piece of Python to the process that runs it."""
    children = []

    def make(code: str, errors=subprocess.DEVNULL):
        children.append(module.ChildProcess([sys.executable, "-c", code], tmp_path, errors))
        return children[-1]

    yield make
    for child in children:
        child.stop()


@pytest.fixture
def all_lines(wait_until):
    """A function that reads a process to its end."""

    def read(child, seconds: float = 60.0) -> list[str]:
        lines: list[str] = []
        wait_until(lambda: lines.extend(child.read_lines()) or child.ended, seconds)
        return lines

    return read


@pytest.fixture(params=["this system", "windows"])
def either_system(request, module, monkeypatch):
    """The second time as on Windows, whose pipes always block: what is there is asked for before it is read."""
    if request.param == "windows" and sys.platform != "win32":
        import fcntl
        import struct
        import termios

        def peek(descriptor: int, size: int) -> tuple[int, int]:
            waiting = struct.unpack("i", fcntl.ioctl(descriptor, termios.FIONREAD, b"\0" * 4))[0]
            if not waiting and closed(descriptor):
                raise BrokenPipeError
            return waiting, 0

        def closed(descriptor: int) -> bool:
            import select

            poll = select.poll()
            poll.register(descriptor, 0)
            return any(event & select.POLLHUP for _, event in poll.poll(0))

        monkeypatch.setitem(sys.modules, "_winapi", types.SimpleNamespace(PeekNamedPipe=peek))
        monkeypatch.setitem(sys.modules, "msvcrt", types.SimpleNamespace(get_osfhandle=lambda descriptor: descriptor))
        monkeypatch.setattr(module, "sys", types.SimpleNamespace(platform="win32"))


@pytest.mark.usefixtures("either_system")
class TestReading:
    def test_whole_lines_and_an_unfinished_last_one(self, start, all_lines):
        assert all_lines(start("print('a'); print(); print('ü'); print('end', end='')")) == ["a", "", "ü", "end"]

    def test_lines_in_parts_are_put_together(self, start, all_lines):
        code = (
            "import sys, time\nfor part in (b'gr\\xc3', b'\\xbc', b'n\\r\\nb', b'lau\\n'):\n"
            "    sys.stdout.buffer.write(part); sys.stdout.buffer.flush(); time.sleep(0.05)"
        )
        assert all_lines(start(code)) == ["grün", "blau"]

    def test_what_is_no_utf_8_is_replaced(self, start, all_lines):
        assert all_lines(start("import sys; sys.stdout.buffer.write(b'\\xff\\xfe!\\n')")) == ["��!"]

    def test_nothing_is_lost_when_it_exits(self, start, all_lines):
        lines = all_lines(start("for number in range(20_000): print(number)"))
        assert lines == [str(number) for number in range(20_000)]

    def test_a_line_that_is_too_long_is_given_once_and_cut(self, start, all_lines, module):
        code = "for length in (5, {0} - 1, {0} + 1, {0} + 70_000, 3 * {0}): print('x' * length)\nprint('end')"
        lines = all_lines(start(code.format(module.LONGEST_LINE)))
        longest = module.LONGEST_LINE
        assert [len(line) for line in lines] == [5, longest - 1, longest + 1, longest + 1, longest + 1, 3]

    def test_looking_never_waits(self, start):
        child = start("import time; time.sleep(600)")
        begun = time.monotonic()
        for _ in range(100):
            assert child.read_lines() == []
        assert time.monotonic() - begun < 60.0 and not child.ended

    def test_a_process_that_floods_has_to_wait(self, start, module):
        """It is stopped by the full pipe; a look is bounded, and so is what is kept between two."""
        child = start("import sys\nwhile True: sys.stdout.write('bye\\n' * 1000)")
        for _ in range(50):
            begun = time.process_time()
            assert len(child.read_lines()) <= module.MOST_LINES
            assert time.process_time() - begun < 0.05
            assert len(child._buffer) <= module.LONGEST_LINE + 2 * module._CHUNK
            time.sleep(0.002)
        child.stop(wait=0.0)
        assert not child.alive

    def test_output_closed_by_a_process_that_goes_on(self, start, wait_until):
        child = start("import os, sys, time; os.close(1); os.close(2); sys.stdin.read()")
        wait_until(lambda: child.read_lines() == [] and child._closed)
        assert not child.ended and child.alive
        child.close_input()
        wait_until(lambda: child.read_lines() == [] and child.ended)
        assert child.returncode is not None

    def test_its_own_child_may_keep_the_pipe_open(self, start, all_lines):
        """It is not waited for: it lives until its input, which it has inherited, is closed by `stop`."""
        code = "import subprocess, sys; subprocess.Popen([sys.executable, '-c', 'import sys; sys.stdin.read()']); print('done')"
        assert all_lines(start(code)) == ["done"]


def test_a_process_can_answer(start, all_lines, wait_until):
    child = start("import sys\nfor line in sys.stdin: print(line.strip().upper(), flush=True)")
    child.write_line("größe")
    lines: list[str] = []
    wait_until(lambda: lines.extend(child.read_lines()) or lines)
    assert lines == ["GRÖSSE"]
    child.close_input()
    assert all_lines(child) == [] and child.returncode == 0
    with pytest.raises((OSError, ValueError)):
        child.write_line("more")


def test_standard_error_goes_where_it_is_told(start, all_lines, tmp_path):
    code = "import sys; print('error', file=sys.stderr)"
    assert all_lines(start(code)) == [] and all_lines(start(code, subprocess.STDOUT)) == ["error"]
    with (tmp_path / "log").open("ab") as log:
        all_lines(start(code, log))
    assert (tmp_path / "log").read_text().strip() == "error"


def test_stopping_lets_it_finish_what_it_writes(start):
    """One that is blocked in a write could not see that its input has ended."""
    child = start("import sys\nsys.stdin.read()\nprint('x' * 10_000_000)")
    child.stop(wait=20.0)
    assert child.returncode == 0 and child.read_lines() == []


def test_stop_ends_a_process_that_ignores_everything(start):
    child = start("import time; time.sleep(600)")
    begun = time.monotonic()
    child.stop(wait=0.1)
    assert not child.alive and time.monotonic() - begun < 60.0
    child.stop()


def test_no_thread_of_ours_and_no_descriptor_is_left(start, all_lines):
    def descriptors() -> int:
        return len(list(Path("/proc/self/fd").iterdir())) if sys.platform == "linux" else 0

    threads, before = threading.active_count(), descriptors()
    for _ in range(10):
        child = start("print('x' * 100)")
        assert threading.active_count() == threads
        all_lines(child)
        child.stop()
    assert threading.active_count() == threads and descriptors() == before


def test_environment_is_free_of_our_python(start, all_lines, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", "/nowhere")
    monkeypatch.setenv("MINE", "kept")
    code = "import os; print(os.environ.get('PYTHONPATH'), os.environ['MINE'], os.environ['PYTHONUTF8'])"
    assert all_lines(start(code)) == ["None kept 1"]


def test_program_that_cannot_be_started(module, tmp_path):
    with pytest.raises(OSError):
        module.ChildProcess([str(tmp_path / "no such python")])
