"""The report of a self-check: both forms tell the same, and nothing that is private."""

import json

from toolkit.model.selfcheck_report import Report, Result, Step, scrubbed

STEPS = (
    Step("chip", Result.PASSED, figures={"chip": "esp32c3", "flash": "4MB"}),
    Step("shell", Result.FAILED, "no answer | none"),
    Step("pins", Result.LEFT_OUT, "no pin is touched"),
)


def test_both_forms_have_every_step_and_say_what_has_changed() -> None:
    report = Report("0.5.0-0", "Linux", True, STEPS, ("slot b has another release",))
    page, facts = report.as_page(), json.loads(report.as_json())
    assert "# Self-check of esp32c3: 1 passed, 1 failed, 1 left out" in page
    assert "| chip | passed | chip esp32c3, flash 4MB |" in page
    assert "| shell | failed | no answer / none |" in page
    assert "a virtual board: only its silicon is imitated" in page
    assert "* slot b has another release" in page
    assert [step["result"] for step in facts["steps"]] == ["passed", "failed", "left out"]
    assert (facts["virtual"], facts["summary"]) == (True, "1 passed, 1 failed, 1 left out")
    assert report.failed == 1


def test_a_board_that_is_as_it_was_is_said_to_be() -> None:
    page = Report("0.5.0-0", "Linux", False, STEPS[:1]).as_page()
    assert "Nothing: the board is as it was." in page
    assert "a real board" in page


def test_private_words_leave_a_sentence_and_nothing_else_does() -> None:
    private = {"node01", "node", "home", "home net", "a.b*c", ""}
    said = "node01 in home net (a.b*c), not homeless or a.bxc"
    assert scrubbed(said, private) == "<private> in <private> (<private>), not homeless or a.bxc"
