"""Doors and locks: the chain over the trail, the second factor, whom a lock keeps out."""

from tests.mutants.fault import Fault

CHAIN, FACTOR = "tests/core/trust/test_chain.py", "tests/members/signing_in/test_second_factor.py"
PROFILE = "tests/members/signing_in/test_profile.py"

FAULTS = (
    Fault(
        "chain_without_key",
        "Who holds the database could link everything anew.",
        "core/trust/chain.py",
        "if last and not signature_fits(",
        "if last and not last.digest and not signature_fits(",
        (f"{CHAIN}::test_who_links_everything_anew_has_no_key",),
    ),
    Fault(
        "chain_without_order",
        "Rows could be taken out of the trail with nobody noticing.",
        "core/trust/chain.py",
        "told = [before, pk,",
        'told = ["", pk,',
        (f"{CHAIN}::test_links_that_change_places_are_found",),
    ),
    Fault(
        "cut_covered",
        "New rows would cover that the trail was cut short.",
        "core/trust/heads.py",
        "known.position >= head.position or not _stands(known)",
        "known.position >= head.position",
        (f"{CHAIN}::test_new_rows_do_not_cover_a_cut",),
    ),
    Fault(
        "hash_guessed",
        "A system admin could guess a password's hash digit by digit.",
        "core/admin.py",
        'return lookup.partition("__")[0] in offered and bool(',
        "return bool(",
        ("tests/core/test_admin.py::test_a_hash_is_not_guessed_digit_by_digit",),
    ),
    Fault(
        "denials_unseen",
        "Nobody would know who tried doors that are not theirs.",
        "members/signing_in/middleware.py",
        "        doorbook.note_denial(request, response)\n",
        "",
        ("tests/members/signing_in/test_doorbook.py::test_what_is_denied",),
    ),
    Fault(
        "code_taken_twice",
        "A code seen over a shoulder would open the door again.",
        "members/signing_in/second_factor.py",
        "user=user, last_step__lt=step)",
        "user=user)",
        (f"{FACTOR}::test_a_code_is_taken_once_by_anybody",),
    ),
    Fault(
        "half_is_whole",
        "The password alone would open an account with a second factor.",
        "members/views.py",
        "is_asked = second_factor.of(user) is not None",
        "is_asked = False",
        (f"{FACTOR}::test_the_password_alone_is_half_a_sign_in",),
    ),
    Fault(
        "proof_forever",
        "A proof of the morning would let files go in the evening.",
        "members/signing_in/entering.py",
        "FRESH_SECONDS = 600",
        "FRESH_SECONDS = 600_000",
        (f"{FACTOR}::test_a_file_is_taken_away_after_a_proof",),
    ),
    Fault(
        "owner_locked_out",
        "A stranger could keep a named person out all day.",
        "members/signing_in/lockout.py",
        'device = device_of(request, name) if request else ""',
        'device = ""',
        (f"{PROFILE}::test_the_owner_goes_on_where_they_have_signed_in_before",),
    ),
)
