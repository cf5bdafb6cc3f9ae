"""What residents see of livelihood projects, and how they propose one."""
