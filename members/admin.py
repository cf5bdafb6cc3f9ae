"""Django admin of staff, for system admins: to look at only. Changes go through the people pages."""

from django.contrib import admin
from django.contrib.auth.models import Group

from core.admin import ReadOnly
from members.models import Department, Post, User

admin.site.unregister(Group)  # rights come from posts


@admin.register(User)
class UserAdmin(ReadOnly):
    list_display = ("username", "name", "is_active", "is_staff", "last_login")
    list_filter = ("is_active", "is_staff", "is_demo")
    search_fields = ("username", "name", "pinyin")
    ordering = ("username",)
    fields = (
        "username",
        "name",
        "is_active",
        "is_staff",
        "is_demo",
        "must_change_password",
        "created_at",
        "last_login",
    )


@admin.register(Post)
class PostAdmin(ReadOnly):
    list_display = ("user", "role", "area", "department", "side", "starts_on", "ends_on")
    list_filter = ("role",)
    list_select_related = ("user", "area", "department")
    ordering = ("-id",)


@admin.register(Department)
class DepartmentAdmin(ReadOnly):
    list_display = ("code", "name", "short_name", "kind", "township", "retired_at")
    list_filter = ("kind",)
    list_select_related = ("township",)
    ordering = ("code",)
