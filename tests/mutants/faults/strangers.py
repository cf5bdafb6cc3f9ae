"""Numbers in words, doors without an account, what is answered when the database is away, rights before forms."""

from tests.mutants.fault import Fault

NUMBERS, RESIDENT = "tests/issues/ticket/test_numbers.py", "tests/issues/resident/test_pages.py"

FAULTS = (
    Fault(
        "numbers_stored_plain",
        "A telephone in somebody's words would be stored as it was typed.",
        "core/trust/freetext.py",
        'return FreeText(veiled, "" if veiled == kept else encrypt(kept))',
        "return FreeText(kept)",
        (f"{NUMBERS}::test_nothing_that_is_stored_tells_it",),
    ),
    Fault(
        "title_cut_before_masked",
        "A title that is cut out of longer words would keep half a number.",
        "issues/engine/new_ticket.py",
        "CLAUSE_END.split(shown(self.description).strip(), maxsplit=1)",
        "CLAUSE_END.split(self.description[:TITLE_LENGTH].strip(), maxsplit=1)",
        (f"{NUMBERS}::test_a_title_that_is_cut_keeps_no_half_number",),
    ),
    Fault(
        "young_files_swept",
        "The nightly sweep would delete the photo of an order that is still being saved.",
        "core/files/stored.py",
        "if _is_young(file) or any(",
        "if any(",
        ("tests/core/files/test_stored.py::test_a_file_whose_row_is_still_being_saved_is_spared",),
    ),
    Fault(
        "parts_by_their_name",
        "A part of a workbook would be looked into only if it is called XML.",
        "core/files/examining.py",
        "if block.startswith(MEDIA):",
        'if block.startswith(MEDIA) or not part.filename.endswith(".xml"):',
        ("tests/core/files/test_workbooks.py::test_every_part_is_looked_into_whatever_it_is_called",),
    ),
    Fault(
        "address_shuts_out",
        "Wrong codes of one visitor would shut out everybody behind the same address.",
        "core/races/doors.py",
        "if not (visitor.device and name == _address(door, visitor))",
        "if name",
        (f"{RESIDENT}::test_a_right_code_is_no_guess_and_a_known_device_is_not_shut_out",),
    ),
    Fault(
        "form_before_rights",
        "Whom a step is not for would be told which fields it has.",
        "core/process/transition_views.py",
        "        if not page.hats & step.who:\n            raise NotYours(page.refusal(step))\n",
        "",
        ("tests/access/test_links.py::test_a_step_of_somebody_else_is_refused_before_its_form_is_read",),
    ),
)
