"""Tickets (工单): what residents and grid workers ask for, and all that becomes of it until it closes.

Owns the ticket with its log, limits, calls and papers; knows nothing of disputes, ledgers or the gate.
Rooms, from the top: `resident`, `field`, `queue`, `ticket`, `stepping`, `dossier`, `tending`, `learning`, `finding`,
`engine`, `models`, `workflow`; each imports only what stands below it.
"""
