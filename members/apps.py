from django.apps import AppConfig


class MembersConfig(AppConfig):
    name = "members"

    def ready(self) -> None:
        from grids import tree
        from members import guards

        if guards.posts_at not in tree.retire_guards:
            tree.retire_guards.append(guards.posts_at)
