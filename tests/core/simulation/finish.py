"""The end of a history: everybody comes back, everything is delivered, and then all must agree."""

from __future__ import annotations

import msgspec

from optiverse_collab.core.client.arriving import Arriving
from optiverse_collab.core.client.failures import Failure, FailureKind
from optiverse_collab.core.client.line import HEARTBEAT_MS
from optiverse_collab.core.client.past_steps import played, steps_of
from optiverse_collab.core.document import Document
from optiverse_collab.core.protocol.messages import Delta, OtherHistory, SyncRequest
from optiverse_collab.core.protocol.past import EntriesPage, PastPage
from optiverse_collab.core.records import Record
from optiverse_collab.core.server.answers import answer_of
from tests.core.simulation import checks
from tests.core.simulation.client import Client
from tests.core.simulation.truth import Broken, as_data, strict
from tests.core.simulation.world import World


def finish(world: World) -> None:
    """Finish a history and check the result.

    Raises:
        Broken: somebody lacks something, or has too much.
    """
    for client in world.clients:
        world.role(client.index, "editor")
        _hang_up(world, client)
    for client in world.clients:
        world.connect(client.index)
    world.settle()
    _let_clones_in(world)
    for client in world.clients:
        if client.foreign:
            world.renew(client.index)
            world.notice(client.index)
            world.connect(client.index)
    world.settle()
    _let_clones_in(world)
    if any(client.tainted or _lossy(client) for client in world.clients):
        _show_up_faults(world)
        _let_clones_in(world)
    world.server.check_replay()
    for client in world.clients:
        _check_client(world, client)
    _check_deltas(world)
    _check_past(world)


def _let_clones_in(world: World) -> None:
    """A client that lost its connection to another one with the same id connects once more (SYNC-7)."""
    for _ in world.clients:
        for client in world.clients:
            if client.cloned and client.driver.policy.stand == "out":
                world.connect(client.index)
        world.settle()


def _hang_up(world: World, client: Client) -> None:
    """Half-open connections are closed, and slow clients catch up."""
    connection = client.connection
    if connection is not None:
        if connection.behind:
            world.behind(client.index)
        if not connection.server_open:
            client.driver.fail(Failure(FailureKind.CLOSED, connection.close_code), world.now_ms)
    while client.half_open:
        world.notice(client.index)


def _lossy(client: Client) -> bool:
    return client.connection is not None and client.connection.lossy


def _show_up_faults(world: World) -> None:
    """Send a heartbeat, and enough changes for a hash: they reveal every fault (HASH-1, HASH-4)."""
    world.now_ms += HEARTBEAT_MS
    world.settle()
    for number in range(world.server.setup.hash_every + 1):
        records = world.server.room.history.document.records
        id = min(records, default="a")
        put = {"op": "put", "id": id, "kind": "component", "props": {"n": number}}
        world.edit(0, [{"op": "remove", "id": id}, put] if id in records else [put])
        world.settle()


def _check_client(world: World, client: Client) -> None:
    """A client has the server's document, and nothing pending."""
    room, replica = world.server.room, client.replica
    doc = world.server.truth.docs[-1]
    if client.ledger.open or replica.pending:
        raise Broken(f"REP-7: {list(client.ledger.open)} stays pending")
    if client.driver.policy.stand != "synced":
        raise Broken(f"CONN-2: the network lets everybody in, and client {client.index} is not")
    if not replica.synced or replica.clock != room.history.clock or replica.epoch != room.history.epoch:
        raise Broken(f"SYNC-4: at {replica.clock} of {replica.epoch}, not {room.history.clock}")
    checks.screen(client)
    if strict(replica.view) != strict(doc) or strict(client.screen) != strict(doc):
        raise Broken(f"CLK-2: the view is {replica.view}, the screen {client.screen}, and it should be {doc}")
    confirmed = {record.id: record for record in replica.save().records}
    true = {**doc, **world.server.truth.versions[-1]}
    if strict(confirmed) != strict(true):
        raise Broken(f"HASH-3: {confirmed} is confirmed, and it should be {true}")
    session = client.session
    if session.participants != {participant.connection_id: participant for participant in room.participants}:
        raise Broken(f"MSG-2: {session.participants} should be {room.participants}")
    shown = {
        other.connection.id: other.shown
        for other in world.clients
        if other is not client and other.connection is not None and other.shown
    }
    if {id: state for id, state in session.presence.states.items() if state} != shown:
        raise Broken(f"PRES-2: {session.presence.states} should be {shown}")


def _check_deltas(world: World) -> None:
    """From every clock after the start of the history a delta leads to the document (SYNC-2)."""
    history, truth = world.server.room.history, world.server.truth
    for clock in range(1, history.clock + 1):
        head = truth.heads[clock].hex()
        answer = answer_of(history, SyncRequest("nobody", history.epoch, clock, head))
        if isinstance(answer, OtherHistory):
            raise Broken(f"CLK-3: the position at {clock} is one of this history's")
        pages = list(answer)
        if isinstance(pages[0], Delta) != (clock >= history.start):
            raise Broken(f"SYNC-2: at {clock}, {history.start} is the start")
        if isinstance(pages[0], Delta):
            document = Document(truth.docs[clock].values())
            arriving = Arriving()
            for page in pages:
                arriving.add(page)
            arriving.apply_to(document)
            if document.records != truth.docs[-1]:
                raise Broken(
                    f"SYNC-2: the delta from {clock} leads to {document.records}, not {truth.docs[-1]}"
                )


def _check_past(world: World) -> None:
    """The server's earlier benches are what was true then (HIST-2)."""
    server = world.server
    for place in (0, 1, 2, 5, 1_000_000):
        past = server.storage.past(place)
        for _ in past.replay():
            pass
        pages = [*past.pages(1, server.limits.page_bytes)]
        found = [msgspec.json.decode(msgspec.json.encode(page), type=PastPage) for page in pages]
        records = {record.id: record for page in found for record in page.records}
        true = server.truth.docs[past.clock]
        if strict(records) != strict(true) or past.head != server.truth.heads[past.clock]:
            raise Broken(f"HIST-2: at {past.clock} there was {true}, and it is {records}")
    _check_changes(world)


def _check_changes(world: World) -> None:
    """What the server says was done leads from bench to bench, by those who did it (HIST-7, HIST-8)."""
    server = world.server
    whole = server.storage.changes(0).pages(1, server.limits.page_bytes)
    found = [msgspec.json.decode(msgspec.json.encode(page), type=EntriesPage) for page in whole]
    entries = [entry for page in found for entry in page.entries]
    start, log, names = found[0].after, server.truth.log, server.storage.authors
    if [entry.clock for entry in entries] != [*range(start + 1, len(log) + 1)]:
        raise Broken(f"HIST-7: {len(entries)} changes follow {start}, and there are {len(log)} in all")
    bench = msgspec.convert(as_data(server.truth.docs[start]), dict[str, Record])
    played_on = dict(bench)
    for entry in entries:
        played_on = played(played_on, [entry])
        true, accepted = server.truth.docs[entry.clock], log[entry.clock - 1]
        if strict(played_on) != strict(true):
            raise Broken(f"HIST-7: change {entry.clock} leads to {played_on}, and not to {true}")
        if accepted is not None and entry.author != names.get(accepted.author):
            raise Broken(f"HIST-7: change {entry.clock} is not by {entry.author!r}")
    for step in sorted(steps_of(bench, entries), key=lambda step: step.last):
        if step.author != entries[step.first - start - 1].author:
            raise Broken(f"HIST-8: the step at {step.first} is not by {step.author!r}")
        for id, before, after in step.edits:
            if strict(bench.pop(id, None)) != strict(before):
                raise Broken(f"HIST-8: a step until {step.last} begins with {before}")
            if after is not None:
                bench[id] = after
    if strict(bench) != strict(played_on):
        raise Broken(f"HIST-8: the steps lead to {bench}, and not to {played_on}")
