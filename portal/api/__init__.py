"""The frame of the REST API: who calls, what may go wrong, pages, keys, versions, the OpenAPI document.

The endpoints live in the rooms that own the rows (`portal.cases.api`, `portal.park.api`, …) and are
put together in `portal.urls`. This room knows no domain and no case.
"""
