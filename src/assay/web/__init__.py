"""The parts that the local servers share: a guarded application, the limits of a connection, start and stop.

HTTP is parsed by httptools, behind uvicorn; an application is Starlette's. Knows nothing of records.
"""
