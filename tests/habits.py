"""Habits of other people's files, made small: 40 records, sick or well, and what is to happen to each."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

N = 40
OUTCOME = ["sick" if row % 4 == 0 else "well" for row in range(N)]
AGE = [str(20 + row) for row in range(N)]
PLAIN = [f"{1 + row / 10:.1f}" for row in range(N)]
SITE = ["east" if row % 3 else "west" for row in range(N)]


@dataclass(frozen=True)
class Habit:
    """A file, and what happens: it is read (`entry` in the contract, `first` values of x), asked about, or refused.

    says: in the remarks of the draft, in the open question, or in the message. todo: in the mend of a refusal.
    """

    name: str
    what: str
    now: str
    content: bytes
    says: str = ""
    entry: dict[str, Any] | None = None
    dialect: dict[str, Any] | None = None
    first: Sequence[object] = ()
    ending: str = "read"
    todo: str = ""
    options: dict[str, Any] = field(default_factory=dict)


def table(x: Sequence[str], name: str = "x", separator: str = ",", end: str = "\n", outcome: Sequence[str] = ()) -> str:
    """A CSV with the columns age, x, site and y; a cell with the separator is quoted."""
    rows = [("age", name, "site", "y"), *zip(AGE, spread(x), SITE, outcome or OUTCOME, strict=True)]
    return end.join(separator.join(quoted(cell, separator) for cell in row) for row in rows) + end


def spread(x: Sequence[str]) -> list[str]:
    """The values again and again, N of them."""
    return [x[row % len(x)] for row in range(N)]


def quoted(cell: str, separator: str) -> str:
    return f'"{cell}"' if separator in cell else cell


def numbers(form: Callable[[float], str], step: float = 0.7, start: float = 1.3) -> list[str]:
    """N different numbers, written by `form`."""
    return [form(start + step * row) for row in range(N)]


def with_line(text: str, number: int, line: str) -> str:
    """The text with another line put in as line `number`."""
    lines = text.splitlines(keepends=True)
    return "".join([*lines[: number - 1], f"{line}\n", *lines[number - 1 :]])


def comma(value: float) -> str:
    return f"{value:.1f}".replace(".", ",")


def german(value: float) -> str:
    return f"{value * 1000:,.2f}".replace(",", "_").replace(".", ",").replace("_", ".")


TEXT = table(PLAIN)
DAYS = [f"{1 + row % 28:02}/{1 + row % 12:02}/2024" for row in range(N)]
EARLY = [f"{1 + row % 12:02}/{1 + row // 4 % 12:02}/2024" for row in range(N)]
SPOILED = ["hemolysed" if row in (3, 5) else value for row, value in enumerate(PLAIN)]

READ = [
    Habit(
        "bom",
        "a mark of UTF-8 at the start",
        "read, the mark is no part of a name",
        b"\xef\xbb\xbf" + TEXT.encode(),
        first=[1.0, 1.1],
    ),
    Habit(
        "utf16",
        "UTF-16, as Excel's Unicode text",
        "read, and said",
        table(["ä", "ö"]).encode("utf-16"),
        "encoding utf-16",
        dialect={"encoding": "utf-16"},
        first=["ä", "ö"],
    ),
    Habit(
        "utf16_without_mark",
        "UTF-16 without its mark",
        "read, and said",
        TEXT.encode("utf-16-le"),
        "encoding utf-16-le",
        dialect={"encoding": "utf-16-le"},
        first=[1.0, 1.1],
    ),
    Habit(
        "windows_1252",
        "another encoding: 5 €, Köln",
        "read, with the words that it gives",
        table(["Köln", "Nîmes"]).encode("cp1252"),
        "Köln, Nîmes",
        dialect={"encoding": "cp1252"},
        first=["Köln", "Nîmes"],
    ),
    Habit(
        "semicolon",
        "semicolons, and decimal commas",
        "read, with the count of commas",
        table(numbers(comma), separator=";").encode(),
        "',' is a decimal mark in 40 values",
        {"type": "number", "written": {"decimal": ","}},
        {"separator": ";"},
        [1.3, 2.0],
    ),
    Habit(
        "commas_in_names",
        "semicolons, decimal commas, and as many commas in the names as in each record",
        "read by the semicolons",
        (
            "age;x, mg/dl;z, kg;y\n" + "".join(f"{20 + row};{row % 9},5;7,25;{OUTCOME[row]}\n" for row in range(N))
        ).encode(),
        "cells are separated by a semicolon",
        {"type": "number", "written": {"decimal": ","}},
        {"separator": ";"},
        [0.5, 1.5],
    ),
    Habit(
        "decimal_comma",
        '"26,1" between commas',
        "read, with the count",
        table(numbers(comma)).encode(),
        "',' is a decimal mark in 40 values",
        {"type": "number", "written": {"decimal": ","}},
        first=[1.3, 2.0],
    ),
    Habit(
        "thousands",
        '"12,345", and 950 without a comma',
        "read, with the count",
        table(numbers(lambda v: f"{v * 350:,.0f}")).encode(),
        "',' is between thousands in 37 values",
        {"type": "number", "written": {"thousands": ","}},
        first=[455, 700, 945, 1190],
    ),
    Habit(
        "german",
        "1.234,56",
        "read, with the count",
        table(numbers(german), separator=";").encode(),
        "'.' is between thousands in 40 values",
        {"type": "number", "written": {"decimal": ",", "thousands": "."}},
        {"separator": ";"},
        [1300, 2000],
    ),
    Habit(
        "swiss",
        "12'345.50",
        "read, with the count",
        table(numbers(lambda v: f"{v * 1000:,.2f}".replace(",", "'"))).encode(),
        "between thousands",
        {"type": "number", "written": {"thousands": "'"}},
        first=[1300, 2000],
    ),
    Habit(
        "thin_spaces",
        "1 234 with a non-breaking space",
        "read, with the count",
        table(numbers(lambda v: f"{v * 1000:,.0f}".replace(",", "\u00a0"))).encode(),
        "between thousands",
        {"type": "number", "written": {"thousands": " "}},
        first=[1300, 2000],
    ),
    Habit(
        "tab",
        "tabs",
        "read, and said",
        table(PLAIN, separator="\t").encode(),
        "separated by a tab",
        dialect={"separator": "\t"},
        first=[1.0, 1.1],
    ),
    Habit(
        "bar",
        "vertical bars",
        "read, and said",
        table(PLAIN, separator="|").encode(),
        "separated by a vertical bar",
        dialect={"separator": "|"},
        first=[1.0, 1.1],
    ),
    Habit(
        "mixed_line_ends",
        "\\r\\n and \\n",
        "read",
        (TEXT + table(PLAIN, end="\r\n").partition("\r\n")[2]).encode(),
        first=[1.0, 1.1],
    ),
    Habit(
        "quoted_newline",
        "a line break within quotation marks",
        "read: a record may have two lines",
        TEXT.replace("east", '"east\nwing"').encode(),
        first=[1.0, 1.1],
    ),
    Habit(
        "single_quotes",
        "cells quoted by '",
        "read, and said",
        "\n".join(",".join(f"'{cell}'" for cell in line.split(",")) for line in TEXT.splitlines()).encode(),
        "quoted by '",
        dialect={"quote": "'"},
        first=[1.0, 1.1],
    ),
    Habit(
        "titles",
        "two lines above the header",
        "left out, and said",
        ("Laboratory export\n2024-01-31\n" + TEXT).encode(),
        "2 line(s) above the header",
        dialect={"above": 2},
        first=[1.0, 1.1],
    ),
    Habit(
        "titles_with_commas",
        "a title with all its commas",
        "left out, and said",
        ("Laboratory export,,,\n" + TEXT).encode(),
        "1 line(s) above the header",
        dialect={"above": 1},
        first=[1.0, 1.1],
    ),
    Habit(
        "sep_line",
        "Excel's first line sep=;",
        "left out, and said",
        ("sep=;\n" + table(PLAIN, separator=";")).encode(),
        "1 line(s) above the header",
        dialect={"separator": ";", "above": 1},
        first=[1.0, 1.1],
    ),
    Habit(
        "trailing_both",
        "each line ends in a comma, the header too",
        "a column without a name and without a value, ignored",
        TEXT.replace("\n", ",\n").encode(),
        "Unnamed: 4: has no value at all",
        first=[1.0, 1.1],
    ),
    Habit(
        "percent",
        "26.1 %",
        "the number is taken, with the count",
        table(numbers(lambda v: f"{v:.1f} %")).encode(),
        "'%' beside the number is left out in 40 of 40",
        {"type": "number", "written": {"after": "%"}},
        first=[1.3, 2.0],
    ),
    Habit(
        "currency",
        "$1,234.50",
        "the number is taken, with the count",
        table(numbers(lambda v: f"${v * 1000:,.2f}")).encode(),
        "'$' beside the number is left out in 40 of 40",
        {"type": "number", "written": {"thousands": ",", "before": "$"}},
        first=[1300, 2000],
    ),
    Habit(
        "units",
        "5 mg, and 5 alone",
        "the number is taken, with the count",
        table(numbers(lambda v: f"{v:.1f} mg" if v > 3 else f"{v:.1f}")).encode(),
        "'mg' beside the number is left out in 37 of 40",
        {"type": "number", "written": {"after": "mg"}},
        first=[1.3, 2.0, 2.7, 3.4],
    ),
    Habit(
        "limits",
        "<0.6, > 9 and ≥ 9 among numbers",
        "numbers, and a feature tells the limits",
        table(["<0.6", "> 9", "≥ 9", *PLAIN[3:]]).encode(),
        "3 limits of detection",
        {"type": "number", "written": {"limits": True}},
        first=[0.6, 9, 9, 1.3],
    ),
    Habit(
        "signs",
        "+5 and -5",
        "read",
        table(numbers(lambda v: f"{v - 5:+.1f}")).encode(),
        entry={"type": "number"},
        first=[-3.7, -3.0],
    ),
    Habit(
        "spellings_of_yes",
        "Y, N, true, 1, no",
        "a flag, with the counts",
        table(["Y", "N", "true", "1", "no"]).encode(),
        "yes and no in 5 spellings",
        {"type": "flag"},
        first=[True, False, True, True, False],
    ),
    Habit(
        "spreadsheet_errors",
        "#N/A, #DIV/0!",
        "no value, with the counts",
        table(["#N/A", "#DIV/0!", *PLAIN[2:]]).encode(),
        "no value: #N/A 1, #DIV/0! 1",
        {"type": "number", "nullable": True},
        first=[None, None, 1.2],
    ),
    Habit(
        "sentinels",
        "-999 and 9999 for missing",
        "no value, with the counts",
        table(["-999", "9999", *PLAIN[2:20]]).encode(),
        "-999 2, 9999 2: read as no value",
        {"type": "number", "missing": ["", "-999", "9999"], "nullable": True},
        first=[None, None, 1.2],
    ),
    Habit(
        "none_among_words",
        "none among the words of a category",
        "a class, with its count",
        table(["none", "pills", "insulin", "none", "NA"]).encode(),
        "x: none 16: kept as a class",
        {"type": "category", "values": ["insulin", "none", "pills"], "nullable": True, "missing": ["", "NA"]},
        first=["none", "pills", "insulin", "none", None],
    ),
    Habit(
        "numbered_classes",
        "1. White and 2. Black, or 0_no and 1_yes",
        "classes",
        table(["1. White", "2. Black"]).encode(),
        "",
        {"type": "category", "values": ["1. White", "2. Black"]},
        first=["1. White", "2. Black"],
    ),
    Habit(
        "two_ranges",
        "<6m and >6m and nothing else",
        "classes, no limits of detection",
        table(["<6m", ">6m"]).encode(),
        "",
        {"type": "category", "values": ["<6m", ">6m"]},
        first=["<6m", ">6m"],
    ),
    Habit(
        "leading_zeros",
        "007",
        "texts, which keep their zeros",
        table([f"{row:03}" for row in range(N)]).encode(),
        "zeros before them",
        first=["000", "001"],
    ),
    Habit(
        "ids_as_floats",
        "identifiers 1.0, 2.0",
        "identifiers, and the doubt is said",
        table([f"{row}.0" for row in range(N)], "patient_id").encode(),
        "written like 1.0",
        {"type": "text", "role": "id"},
    ),
    Habit(
        "persons_without_id",
        "rows of a patient, whose column is called patient",
        "identifiers, and the group of the split",
        table([str(row // 2) for row in range(N)], "patient").encode(),
        "patient: values repeat, as of one person or device",
        {"type": "text", "role": "id"},
    ),
    Habit(
        "minus_one",
        "-1 as the only number below 0",
        "a number, and the doubt is said",
        table(["-1", *PLAIN[1:20]]).encode(),
        "x: -1 2 is the only number below 0",
        {"type": "number"},
    ),
    Habit(
        "days_as_numbers",
        "45000 in a column called visit_date",
        "a number, and the doubt is said",
        table([str(45000 + row) for row in range(N)], "visit_date").encode(),
        "visit_date: numbers where the name says dates",
        {"type": "number"},
    ),
    Habit(
        "spaces",
        "spaces after commas",
        "taken off, with the count",
        TEXT.replace(",", ", ").encode(),
        "123 cells have spaces around them",
        dialect={"strip": True},
        first=[1.0, 1.1],
    ),
    Habit(
        "zero_width",
        "zero-width and non-breaking spaces at the end of a cell",
        "taken off, with the count",
        table(["M\u200b", "M", "F\u00a0", "F"]).encode(),
        "20 cells have spaces around them",
        {"type": "category", "values": ["F", "M"]},
        {"strip": True},
        ["M", "M", "F", "F"],
    ),
    Habit(
        "spelled_twice",
        "East, east",
        "as they are: the spellings are said with their counts",
        table(["East", "east"]).encode(),
        "spelled in several ways",
        {"type": "category", "values": ["East", "east"]},
    ),
    Habit(
        "day_and_time",
        "31/12/2024 14:05",
        "a date with its format",
        table([f"{day} 14:05" for day in DAYS]).encode(),
        "",
        {"type": "date", "format": "%d/%m/%Y %H:%M"},
        first=["2024-01-01 14:05:00", "2024-02-02 14:05:00"],
    ),
    Habit(
        "iso_with_zone",
        "2024-12-31T14:05:00Z",
        "a date, as the clock showed it",
        table([f"2024-01-{1 + row % 28:02}T14:05:00Z" for row in range(N)]).encode(),
        "",
        {"type": "date", "format": "%Y-%m-%dT%H:%M:%S%z"},
        first=["2024-01-01 14:05:00", "2024-01-02 14:05:00"],
    ),
    Habit(
        "no_value",
        "a column without any value",
        "ignored, and said",
        table([""]).encode(),
        "x: has no value at all",
        {"type": "text", "role": "ignore", "nullable": True},
    ),
    Habit(
        "long_numbers",
        "numbers above 2^53",
        "texts, which keep their digits",
        table([str(2**53 + 2 * row + 1) for row in range(N)]).encode(),
        "kept as text",
        {"type": "text", "role": "ignore"},
    ),
]

ASKED = [
    Habit(
        "thousands_or_decimals",
        '"12,345" in every value',
        "asks which",
        table(numbers(lambda v: f"{v + 10:.3f}".replace(".", ","))).encode(),
        "{decimal: ','} if 11,300 is 11.300",
        ending="asked",
    ),
    Habit(
        "day_or_month",
        "03/04/2024, no day above 12",
        "asks which",
        table(EARLY).encode(),
        "%d/%m/%Y if '02/01/2024' is 02 January 2024, %m/%d/%Y if",
        ending="asked",
    ),
    Habit(
        "years_of_two_digits",
        "01.02.45, of somebody's birth",
        "asks for the century",
        table([f"{1 + row % 28:02}.{1 + row % 12:02}.45" for row in range(N)], "born").encode(),
        "if '01.01.45' is 01 January 2045; if it is a hundred years before",
        ending="asked",
    ),
    Habit(
        "dates_both_ways",
        "13/02/2024 and 02/13/2024 in one column",
        "asks",
        table(["13/02/2024", "02/14/2024", "15/03/2024", "03/16/2024"]).encode(),
        "dates in several ways: 13/02/2024 (%d/%m/%Y), 02/14/2024 (%m/%d/%Y)",
        ending="asked",
    ),
    Habit(
        "dates_and_days",
        "2024-02-13 and 45000, a day as a spreadsheet counts",
        "asks",
        table([*(f"2024-02-{row}" for row in range(13, 17)), "45000"]).encode(),
        "dates in several ways: 2024-02-13 (%Y-%m-%d) and 1 other texts, as 45000",
        ending="asked",
    ),
    Habit(
        "merged_cells",
        "a ward once, and empty cells below it",
        "asks whether to fill them",
        table(["a", "", "", "b", "", ""]).encode(),
        "cells are empty below a value, as where cells were merged",
        ending="asked",
    ),
    Habit(
        "merged_identifiers",
        "a patient in the first of his rows alone",
        "asks whether to fill them",
        table(["P1", "", "", "P2", "", "", "P3", "", "", "P4", "", ""], "patient_id").encode(),
        "cells are empty below a value, as where cells were merged",
        ending="asked",
    ),
    Habit(
        "different_units",
        "5 mg and 5 g",
        "asks",
        table(numbers(lambda v: f"{v:.1f} mg" if v > 9 else f"{v:.1f} g")).encode(),
        "numbers with different units: g 12, mg 28",
        ending="asked",
    ),
    Habit(
        "sign_after",
        "10.00- among 10.00, as of SAP and COBOL",
        "asks whether it is a sign",
        table(numbers(lambda v: f"{v:.2f}-" if v > 20 else f"{v:.2f}")).encode(),
        "'-' stands after 13 of 40 numbers, as in 20.20-",
        ending="asked",
    ),
    Habit(
        "thousands_as_k",
        "1.2k among 950",
        "asks whether it is a scale",
        table(numbers(lambda v: f"{v:.1f}k" if v > 20 else f"{v * 10:.0f}")).encode(),
        "'k' stands after 13 of 40 numbers, as in 20.2k",
        ending="asked",
    ),
    Habit(
        "percent_of_some",
        "26 % among 0.26",
        "asks whether it is a scale",
        table(numbers(lambda v: f"{v:.1f} %" if v < 26 else f"{v / 100:.3f}")).encode(),
        "'%' stands after 36 of 40 numbers, as in 1.3 %",
        ending="asked",
    ),
    Habit(
        "months_among_years",
        "6m among ages in years",
        "asks whether it is another unit",
        table(["6m", *PLAIN[1:10]]).encode(),
        "'m' stands after 4 of 40 numbers, as in 6m",
        ending="asked",
    ),
    Habit(
        "points_between_thousands",
        "950 and 1.234 where no comma tells",
        "asks which",
        table(
            numbers(lambda v: f"{v * 350:,.0f}".replace(",", ".") if v > 9 else f"{v * 100:.0f}"), separator=";"
        ).encode(),
        "{decimal: '.'} if it is 3.395",
        ending="asked",
    ),
    Habit(
        "minus_in_brackets",
        "(10.00) for -10.00",
        "asks",
        table(numbers(lambda v: f"({v:.2f})" if v > 20 else f"{v:.2f}")).encode(),
        "numbers in a form that is not known, as (20.20)",
        ending="asked",
    ),
    Habit(
        "minus_of_typography",
        "the minus of typography before numbers",
        "asks",
        table(numbers(lambda v: f"\u2212{v:.2f}" if v > 20 else f"{v:.2f}")).encode(),
        "numbers in a form that is not known, as −20.20",
        ending="asked",
    ),
    Habit(
        "apostrophes",
        "'10, as a spreadsheet marks a text",
        "asks",
        table(numbers(lambda v: f"'{v:.1f}")).encode(),
        "numbers in a form that is not known, as '1.3",
        ending="asked",
    ),
    Habit(
        "decimals_both_ways",
        "1,5 and 1.5 in one column",
        "asks",
        table(numbers(lambda v: comma(v) if v > 20 else f"{v:.1f}"), separator=";").encode(),
        "numbers in a form that is not known, as 20,2",
        ending="asked",
    ),
    Habit(
        "text_among_numbers",
        "hemolysed among numbers",
        "asks what it means",
        table(SPOILED).encode(),
        "hemolysed 2 are no numbers",
        ending="asked",
    ),
    Habit(
        "classes_spelled_twice",
        "Yes, yes, No as target",
        "asks who is positive",
        table(PLAIN, outcome=spread(["Yes", "No", "yes", "No"])).encode(),
        "who counts as positive? One or more of: No 20, Yes 10, yes 10",
        ending="asked",
    ),
    Habit(
        "good_outcome",
        "a target called alive, with yes and no",
        "asks who is positive",
        table(PLAIN, outcome=spread(["yes", "no", "no"])).replace(",y\n", ",alive\n").encode(),
        "alive yes may be the outcome that is hoped for",
        ending="asked",
        options={"target": "alive"},
    ),
    Habit(
        "frequent_positive",
        "1 in more than half of the records, as in heart.csv, where 1 means no disease",
        "asks who is positive",
        table(PLAIN, outcome=spread(["1", "1", "1", "0"])).encode(),
        "1 has 75.0 % of the records",
        ending="asked",
    ),
    Habit(
        "follow_up",
        "an event, 1 or 0, and a column of numbers called futime",
        "asks: without the event may mean censored",
        table(numbers(lambda v: f"{v * 100:.0f}"), "futime", outcome=spread(["1", "0", "0"])).encode(),
        "futime may say when it came, or until when a record was seen: then others may be censored",
        ending="asked",
    ),
    Habit(
        "class_unknown",
        "dead and Unknown as target",
        "asks who is positive",
        table(PLAIN, outcome=spread(["dead", "Unknown", "Unknown"])).encode(),
        "One or more of: Unknown 26, dead 14",
        ending="asked",
    ),
    Habit(
        "good_and_excellent",
        "good and excellent as target: one word that is known, whose opposite is not",
        "asks who is positive",
        table(PLAIN, outcome=spread(["good", "good", "excellent"])).encode(),
        "One or more of: excellent 13, good 27",
        ending="asked",
    ),
    Habit(
        "yes_in_other_words",
        "ja and nein as target",
        "asks who is positive",
        table(PLAIN, outcome=spread(["ja", "nein", "nein"])).encode(),
        "One or more of: ja 14, nein 26",
        ending="asked",
    ),
    Habit(
        "class_called_none",
        "a class called None",
        "asks whether it is a class",
        table(PLAIN, outcome=spread(["None", "sick", "None"])).encode(),
        "None 27: if nobody knows",
        ending="asked",
    ),
    Habit(
        "three_classes",
        "kept, lost, returned as target",
        "asks who is positive",
        table(PLAIN, outcome=spread(["kept", "lost", "kept", "returned"])).encode(),
        "One or more of: kept 20, lost 10, returned 10",
        ending="asked",
    ),
    Habit(
        "one_and_two",
        "1 and 2 as target",
        "asks who is positive",
        table(PLAIN, outcome=spread(["1", "2", "2"])).encode(),
        "One or more of: 1 14, 2 26",
        ending="asked",
    ),
    Habit(
        "grades",
        "the numbers 0 to 4 as target",
        "asks who is positive",
        table(PLAIN, outcome=spread(["0", "0", "1", "2", "3", "4"])).encode(),
        "One or more of: 0 14, 1 7",
        ending="asked",
    ),
]

REFUSED = [
    Habit(
        "number_as_target",
        "a measurement as target",
        "stops",
        table(PLAIN, outcome=PLAIN).encode(),
        "the target has 40 different values, numbers",
        ending="stops",
        todo="write a threshold",
    ),
    Habit(
        "crosses",
        "x or nothing as target",
        "stops",
        table(PLAIN, outcome=spread(["x", "", ""])).encode(),
        "the target has 1 different values",
        ending="stops",
        todo="if no value means no, write it there",
    ),
    Habit(
        "nul",
        "a NUL in a cell",
        "stops at its line",
        with_line(TEXT, 5, "3\0,1,east,well").encode(),
        "line 5: a NUL",
        ending="stops",
        todo="take it out",
    ),
    Habit(
        "stray_quote",
        "one quotation mark that is not closed",
        "stops at its line",
        with_line(TEXT, 5, '30,"1,east,well').encode(),
        "line 5: a quotation mark is never closed",
        ending="stops",
        todo="correct that line",
    ),
    Habit(
        "two_stray_quotes",
        "two marks, lines apart",
        "stops at the lines between",
        with_line(with_line(TEXT, 5, '30,"1,east,well'), 9, '30,1",east,well').encode(),
        "lines 5 to 9 are one record",
        ending="stops",
        todo="correct that line",
    ),
    Habit(
        "too_many_cells",
        "a comma within a cell",
        "stops at its line",
        with_line(TEXT, 7, "30,1,2,east,well").encode(),
        "line 7: 5 cells and not 4",
        ending="stops",
        todo="a cell that holds a separator is quoted",
    ),
    Habit(
        "too_few_cells",
        "a line that is cut short",
        "stops at its line",
        with_line(TEXT, 7, "30,1").encode(),
        "line 7: 2 cells and not 4",
        ending="stops",
        todo="correct that line",
    ),
    Habit(
        "carriage_returns",
        "lines end with \\r alone",
        "stops",
        TEXT.replace("\n", "\r").encode(),
        "lines end with a carriage return alone",
        ending="stops",
    ),
    Habit(
        "totals",
        "a line of totals at the end",
        "stops at its line",
        (TEXT + "Total,80.5,,\n").encode(),
        "a line of totals: line 42",
        ending="stops",
        todo="take it out",
    ),
    Habit(
        "source_line",
        "a line Source: WHO with all its commas at the end",
        "stops at its line",
        (TEXT + "Source: WHO,,,\n").encode(),
        "a note among the records (Source: WHO): line 42",
        ending="stops",
        todo="take it out",
    ),
    Habit(
        "comment_line",
        "a comment with all its commas among the records",
        "stops at its line",
        with_line(TEXT, 9, "# checked,,,").encode(),
        "a note among the records (# checked): line 9",
        ending="stops",
        todo="take it out",
    ),
    Habit(
        "units_below_header",
        "a line of units below the header",
        "stops at its line",
        with_line(TEXT, 2, "years,mg/dl,,").encode(),
        "a second header, or units, below the header (years, mg/dl): line 2",
        ending="stops",
        todo="leave one line of names",
    ),
    Habit(
        "two_headers",
        "a header of two lines",
        "stops at the second",
        ("who,laboratory,place,y\n" + TEXT).encode(),
        "a second header, or units, below the header (age, x, site, y): line 2",
        ending="stops",
        todo="leave one line of names",
    ),
    Habit(
        "markdown",
        "a table of Markdown",
        "stops at the line of dashes",
        "\n".join(
            f"| {line} |" for line in with_line(TEXT, 2, "---,---,---,---").replace(",", " | ").splitlines()
        ).encode(),
        "below the header (---, ---, ---, ---): line 2",
        ending="stops",
        todo="leave one line of names",
    ),
    Habit(
        "workbook",
        "an Excel workbook with the name of a CSV",
        "stops",
        b"PK\x03\x04" + bytes(range(256)),
        "no CSV but an Excel workbook or a zip archive",
        ending="stops",
        todo="export the table as CSV",
    ),
    Habit(
        "compressed",
        "a file compressed by gzip with the name of a CSV",
        "stops",
        b"\x1f\x8b\x08" + bytes(range(256)),
        "no CSV but a compressed file",
        ending="stops",
        todo="export the table as CSV",
    ),
    Habit(
        "json_lines",
        "JSON, a record to a line, with the name of a CSV",
        "stops",
        b"\n".join([b'{"age": 20, "y": "sick"}'] * N),
        "no CSV but JSON",
        ending="stops",
        todo="export the table as CSV",
    ),
    Habit(
        "header_again",
        "the header once more among the records",
        "stops at its line",
        with_line(TEXT, 20, "age,x,site,y").encode(),
        "the header stands among the records: line 20",
        ending="stops",
        todo="take it out there",
    ),
    Habit(
        "empty_records",
        "lines of commas alone",
        "stops at their lines",
        (TEXT + ",,,\n,,,\n").encode(),
        "2 record(s) without any value: line 42, line 43",
        ending="stops",
        todo="take them out",
    ),
    Habit(
        "ditto",
        "a ditto mark",
        "stops at its line",
        with_line(TEXT, 9, "30,1.5,〃,well").encode(),
        "1 record(s) with a ditto mark: line 9",
        ending="stops",
        todo="write the value",
    ),
    Habit(
        "no_header",
        "no header",
        "stops",
        TEXT.partition("\n")[2].encode(),
        "is there no header?",
        ending="stops",
        todo="begin with a line of names",
        options={"target": "sick"},
    ),
    Habit(
        "header_too_short",
        "row names that the header does not name",
        "stops at the lines",
        "\n".join([line if not n else f"r{n},{line}" for n, line in enumerate(TEXT.splitlines())]).encode(),
        "line 1 names 4 columns, and records have 5 cells",
        ending="stops",
        todo="name each column",
    ),
    Habit("one_column", "one column", "stops", "\n".join(["y", *OUTCOME]).encode(), "no table", ending="stops"),
    Habit(
        "same_name",
        "two columns of the same name",
        "stops, with the places",
        TEXT.replace("site", "age", 1).encode(),
        "columns of the same name: age",
        ending="stops",
        todo="rename or remove one of columns 1, 3",
    ),
    Habit(
        "scientific_ids",
        "identifiers like 1.23E+15",
        "stops",
        table([f"1.{row:02}E+15" for row in range(N)], "patient_id").encode(),
        "40 identifiers like 1.00E+15",
        ending="stops",
        todo="export it as text",
    ),
    Habit(
        "windows_1251",
        "an encoding that is not western",
        "stops at its line, with the words",
        table(["Москва", "Казань"]).encode("cp1251"),
        "line 2: the text is not in UTF-8; read as Windows-1252, it has: Ìîñêâà",
        ending="stops",
        todo="--encoding cp1251",
    ),
]

HABITS = [*READ, *ASKED, *REFUSED]
