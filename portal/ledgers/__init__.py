"""Ledgers (台账): bulk import and export in a fixed form. The form is a contract: see `declaration`.

The command line writes CSV cells as they are, so that a file comes back unchanged; what people take out
in the browser, as CSV or as a workbook, can never run as a formula (`portal.ledgers.cells`).
"""
