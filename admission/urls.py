"""Addresses of the gate, the 转嫁 ledger, the policy library and the five rights, in whichever frame the reader has."""

from django.urls import path

from admission.views import applications, policies, pushed, rights
from core.web.converters import shape

shape("half", "20[0-9]{2}H[12]")

app_name = "admission"
urlpatterns = [
    path("admission/", applications.register, name="register"),
    path("admission/applications/", applications.applications, name="applications"),
    path("admission/new/", applications.new, name="new"),
    path("admission/<int:pk>/", applications.detail, name="detail"),
    path("admission/<int:pk>/reveal/", applications.reveal, name="reveal"),
    path("admission/<int:pk>/do/<slug:action>/", applications.act, name="act"),
    path("pushed/", pushed.index, name="pushed_index"),
    path("pushed/counts/", pushed.counts, name="pushed_counts"),
    path("pushed/new/", pushed.new, name="new_pushed"),
    path("pushed/<int:pk>/", pushed.detail, name="pushed"),
    path("pushed/<int:pk>/reveal/", pushed.reveal, name="reveal_pushed"),
    path("pushed/<int:pk>/do/<slug:action>/", pushed.act, name="act_pushed"),
    path("pushed/<int:pk>/photo/", pushed.photo, name="pushed_photo"),
    path("policies/", policies.index, name="policies"),
    path("policies/new/", policies.new, name="new_policy"),
    path("policies/<int:pk>/", policies.detail, name="policy"),
    path("policies/<int:pk>/edit/", policies.edit, name="edit_policy"),
    path("policies/<int:pk>/repeal/", policies.repeal, name="repeal_policy"),
    path("policies/<int:pk>/file/", policies.file, name="policy_file"),
    path("rights/", rights.index, name="rights"),
    path("rights/new/", rights.new, name="new_right"),
    path("rights/<int:pk>/outcome/", rights.outcome, name="right_outcome"),
    path("rights/<slug:town>/<half:half>/", rights.review, name="right_review"),
    path("rights/<slug:town>/<half:half>/paper/", rights.paper, name="right_paper"),
]
