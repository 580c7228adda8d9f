"""Project approval in the five "五即" stages, from the talks to the review after full production.

A **project** has one code for life and the procedure under which it was opened. Once its contract is signed,
what its procedure needs opens by itself, item by item, when it is its turn: each a **permit**, a child case
that the enterprise (or its authorised agent) files, the window accepts, the department reviews, somebody
else decides, and whose certificate anybody can verify. What was pledged or committed is a case with a clock
of its own. Around it: the visit and the agent (帮代办), utilities, the node plan with its meetings, land, and
the capacity review that sets the promises of the contract beside what became of them.
"""
