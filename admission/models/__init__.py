"""Rows of the gate: applications, opinions, verdicts; reports of pushed-down tasks; policies; rights of townships."""

from admission.models.application import Admission, AdmissionEvent, Asked, Hit, Series, Use, Verdict
from admission.models.policy import Policy, PolicyWords
from admission.models.pushed import PushedEvent, PushedTask
from admission.models.rights import RightReview, RightUse

__all__ = [
    "Admission",
    "AdmissionEvent",
    "Asked",
    "Hit",
    "Policy",
    "PolicyWords",
    "PushedEvent",
    "PushedTask",
    "RightReview",
    "RightUse",
    "Series",
    "Use",
    "Verdict",
]
