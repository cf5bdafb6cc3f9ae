from hypothesis import given
from hypothesis import strategies as st

from grids.levels import PARENTS, SERIAL_LEVELS, Level, code_problem

LEVELS = st.sampled_from(list(Level))
DIGITS = st.text("0123456789", min_size=0, max_size=20)


@given(LEVELS, st.text(max_size=40), st.none() | DIGITS)
def test_any_text_gets_an_answer_and_only_digits_pass(level, code, parent):
    problem = code_problem(level, code, parent)
    if problem is None:
        assert code.isascii()
        assert code.isdigit()
        assert len(code) == (15 if level in SERIAL_LEVELS else 12)


@given(
    st.integers(11, 82),
    st.integers(0, 99),
    st.integers(1, 99),
    st.integers(1, 999),
    st.integers(1, 999),
    st.integers(0, 999),
)
def test_a_well_formed_branch_fits_from_the_county_down(province, city, county, town, village, grid):
    root = f"{province:02d}{city:02d}{county:02d}"
    codes = {
        Level.COUNTY: f"{root}000000",
        Level.TOWNSHIP: f"{root}{town:03d}000",
        Level.VILLAGE: f"{root}{town:03d}{village:03d}",
        Level.GRID: f"{root}{town:03d}{village:03d}{grid:03d}",
    }
    branch = [Level.COUNTY, Level.TOWNSHIP, Level.VILLAGE, Level.GRID]
    for above, level in zip([None, *branch], branch, strict=False):
        assert code_problem(level, codes[level], codes.get(above)) is None
        if above:
            assert above in PARENTS[level]


@given(st.sampled_from([Level.TOWNSHIP, Level.VILLAGE, Level.GRID]), st.integers(1, 8))
def test_a_foreign_parent_is_noticed(level, digit):
    code = {Level.TOWNSHIP: "440783103000", Level.VILLAGE: "440783103220", Level.GRID: "440783103220001"}[level]
    parent = {Level.TOWNSHIP: "44078{}000000", Level.VILLAGE: "44078310{}000", Level.GRID: "44078310322{}"}[
        level
    ].format(digit)
    assert (code_problem(level, code, parent) is None) == (code[: len(parent.rstrip("0"))] == parent.rstrip("0"))
