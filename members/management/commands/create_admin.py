"""Open the first account of an installation: a system admin of the county, with an initial password."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from core.errors import DomainError
from grids.models import Area
from grids.scope import counties
from members import accounts, posts
from members.roles import Role


class Command(BaseCommand):
    help = "开设一名系统管理员，显示只出现一次的初始密码；首次登录须修改。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username", help="账号")
        parser.add_argument("name", help="姓名")
        parser.add_argument("--county", default="", help="县代码（12 位），只有一个县时可不写")

    def handle(self, *args: Any, username: str, name: str, county: str, **options: Any) -> None:
        password = accounts.initial_password()
        try:
            with transaction.atomic():
                user = accounts.create_user(username=username, name=name, password=password, actor=None)
                posts.assign(user=user, role=Role.SYSTEM_ADMIN, area=_county(county), actor=None)
        except DomainError as error:
            raise CommandError(error.message) from None
        self.stdout.write(f"{user.username} 的初始密码：{password}")


def _county(code: str) -> Area:
    found = list(counties().filter(code=code) if code else counties())
    if len(found) != 1:
        raise CommandError("没有找到这个县，请先导入区划（import_divisions），或用 --county 指明县代码")
    return found[0]
