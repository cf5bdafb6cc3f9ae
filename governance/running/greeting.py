"""What `serve` tells the person at the terminal once the web answers: address and demo accounts."""

import io
import json
from typing import Any

from django.core.management import call_command, get_commands


def greeting(host: str, port: int) -> str:
    """The text; the accounts are those of `manage.py demo_accounts --json`, none in a real installation."""
    shown = "127.0.0.1" if host in ("0.0.0.0", "::") else host  # noqa: S104 (compared, not bound)
    shown = f"[{shown}]" if ":" in shown else shown
    lines = [f"  善治已启动：http://{shown}:{port}/    （按 Ctrl-C 停止）"]
    accounts = _demo_accounts()
    if accounts:
        lines += ["", "  演示账号：", *_table(accounts)]
    return "\n".join(lines)


def _demo_accounts() -> list[dict[str, Any]]:
    if "demo_accounts" not in get_commands():
        return []
    out = io.StringIO()
    call_command("demo_accounts", json=True, stdout=out)
    found = json.loads(out.getvalue() or "{}")
    accounts = (found.get("accounts") or found.get("users") or []) if isinstance(found, dict) else found
    return [account for account in accounts if isinstance(account, dict)]


def _table(accounts: list[dict[str, Any]]) -> list[str]:
    rows = []
    for account in accounts:
        roles = account.get("roles", [])
        where = account.get("area") or account.get("department") or ""
        said = "、".join(str(role) for role in roles) if isinstance(roles, list) else str(roles)
        rows.append((str(account.get("username", "")), str(account.get("password", "")), said, str(where)))
    widths = [max(len(row[column]) for row in rows) for column in (0, 1)]
    return [
        f"    {user:<{widths[0]}}  {password:<{widths[1]}}  {said} {where}".rstrip()
        for user, password, said, where in rows
    ]
