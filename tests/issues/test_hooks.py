"""What tickets contribute to lower floors is there once the installation has started."""

from core.templatetags import ui
from issues.engine.actions import FOLLOWS
from issues.workflow import STATES, TRANSITIONS


def test_a_sign_says_of_a_state_what_the_workflow_says():
    for state, info in STATES.items():
        sign = ui.STAGES[state.value]
        assert (str(sign.word), sign.quarters) == (str(info.label), info.ring)
        assert str(info.label) in ui.stage(state.value)
    assert ui.SENT_BACK in {info.ring for info in STATES.values()}


def test_everything_the_table_brings_about_has_its_function():
    assert {name for step in TRANSITIONS for name in step.after} == {function.__name__ for function in FOLLOWS}
