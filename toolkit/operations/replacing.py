"""What a board is to be: what it was, or instead what --restore says; for all that installs."""

from collections.abc import Generator, Mapping
from dataclasses import replace

from toolkit.model import settings, vault
from toolkit.model.node import Node
from toolkit.model.progress import Progress
from toolkit.operations import archive, namesakes, restore, restore_air, snapshot_air
from toolkit.operations.air import Dial
from toolkit.operations.answers import Asking, Person, Wish
from toolkit.operations.order import Order
from toolkit.operations.prepare import Prepared


def lent(source: restore.Wanted, uid: str, person: Person, *, erased: bool) -> restore.Wanted:
    """The same with the files that the backup lacks, told, where the board cannot have them."""
    found, sentences = restore.lent(source, uid, erased=erased)
    for sentence in sentences:
        person.warn(sentence)
    return found


def of(order: Order, prepared: Prepared, asking: Asking, *, erased: bool) -> tuple[Wish, Prepared]:
    """What is wished of the board, and what it is taken for; InputError where it must not be."""
    if order.source is None:
        if prepared.found and not prepared.read:  # that of an earlier time, which is taken
            for sentence in prepared.found.gaps():
                asking.person.warn(sentence)
        return order.wish, prepared
    wish, uid = order.wish, prepared.chip.uid
    source = lent(order.source, uid, asking.person, erased=erased or not prepared.read)
    whole = source.stored.backup
    taken, sentences = restore.becomes(prepared, source, force=order.force)
    if not (order.force or namesakes.is_renamed(whole, wish.given)):
        namesakes.check_alone(asking.dial, whole, uid, asking.cache.nodes())
    for sentence in sentences:
        asking.person.warn(sentence)
    given = dict(wish.given)
    if name := restore.lacks_password(taken, given, virtual=order.virtual):
        given |= _wifi_password(wish, asking.person, name, whole.name)
    known = restore.SETTINGS in source.parts or prepared.found is not None
    return replace(wish, given=given, known=known, ask=False), taken


def in_network(
    dial: Dial, node: Node, source: restore.Wanted, person: Person, *, force: bool
) -> Generator[Progress, None, restore_air.Restored]:
    """Make a node in the network what a backup says; InputError for another one, unless `force`."""
    if not force:
        restore.check_same(source.stored.backup, node)
    source = lent(source, node.uid, person, erased=False)
    yield from snapshot_air.back_up_before(dial, node, archive.REPLACED, source.stored.path)
    settings_too = restore.SETTINGS in source.parts
    return (yield from restore_air.restore(dial, node, source.backup, with_settings=settings_too))


def _wifi_password(
    wish: Wish, person: Person, name: str, node: str
) -> Mapping[str, settings.Value]:
    if wish.ask:
        return {"stapwd": person.ask(f"password of the Wi-Fi {name}", "", str, secret=True)}
    person.warn(
        f"the password of the Wi-Fi {name} is not in {vault.path()}, so {node} will open its own: "
        "--set stapwd=- asks for it"
    )
    return {}
