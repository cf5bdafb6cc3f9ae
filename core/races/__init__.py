"""What keeps two at once from hurting: idempotency keys, allowances, number series."""
