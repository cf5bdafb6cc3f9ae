"""Address of the file of grids below an area, beside the pages of areas: `/areas/<code>/file/`."""

from django.urls import path

from households.views import areas

app_name = "areafiles"
urlpatterns = [path("<str:code>/file/<slug:kind>/", areas.download, name="download")]
