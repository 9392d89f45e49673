"""Values that can mean two things: which of them is asked."""

from habits.habit import Habit
from habits.tables import OUTCOME, PLAIN, N, comma, numbers, table

EARLY = [f"{1 + row % 12:02}/{1 + row // 4 % 12:02}/2024" for row in range(N)]
SPOILED = ["hemolysed" if row in (3, 5) else value for row, value in enumerate(PLAIN)]
HABITS = [
    Habit(
        "thousands_or_decimals",
        '"12,345" in every value',
        "asks which",
        table(numbers(lambda v: f"{v + 10:.3f}".replace(".", ","))).encode(),
        "{decimal: ','} if 11,300 is 11.300",
    ),
    Habit(
        "day_or_month",
        "03/04/2024, no day above 12",
        "asks which",
        table(EARLY).encode(),
        "%d/%m/%Y if '02/01/2024' is 02 January 2024, %m/%d/%Y if",
    ),
    Habit(
        "years_of_two_digits",
        "01.02.45, of somebody's birth",
        "asks for the century",
        table([f"{1 + row % 28:02}.{1 + row % 12:02}.45" for row in range(N)], "born").encode(),
        "if '01.01.45' is 01 January 2045; if it is a hundred years before",
    ),
    Habit(
        "year_or_day_first",
        "03/02/04",
        "asks which",
        table([f"{1 + row % 9:02}/0{1 + row % 9}/{1 + row % 7:02}" for row in range(N)]).encode(),
        "%d/%m/%y if '08/08/01' is 08 August 2001, %y/%m/%d if '08/08/01' is 01 August 2008",
    ),
    Habit(
        "dates_both_ways",
        "13/02/2024 and 02/13/2024 in one column",
        "asks",
        table(["13/02/2024", "02/14/2024", "15/03/2024", "03/16/2024"]).encode(),
        "dates in several ways: 13/02/2024 (%d/%m/%Y), 02/14/2024 (%m/%d/%Y)",
    ),
    Habit(
        "dates_and_days",
        "2024-02-13 and 45000, a day as a spreadsheet counts",
        "asks",
        table([*(f"2024-02-{row}" for row in range(13, 17)), "45000"]).encode(),
        "dates in several ways: 2024-02-13 (%Y-%m-%d) and 1 other texts, as 45000",
    ),
    Habit(
        "merged_cells",
        "a ward once, and empty cells below it",
        "asks whether to fill them",
        table(["a", "", "", "b", "", ""]).encode(),
        "cells are empty below a value, as where cells were merged",
    ),
    Habit(
        "merged_identifiers",
        "a patient in the first of his rows alone",
        "asks whether to fill them",
        table(["P1", "", "", "P2", "", "", "P3", "", "", "P4", "", ""], "patient_id").encode(),
        "cells are empty below a value, as where cells were merged",
    ),
    Habit(
        "different_units",
        "5 mg and 5 g",
        "asks",
        table(numbers(lambda v: f"{v:.1f} mg" if v > 9 else f"{v:.1f} g")).encode(),
        "numbers with different units, or marks: g 12, mg 28",
    ),
    Habit(
        "marks_beside_numbers",
        "5.2 H, 1.2 L and 3.2, as a laboratory marks what is high or low",
        "asks",
        table([f"{row}.2{('', ' H', ' L')[row % 3]}" for row in range(N)]).encode(),
        "numbers with different units, or marks: H 13, L 13",
    ),
    Habit(
        "lakh_and_crore",
        "12,34,567",
        "asks",
        table(["12,34,567", "1,23,456", "98,765", "4,321", "7,55,123"]).encode(),
        "numbers in a form that is not known, as 12,34,567",
    ),
    Habit(
        "two_groups",
        "a patient_id and a family_id, both of several records",
        "asks which stays in one fold",
        "\n".join(
            ["patient_id,family_id,y", *(f"P{row // 2},F{row // 4},{OUTCOME[row]}" for row in range(N))]
        ).encode(),
        "which column says what records belong together, and stay in one fold? patient_id (20 values), family_id (10",
    ),
    Habit(
        "sign_after",
        "10.00- among 10.00, as of SAP and COBOL",
        "asks whether it is a sign",
        table(numbers(lambda v: f"{v:.2f}-" if v > 20 else f"{v:.2f}")).encode(),
        "'-' stands after 13 of 40 numbers, as in 20.20-",
    ),
    Habit(
        "thousands_as_k",
        "1.2k among 950",
        "asks whether it is a scale",
        table(numbers(lambda v: f"{v:.1f}k" if v > 20 else f"{v * 10:.0f}")).encode(),
        "'k' stands after 13 of 40 numbers, as in 20.2k",
    ),
    Habit(
        "percent_of_some",
        "26 % among 0.26",
        "asks whether it is a scale",
        table(numbers(lambda v: f"{v:.1f} %" if v < 26 else f"{v / 100:.3f}")).encode(),
        "'%' stands after 36 of 40 numbers, as in 1.3 %",
    ),
    Habit(
        "months_among_years",
        "6m among ages in years",
        "asks whether it is another unit",
        table(["6m", *PLAIN[1:10]]).encode(),
        "'m' stands after 4 of 40 numbers, as in 6m",
    ),
    Habit(
        "points_between_thousands",
        "950 and 1.234 where no comma tells",
        "asks which",
        table(
            numbers(lambda v: f"{v * 350:,.0f}".replace(",", ".") if v > 9 else f"{v * 100:.0f}"), separator=";"
        ).encode(),
        "{decimal: '.'} if it is 3.395",
    ),
    Habit(
        "minus_in_brackets",
        "(10.00) for -10.00",
        "asks",
        table(numbers(lambda v: f"({v:.2f})" if v > 20 else f"{v:.2f}")).encode(),
        "numbers in a form that is not known, as (20.20)",
    ),
    Habit(
        "minus_of_typography",
        "the minus of typography before numbers",
        "asks",
        table(numbers(lambda v: f"\u2212{v:.2f}" if v > 20 else f"{v:.2f}")).encode(),
        "numbers in a form that is not known, as −20.20",
    ),
    Habit(
        "apostrophes",
        "'10, as a spreadsheet marks a text",
        "asks",
        table(numbers(lambda v: f"'{v:.1f}")).encode(),
        "numbers in a form that is not known, as '1.3",
    ),
    Habit(
        "decimals_both_ways",
        "1,5 and 1.5 in one column",
        "asks",
        table(numbers(lambda v: comma(v) if v > 20 else f"{v:.1f}"), separator=";").encode(),
        "numbers in a form that is not known, as 20,2",
    ),
    Habit(
        "text_among_numbers",
        "hemolysed among numbers",
        "asks what it means",
        table(SPOILED).encode(),
        "hemolysed 2 are no numbers",
    ),
    Habit(
        "beyond_all_numbers",
        "1e308, which no model holds, and 1e400",
        "asks what they mean",
        table(["1e308", *PLAIN[1:20], "1e400", *PLAIN[21:]]).encode(),
        "1e308 1, 1e400 1 are no numbers",
    ),
]
