from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PlacesConfig(AppConfig):
    name = "places"
    verbose_name = _("区域管理")

    def ready(self) -> None:
        from places import following
        from places.plans import posts_follow, telling

        following.register(posts_follow.POSTS)
        telling.register_kinds()
