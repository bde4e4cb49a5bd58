"""Text from imported files is shown letter by letter, wherever it appears."""

from __future__ import annotations

import dataclasses
import re
from types import SimpleNamespace

import pytest

from wfm.errors import BadInput
from wfm.scenario import LabourRules
from wfm.ui.i18n import plain
from wfm.ui.navigation import PATHS

from . import fakes
from .reading import read

NASTY = "![x](http://127.0.0.1/a.png) *b* :red[c] $d$ <b>"
# Elements whose text Streamlit reads as Markdown; a text, a code block or a table cell is not.
MARKDOWN = ("title", "header", "subheader", "markdown", "caption", "info", "success", "error",
            "warning")  # fmt: skip
# ASCII punctuation with an even number of backslashes before it, so that it has a meaning.
BARE = re.compile(r"(?<!\\)(?:\\\\)*[!-/:-@\[\]^-`{-~]")


@pytest.mark.parametrize(
    "text",
    [
        NASTY, "# a", "- a", "1. a", "> a", "a | b", "    a", "`a`", "~~a~~", "a_b_c", "[a](b)",
        "[a]: http://b", "&amp; &#33;", "<img src=x>", "$$x$$", ":smile:", ":+1:", ":streamlit:",
        ":material/home:", ":blue-background[a]", ":small[a]", "www.a.de", "a@b.de", "a -> b",
        "a <- b", "a <-> b", "a -- b", ">= 3", "<= 3", "~= 3", "\\* a", "\\",
    ],
)  # fmt: skip
def test_a_plain_text_reads_as_it_was_written(text):
    assert read(plain(text)) == " ".join(text.split())
    assert not BARE.search(plain(text))


@pytest.mark.parametrize(
    ("text", "pattern"),
    [
        # As in Streamlit's own Markdown, which works on the text after the backslashes are gone.
        (":smile: :+1:", r":\+1:|:-1:|:[\w-]+:"),
        (":material/home:", r":material[/_](\w+):"),
        (":streamlit:", r":streamlit:"),
        ("http://a.de https://a.de www.a.de", r"(https?://|www(?=\.))([-.\w]+)([^ \t\r\n]*)"),
        ("a@b.de", r"([-.\w+]+)@([-\w]+(?:\.[-\w]+)+)"),
        ("a -> b <- c <-> d -- e >= f <= g ~= h", r"(^|\s)(<->|->|<-|--|>=|<=|~=)(\s|$)"),
    ],
)
def test_what_is_replaced_in_the_finished_text_finds_nothing(text, pattern):
    assert re.search(pattern, text)
    finished = re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", plain(text))
    assert not re.search(pattern, finished, re.IGNORECASE)


def test_a_line_end_cannot_start_a_list():
    assert read(plain("a\n- b\r\n# c")) == "a - b # c"


def test_a_clock_time_stays_one_that_can_be_searched_for():
    assert plain("Mon 08:00").replace("\\", "") == "Mon 08:00"
    assert not re.search(":100:", plain("08:100: x").replace("\\", ""))


def test_plain_leaves_letters_digits_and_other_scripts_alone():
    assert plain("Zürich 队列 7") == "Zürich 队列 7"


@pytest.fixture(scope="module")
def nasty():
    """A plan in which every text that a file can bring tries to be more than text."""
    made = fakes.renamed(fakes.plan(), "voice", NASTY, synthetic=True)
    people = tuple(
        dataclasses.replace(person, name=NASTY, team=NASTY) for person in made.scenario.people
    )
    shifts = tuple(dataclasses.replace(kind, name=NASTY) for kind in made.scenario.shifts)
    choices = dataclasses.replace(
        made.scenario, name=NASTY, people=people, shifts=shifts, rules=LabourRules(source=NASTY)
    )
    source = SimpleNamespace(
        **vars(made.provenance) | {"notes": (NASTY,), "versions": {NASTY: NASTY}}
    )
    found = SimpleNamespace(rule=NASTY, agent="P001", day=fakes.START, text=NASTY)
    return fakes.revised(
        made, scenario=choices, provenance=source, violations=(found,),
        score=made.score.assign(seasonal_naive=0.1, bias=0.5),
    )  # fmt: skip


def markdown_of(page) -> list[str]:
    """Every text on `page` that is read as Markdown."""
    return [str(item.value) for kind in MARKDOWN for item in page.get(kind)]


def foreign(texts: list[str]) -> list[str]:
    """Those of `texts` in which a person reads the foreign text."""
    return [text for text in texts if NASTY in read(text)]


@pytest.mark.parametrize("path", PATHS)
def test_no_page_reads_a_foreign_text_as_markdown(show, nasty, path):
    page = show(path, fakes.FakeApp(nasty))
    assert not page.exception
    assert not page.get("text")
    texts = markdown_of(page)
    # These name a queue in the list to choose from only, until one is chosen, or have none yet.
    assert foreign(texts) or path in ("forecast", "roster", "kpi", "pdca")
    assert all(plain(NASTY) in text for text in foreign(texts))
    assert not [text for text in texts if "![x" in text]


@pytest.mark.parametrize("view", ["day", "week", "coverage", "rules", "in_force", "hours"])
def test_no_view_of_the_roster_reads_a_foreign_text_as_markdown(show, nasty, view):
    page = show("roster", fakes.FakeApp(nasty))
    page.session_state["roster_view"] = view
    page.selectbox(key="pick_queue_or_all").select(NASTY).run()
    assert not page.exception
    texts = markdown_of(page)
    assert foreign(texts)
    assert all(plain(NASTY) in text for text in foreign(texts))
    assert not [text for text in texts if "![x" in text]


def test_a_list_to_choose_from_names_the_queue_as_it_is(show, nasty):
    # Streamlit shows the options of a selectbox as they are; a backslash would be seen.
    page = show("staffing", fakes.FakeApp(nasty))
    assert page.selectbox(key="pick_queue_one").options[0] == f"{NASTY} (synthetic)"


@pytest.mark.parametrize("path", PATHS)
def test_a_refusal_shows_a_foreign_text_as_it_is(show, path):
    page = show(path, fakes.FakeApp(error=BadInput(f"plan: queue {NASTY!r} is damaged")))
    assert any(NASTY in item.value for item in page.text)
    assert not [text for text in markdown_of(page) if "![x" in text]


@pytest.mark.parametrize("path", ["home", "roster"])
def test_what_a_job_says_is_not_read_as_markdown(show, nasty, path):
    app = fakes.FakeApp(None if path == "home" else nasty)
    app.job_state = SimpleNamespace(
        state="running", fraction=0.4, text=NASTY, error="", taken=False
    )
    page = show(path, app)
    assert plain(NASTY) in page.get("progress")[0].text
    app.job_state = SimpleNamespace(state="failed", fraction=0.4, text="", error=NASTY, taken=False)
    page.run()
    assert plain(NASTY) in page.error[0].value
