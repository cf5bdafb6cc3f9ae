from django.urls import path

from members.people import account_views, audit_views, chain_views, department_views, views

app_name = "people"
urlpatterns = [
    path("", views.index, name="index"),
    path("new/", views.new, name="new"),
    path("audit/", audit_views.index, name="audit"),
    path("audit/chain/", chain_views.index, name="chain"),
    path("departments/", department_views.index, name="departments"),
    path("departments/new/", department_views.new, name="new_department"),
    path("departments/<str:code>/", department_views.detail, name="department"),
    path("departments/<str:code>/retire/", department_views.retire, name="retire_department"),
    path("<str:username>/", views.detail, name="detail"),
    path("<str:username>/edit/", views.edit, name="edit"),
    path("<str:username>/password/", account_views.password, name="password"),
    path("<str:username>/disable/", account_views.disable, name="disable"),
    path("<str:username>/enable/", account_views.enable, name="enable"),
    path("<str:username>/unlock/", account_views.unlock, name="unlock"),
    path("<str:username>/factor/", account_views.factor, name="factor"),
    path("<str:username>/assign/", views.assign, name="assign"),
    path("<str:username>/posts/<int:pk>/end/", views.end, name="end"),
]
