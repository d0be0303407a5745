"""Which packages a machine gets, what the page says about them, and that the lock files in the repository are whole."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from runtime import machine
from runtime.errors import SetupError
from runtime.exclusive import exclusive
from runtime.locks import all_locks
from runtime.machine import cuda_ready, nvidia_capabilities, nvidia_driver, platform_name, python_version
from runtime.plan import choose_lock, licences_text, size_text

LOCKS = all_locks()


def chosen(platform, python, wish="AUTO", cuda=False):
    choice = choose_lock(LOCKS.values(), platform, python, wish, cuda)
    return choice.lock.path.name if choice.lock else choice.reason


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        (("linux-x86_64", (3, 11)), "linux-x86_64-py311-cpu.txt"),
        (("linux-x86_64", (3, 11), "AUTO", True), "linux-x86_64-py311-cuda.txt"),
        (("linux-x86_64", (3, 11), "CPU", True), "linux-x86_64-py311-cpu.txt"),
        (("linux-x86_64", (3, 11), "CUDA"), "linux-x86_64-py311-cuda.txt"),
        (("linux-x86_64", (3, 13)), "linux-x86_64-py313-cpu.txt"),
        (("linux-x86_64", (3, 13), "CUDA"), "linux-x86_64-py313-cuda.txt"),
        (("linux-x86_64", (3, 14)), "linux-x86_64-py314-cpu.txt"),
        (("linux-x86_64", (3, 14), "AUTO", True), "linux-x86_64-py314-cuda.txt"),
        (("windows-x86_64", (3, 11)), "windows-x86_64-py311-cpu.txt"),
        (("windows-x86_64", (3, 13)), "windows-x86_64-py313-cpu.txt"),
        (("macos-arm64", (3, 11)), "macos-arm64-py311-cpu.txt"),
        (("macos-arm64", (3, 13)), "macos-arm64-py313-cpu.txt"),
    ],
)
def test_every_machine_gets_its_packages(arguments, name):
    assert chosen(*arguments) == name


def test_what_cannot_be_set_up_is_said_in_a_sentence():
    assert "no current PyTorch" in chosen("macos-x86_64", (3, 11))
    assert "3.11 or 3.13" in chosen("windows-x86_64", (3, 12))


def test_a_large_build_without_a_card_for_it_is_pointed_out():
    locks = [lock for lock in LOCKS.values() if lock.path.name != "linux-x86_64-py313-cpu.txt"]
    choice = choose_lock(locks, "linux-x86_64", (3, 13), "AUTO", False)
    assert choice.lock.device == "cuda" and re.search(r"With Python 3\.1[14] it would be 30\d MB", choice.note)
    choice = choose_lock(locks, "linux-x86_64", (3, 11), "CUDA", False)
    assert "No NVIDIA card" in choice.note


@pytest.mark.parametrize("lock", LOCKS.values(), ids=LOCKS)
def test_a_lock_file_has_every_package_pinned_and_its_size(lock, repository):
    names = {package.name: package.version for package in lock.packages}
    table = tomllib.loads((repository / "pyproject.toml").read_text())
    wanted = dict(line.split("==") for line in table["dependency-groups"]["backend"])
    if lock.python != (3, 11):
        wanted |= dict(line.split("==") for line in table["dependency-groups"]["backend-py313"])
    assert {name: names[name].split("+")[0] for name in wanted} == wanted, "run: python3 build.py lock"
    assert [f"pip=={names['pip']}"] == table["dependency-groups"]["pip"]
    assert sum(package.size for package in lock.packages) == lock.download < lock.disk
    assert len({package.sha256 for package in lock.packages}) == len(lock.packages)
    assert all(package.size > 0 and package.licence for package in lock.packages)
    assert names["torch"].partition("+")[2] == lock.torch_build
    assert lock.torch_index.endswith(f"/{lock.torch_build}") if lock.torch_build else lock.torch_index == ""
    assert 0 < lock.longest_path < 200


def test_pip_can_read_the_lock_files(repository):
    for lock in LOCKS.values():
        text = lock.path.read_text()
        assert "://" not in text, "where packages are is pip's business"
        for line in text.splitlines():
            assert line.startswith("#") or re.fullmatch(r"\S+==\S+ --hash=sha256:[0-9a-f]{64}  # \d+ bytes, .+", line)


def test_sizes_and_licences_for_people():
    assert (size_text(265_401_434), size_text(2_803_891_852)) == ("265 MB", "2.8 GB")
    text = licences_text(LOCKS["linux-x86_64-py311-cuda.txt"])
    assert text.index("MIT (") < text.index("LGPL (") and "NVIDIA (" in text


def test_this_machine():
    assert re.fullmatch(r"(linux|windows|macos)-\w+", platform_name())
    assert python_version(Path(sys.executable)) == sys.version_info[:2]
    assert python_version(Path("/nowhere/python")) is None
    assert cuda_ready() == (nvidia_driver()[:1] >= (580,) and any(card >= (7, 5) for card in nvidia_capabilities()))


@pytest.mark.parametrize(
    ("driver", "cards", "ready"),
    [
        ((580, 65), ((8, 9),), True),
        ((580, 65), ((6, 1),), False),  # GTX 1080: the last driver for it, and no CUDA 13
        ((580, 65), ((6, 1), (12, 0)), True),
        ((570, 124), ((8, 9),), False),
        ((580, 65), (), False),  # a driver whose card is gone
        ((), (), False),
    ],
)
def test_cuda_needs_a_driver_and_a_card(monkeypatch, driver, cards, ready):
    monkeypatch.setattr(machine, "nvidia_driver", lambda: driver)
    monkeypatch.setattr(machine, "nvidia_capabilities", lambda: cards)
    assert cuda_ready() is ready


def test_without_a_fitting_card_the_small_download_is_offered_wherever_there_is_one():
    for platform, python in {(lock.platform, lock.python) for lock in LOCKS.values()}:
        choice = choose_lock(LOCKS.values(), platform, python, "AUTO", False)
        assert choice.lock.device == "cpu" and choice.lock.download < 350e6, (platform, python)


def test_the_lock_of_a_dead_process_is_free(tmp_path):
    code = (
        "import sys, time; sys.path.insert(0, sys.argv[1])\n"
        "from pathlib import Path; from runtime.exclusive import exclusive\n"
        "with exclusive(Path(sys.argv[2])): print('held', flush=True); time.sleep(60)"
    )
    addon = Path(__file__).resolve().parents[2] / "addon"
    holder = subprocess.Popen([sys.executable, "-c", code, addon, tmp_path / "lock"], stdout=subprocess.PIPE, text=True)
    assert holder.stdout.readline() == "held\n"
    with pytest.raises(SetupError, match="Another Blender"), exclusive(tmp_path / "lock", wait=0.2):
        pass
    holder.kill()
    holder.wait()
    holder.stdout.close()
    with exclusive(tmp_path / "lock", wait=2.0):
        pass
