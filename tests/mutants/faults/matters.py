"""Duty lists, routing, the gate, the special ledgers."""

from tests.mutants.fault import Fault

APPROVING, RESOLVING = "tests/duties/approving/test_approving.py", "tests/duties/routing/test_resolving.py"

FAULTS = (
    Fault(
        "two_of_three_agree",
        "A list would be approved before the third department has read it.",
        "duties/approving/actions.py",
        "if not version.approvals.filter(round=version.round, outcome=Outcome.OPEN).exists():",
        "if version.approvals.filter(round=version.round, outcome=Outcome.OPEN).count() <= 1:",
        (f"{APPROVING}::test_all_three_must_agree",),
    ),
    Fault(
        "one_signs_for_three",
        "One person of three departments could approve alone.",
        "duties/approving/actions.py",
        "if asked.filter(decided_by=actor).exists():",
        "if False:",
        (f"{APPROVING}::test_three_departments_are_three_people_and_none_signs_their_own",),
    ),
    Fault(
        "in_force_a_day_late",
        "On its first day a list would not hold.",
        "duties/routing/deciding.py",
        "starts_on__lte=day",
        "starts_on__lt=day",
        ("tests/duties/routing/test_deciding.py::test_the_version_in_force_is_that_of_the_day",),
    ),
    Fault(
        "published_in_the_past",
        "A list could be made to have held last month.",
        "duties/approving/actions.py",
        "if starts_on < clock.today():",
        "if False:",
        (f"{APPROVING}::test_what_cannot_be_published",),
    ),
    Fault(
        "power_before_division",
        "A township's own division of work would have no effect.",
        "duties/routing/resolving.py",
        "office = override or power",
        "office = power or override",
        (f"{RESOLVING}::test_from_the_weakest_word_to_the_strongest",),
    ),
    Fault(
        "sent_to_the_gone",
        "Tickets would be sent to a department that is no more.",
        "duties/routing/resolving.py",
        "rule = kept if kept and in_use(kept.lead, on) else None",
        "rule = kept",
        ("tests/duties/routing/test_deciding.py::test_a_kept_rule_goes_first_until_it_ends_or_its_department_is_gone",),
    ),
    Fault(
        "basis_excuses_all",
        "Any document would excuse every hard prohibition.",
        "admission/applications/findings.py",
        "if rule == HardRule.VETO and has_basis:",
        "if has_basis:",
        ("tests/admission/test_tables.py::test_a_valid_document_excuses_no_other_rule",),
    ),
    Fault(
        "quorum_of_five",
        "The opinion round would close with one grid worker too few.",
        "admission/workflow/application_table.py",
        "facts.workers_said >= WORKERS_AT_LEAST:",
        "facts.workers_said >= WORKERS_AT_LEAST - 1:",
        ("tests/admission/test_tables.py::test_what_stands_in_the_way",),
    ),
    Fault(
        "judged_by_oneself",
        "Who asked for it would strike off their own problem.",
        "ledgers/workflow/rectification.py",
        "if facts.user_id == facts.applicant_id else None",
        "if False else None",
        ("tests/ledgers/test_problems.py::test_who_asked_never_checks_even_with_both_hats",),
    ),
    Fault(
        "settled_twice",
        "A second press would overwrite what the county found of a township.",
        "admission/rights/actions.py",
        "if (row.version if row else 0) != version:",
        "if False:",
        ("tests/admission/test_rights.py::test_the_county_reviews_and_a_second_writer_is_told",),
    ),
    Fault(
        "list_made_twice",
        "A campaign's list would be made anew when the engine tries again.",
        "ledgers/campaigns/targets.py",
        "if campaign.built_at is not None:",
        "if False:",
        ("tests/ledgers/test_campaigns.py::test_a_long_list_is_made_right_after_and_once",),
    ),
    Fault(
        "party_of_one",
        "A dispute could be agreed with one party alone.",
        "mediation/workflow/table.py",
        "if facts.parties >= PARTIES_AT_LEAST:",
        "if facts.parties >= PARTIES_AT_LEAST - 1:",
        ("tests/mediation/test_table.py::test_what_stands_in_the_way",),
    ),
)
