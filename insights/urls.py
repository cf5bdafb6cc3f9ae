from django.urls import path

from insights import views

app_name = "insights"
urlpatterns = [
    path("", views.board, name="board"),
    path("whistles/", views.whistles, name="whistles"),
    path("metrics/", views.metrics, name="metrics"),
]
