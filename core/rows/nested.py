"""Safe writing of a nested-set tree: lock first, read again, write, check.

Owns the mechanics that every tree of the installation shares; knows no rule of any of them.
django-mptt breaks under concurrent writers and answers from stale bounds, so a node that was read
before the lock is never written from: `fresh` reads it again.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db import models, transaction
from django.utils.translation import gettext as _

from core import locks

N = TypeVar("N", bound=models.Model)


@dataclass(frozen=True)
class NestedTree(Generic[N]):
    """One tree model together with the name of the lock that guards its writes."""

    model: type[N]
    lock: str

    @property
    def _rows(self) -> Any:
        return self.model._default_manager

    @contextmanager
    def writing(self) -> Iterator[None]:
        """A transaction in which this process alone changes the tree."""
        with transaction.atomic():
            locks.hold(self.lock)
            yield

    def fresh(self, node: N) -> N:
        """The node as it is now; call inside `writing`."""
        found: N = self._rows.get(pk=node.pk)
        return found

    def insert(self, nodes: Sequence[N], parent: N | None) -> None:
        """Save the new `nodes` as last children of `parent`, which must be fresh; without one, a single node as a root.

        django-mptt makes room for one node at a time, which moves everything behind it; here it is made for all.
        """
        if parent is None:
            self._rows.insert_node(nodes[0], None, save=True)
            return
        above: Any = parent  # django-mptt ships no types
        self._rows._create_space(2 * len(nodes), above.rght - 1, above.tree_id)
        for node in nodes:
            place = {"parent": above, "tree_id": above.tree_id, "depth": above.depth + 1}
            for name, value in {**place, "lft": above.rght, "rght": above.rght + 1}.items():
                setattr(node, name, value)
            above.rght += 2
        self._rows.bulk_create(nodes)

    @contextmanager
    def loading(self) -> Iterator[None]:
        """Inside `writing`: save many nodes by parent_id alone; the bounds are rebuilt once at the end."""
        with self._rows.disable_mptt_updates():
            yield
        self._rows.rebuild()

    def repair(self) -> None:
        with self.writing():
            self._rows.rebuild()

    def damage(self) -> dict[int, str]:
        """What is wrong with the bounds, by primary key; parents are taken as the truth."""
        rows = list(
            self._rows.order_by("tree_id", "lft").values_list("pk", "parent_id", "tree_id", "lft", "rght", "depth")
        )
        return dict(_crooked(rows))


Row = tuple[int, int | None, int, int, int, int]


def _crooked(rows: Iterable[Row]) -> Iterator[tuple[int, str]]:
    """Walk each tree in pre-order and count: any deviation from the ideal numbering is reported."""
    above: list[Row] = []
    last: tuple[int, int] = (0, 0)
    for row in rows:
        pk, parent, tree, left, right, depth = row
        while above and (above[-1][2] != tree or above[-1][4] < left):
            above.pop()
        holder = above[-1] if above else None
        if (tree, left) == last:
            yield pk, _("左边界与另一节点重复")
        elif left >= right or (right - left) % 2 == 0:
            yield pk, _("左右边界不成对")
        elif parent != (holder[0] if holder else None):
            yield pk, _("边界所示上级与登记上级不一致")
        elif holder and right >= holder[4]:
            yield pk, _("边界超出上级")
        elif depth != len(above):
            yield pk, _("层数为 %(depth)d,应为 %(right)d") % {"depth": depth, "right": len(above)}
        elif holder is None and last[0] == tree:
            yield pk, _("一棵树有两个根")
        last = (tree, left)
        above.append(row)
