"""Rows of the special ledgers: what they share, and one module for each kind."""

from ledgers.models.campaign import Campaign, Target
from ledgers.models.matter import Matter, MatterEvent, MatterPhoto, Series
from ledgers.models.project import Milestone, Project, Proposal
from ledgers.models.rectification import Rectification

__all__ = [
    "Campaign",
    "Matter",
    "MatterEvent",
    "MatterPhoto",
    "Milestone",
    "Project",
    "Proposal",
    "Rectification",
    "Series",
    "Target",
]
