"""Ledgers (台账): bulk import and export in a fixed form. The form is a contract: see `declaration`.

CSV cells are written as they are, so that a file comes back unchanged; a workbook (XLSX), which people
open, stores every text as text, so that none can run as a formula.
"""
