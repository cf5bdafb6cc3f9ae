from django.urls import path

from members.areas import code_views, views

app_name = "areas"
urlpatterns = [
    path("", views.home, name="home"),
    path("<str:code>/", views.detail, name="detail"),
    path("<str:code>/qr/", views.qr, name="qr"),
    path("<str:code>/qr-sheet/", views.qr_sheet, name="qr_sheet"),
    path("<str:code>/qr/renew/", code_views.renew, name="renew_code"),
    path("<str:code>/add/", views.add, name="add"),
    path("<str:code>/rename/", views.rename, name="rename"),
    path("<str:code>/retire/", views.retire, name="retire"),
]
