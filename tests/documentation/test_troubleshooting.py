"""Troubleshooting names every message with what to do: none is missing, none is stale."""

from __future__ import annotations

from tests.documentation.messages import ROOT, collect
from tests.documentation.pages import rows

PAGE = ROOT / "addon" / "docs" / "troubleshooting.md"
HEAD = "Without a message"  # the section about what is seen instead of read


def table() -> dict[tuple[str, str], str]:
    """(code, sentence) -> what to do."""
    found = {}
    for heading, cells in rows(PAGE):
        if heading != HEAD:
            said, code, remedy = cells
            found |= {(code.strip("`"), sentence): remedy for sentence in said.split("<br>")}
    return found


def as_cell(text: str) -> str:
    """A sentence as a table has it."""
    return text.replace("|", "\\|").replace("<", "&lt;")


def test_every_message_is_in_the_table():
    known = table()
    missing = {
        f"{message.path}: | {as_cell(message.text)} | {message.code and f'`{message.code}`'} | {message.hint or '?'} |"
        for message in collect()
        if (message.code, as_cell(message.text)) not in known
    }
    assert not missing, "addon/docs/troubleshooting.md lacks these rows:\n" + "\n".join(sorted(missing))


def test_every_code_of_the_backend_is_in_the_table():
    codes = {code for code, _ in table()}
    assert {message.code for message in collect()} <= codes
    assert len(codes) > 50  # the collector finds something


def test_no_row_is_about_a_message_that_is_gone():
    said = {(message.code, as_cell(message.text)) for message in collect()}
    stale = [sentence for code, sentence in table() if (code, sentence) not in said]
    assert not stale, "addon/docs/troubleshooting.md has rows about messages that do not exist:\n" + "\n".join(stale)


def test_every_row_says_what_to_do():
    empty = [sentence for (_, sentence), remedy in table().items() if len(remedy) < 10 or "TODO" in remedy]
    assert not empty


def test_the_commonest_in_the_readme_are_messages_too():
    known = {sentence for _, sentence in table()}
    said = [cells[0] for heading, cells in rows(ROOT / "README.md") if heading == "Troubleshooting"]
    assert len(said) > 5
    assert [sentence for sentence in said if sentence not in known] == ["It heard other words"]
