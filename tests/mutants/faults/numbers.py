"""What is counted."""

from tests.mutants.fault import Fault

TALLY, FIGURES = "tests/insights/test_tally.py", "tests/insights/test_figures.py"

FAULTS = (
    Fault(
        "merged_counted_twice",
        "One matter that two people reported would count twice.",
        "issues/engine/snapshots.py",
        'return bool(facts["state"] != State.MERGED)',
        "return True",
        (TALLY, "tests/insights/test_board.py::test_every_number_leads_to_exactly_its_tickets"),
    ),
    Fault(
        "mark_skips",
        "Events beyond a full batch would never be counted.",
        "insights/counting/tally.py",
        "update(event_id=events[-1][0])",
        "update(event_id=newest)",
        (f"{TALLY}::test_small_batches_count_the_same",),
    ),
    Fault(
        "never_taken_out",
        "A ticket that moved would stay counted where it was.",
        "insights/counting/tally.py",
        "delta.add(counted[ticket], -1)",
        "pass",
        (f"{TALLY}::test_folding_in_between_equals_a_fresh_count",),
    ),
    Fault(
        "fold_overtakes",
        "An event committed late would never be counted.",
        "insights/counting/tally.py",
        " or not _is_settled():",
        ":",
        ("tests/insights/test_concurrency.py::test_a_fold_leaves_everything_to_later_while_a_writer_is_at_work",),
        postgres=True,
    ),
    Fault(
        "suspended_scored",
        "What waits for a decision of the county would spoil the rates.",
        "issues/engine/snapshots.py",
        "in_time = ticket.state != State.SUSPENDED or bool(ticket.late_by)",
        "in_time = True",
        (TALLY, "tests/insights/test_board.py::test_every_number_leads_to_exactly_its_tickets"),
    ),
    Fault(
        "just_content_is_not",
        "基本满意 would count as not satisfied.",
        "insights/counting/metrics.py",
        '_above("satisfaction", 1)',
        '_above("satisfaction", 2)',
        ("tests/insights/test_board.py::test_every_number_leads_to_exactly_its_tickets",),
    ),
    Fault(
        "ten_are_few",
        "Ten cases would be too few to rank.",
        "insights/board/figures.py",
        "return self.total < FEWEST",
        "return self.total <= FEWEST",
        (f"{FIGURES}::test_the_lamp_of_a_rate",),
    ),
    Fault(
        "nine_are_enough",
        "Rates of a handful of cases would be ranked.",
        "insights/board/figures.py",
        "FEWEST = 10",
        "FEWEST = 9",
        (f"{FIGURES}::test_the_lamp_of_a_rate",),
    ),
    Fault(
        "narrow_interval",
        "A few cases would look conspicuous.",
        "core/templatetags/charts.py",
        "half = z * math.sqrt(",
        "half = math.sqrt(",
        (
            "tests/core/test_ui.py::test_wilson_interval_is_wide_for_few_cases",
            "tests/insights/test_watch.py::test_an_area_is_pointed_out_where_its_whole_interval_lies_beyond_a_bound",
        ),
    ),
    Fault(
        "middle_for_the_end",
        "Hints would go by the middle of the interval, not by its end.",
        "insights/board/watch.py",
        "if 100 * end < self.low:",
        "if 50 * (start + end) < self.low:",
        ("tests/insights/test_watch.py::test_an_area_is_pointed_out_where_its_whole_interval_lies_beyond_a_bound",),
    ),
)
