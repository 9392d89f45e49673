"""The columns of the thyroid table and what they may hold."""

FLAGS = (
    "on_thyroxine",
    "query_on_thyroxine",
    "on_antithyroid_meds",
    "sick",
    "pregnant",
    "thyroid_surgery",
    "I131_treatment",
    "query_hypothyroid",
    "query_hyperthyroid",
    "lithium",
    "goitre",
    "tumor",
    "hypopituitary",
    "psych",
)
TREATMENTS = ("on_thyroxine", "on_antithyroid_meds", "thyroid_surgery", "I131_treatment")
HISTORY = tuple(flag for flag in FLAGS if flag not in TREATMENTS)

# TSH mU/L; T3 nmol/L; TT4 nmol/L; T4U a ratio; FTI = TT4 / T4U; TBG mg/L.
LABS = ("TSH", "T3", "TT4", "T4U", "FTI", "TBG")
MEASURED = tuple(f"{lab}_measured" for lab in LABS)

SEXES = ("F", "M")
REFERRAL_SOURCES = ("STMW", "SVHC", "SVHD", "SVI", "WEST", "other")

RAW_ID = "patient_id"
RAW_CODE = "target"
RAW = ("age", "sex", *FLAGS, *LABS, *MEASURED, "referral_source", RAW_CODE, RAW_ID)

CODE_PATTERN = r"-|[A-T]+(\|[A-T]+)?"
MAX_AGE = 120
