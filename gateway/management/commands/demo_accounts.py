"""Show the demo accounts and ids to try them on."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from gateway.demo.samples import describe


class Command(BaseCommand):
    help = "列出演示账号和可试用的编号；没有演示数据时为空。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="以 JSON 输出")

    def handle(self, *args: Any, **options: Any) -> None:
        found = describe()
        if options["json"]:
            self.stdout.write(json.dumps(found, ensure_ascii=False, indent=2))
            return
        for account in [*found.get("accounts", []), *found.get("with_second_factor", [])]:
            where = account["area"] or account["department"]
            code = f"  验证器密钥 {account['secret']}" if "secret" in account else ""
            roles = "、".join(account["roles"])
            self.stdout.write(f"{account['username']:<12} {account['password']}  {roles} {where}{code}")
