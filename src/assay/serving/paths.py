"""The paths of the service, and who may ask for them."""

PREDICT, MODEL, METRICS = "/predict", "/model", "/metrics"  # with the API key, if there is one
PAGE, OPENAPI, HEALTH, READY = "/", "/openapi.json", "/health", "/ready"  # without: they hold no record and no figure
PATHS = frozenset({PREDICT, MODEL, METRICS, PAGE, OPENAPI, HEALTH, READY})
OTHER = "other"  # in place of any other path, which a stranger has chosen
KEY_HEADER = "X-API-Key"
