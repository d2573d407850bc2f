"""Undo and redo that leave others' later edits alone (SEEN-5).

How it works. The host runs its command as usual; this checks the affected records before and after it.
Before the command, the user's edits are pushed, and others' waiting changes are shown, so that the present
values are known. The command must not touch values that somebody else has changed since (`steps`):
records with nothing else left are removed from it. After the command, the window is compared with its
earlier state: values that were touched anyway are restored, and where the command once replaced
a value that its user had not seen, that value comes back instead of an older one. The rest is pushed, as a
separate step that yields: if somebody's change is still on its way here, the server holds that part.

Conflicts of a step with others' edits under way arrive as a `Conflict`, and `settle` handles them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import NamedTuple
from weakref import WeakKeyDictionary

from optiverse_collab.convert.kinds import GROUP
from optiverse_collab.core.client.effects import Conflict, ConflictKind
from optiverse_collab.core.records import Op, Put, Record, Remove, Set, put
from optiverse_collab.host.api import Host
from optiverse_collab.window.capture import Capture
from optiverse_collab.window.gestures import new_id
from optiverse_collab.window.steps import PLACE, Mark, Marks, Step, names_in, only, values
from optiverse_collab.wording.presence import marked
from optiverse_collab.wording.undo import Standing, left_alone

_KEPT = Mark("")
"""On the place of what is in a group that stays; of which the sentence about the group says enough."""


class _Run(NamedTuple):
    """An undo, or a redo, in progress."""

    step: Step
    is_new: bool  # the step is from before the session: its changes are unknown
    redo: bool
    kept: set[str]  # records that it would have removed
    standing: list[Standing]


class Undo:
    """Implements `optiverse_collab.host.api.UndoWatcher` for a window that shares its bench.

    Args:
        host: whose user undoes.
        capture: keeps the host equal to the session.
        pushed: called when edits may wait to be sent.
        report: called with a sentence about the parts that an undo left alone; the log has it, too.
        scripts: the names of the scripts in the session.
    """

    def __init__(
        self,
        host: Host,
        capture: Capture,
        pushed: Callable[[], None] = lambda: None,
        report: Callable[[str], None] = lambda text: None,
        scripts: Callable[[], Collection[str]] = frozenset,
    ) -> None:
        self._host = host
        self._capture = capture
        self._pushed = pushed
        self._report = report
        self._scripts = scripts
        self._gestures = capture.gestures
        self._provenance = capture.gestures.provenance
        self._steps: WeakKeyDictionary[object, Step] = WeakKeyDictionary()
        self._run: _Run | None = None

    def done(self, command: object, ids: Collection[str]) -> None:
        """Push the user's edits, and remember that they belong to a command."""
        self._push_edits()
        step, known = self._gestures.take(ids, self._host.held()), self._steps.get(command)
        if known is None:
            self._steps[command] = step
        else:
            known.absorb(step)
            self._gestures.name(step.id, known)
            step = known
        step.left.update({id: self._capture.shown(id) for id in step.changed})
        self._pushed()

    def begin(self, command: object, ids: Collection[str], redo: bool) -> Collection[str]:
        """Find the records that a command must leave alone."""
        self._push_edits()
        self._capture.show_waiting(ids)
        step, is_new = self._steps.get(command), command not in self._steps
        if step is None:
            step = self._steps[command] = Step(new_id())
        run = self._run = _Run(step, is_new, redo, set(), [])
        changed = [id for id in step.changed if id in ids]
        going = [id for id in changed if step.changed[id] is None and self._capture.shown(id) is not None]
        for shown in self._capture.all_shown(going):
            if since := self._provenance.since(step, shown.id, shown) or self._inside(step, shown):
                self._note_standing(run, shown, since)
                run.kept.update(going)  # SEEN-7: all removals, or none
        # A command that only removes a group must still know what was in it.
        left = run.kept | (
            set() if going and not run.kept else {id for id in changed if self._is_left(run, id)}
        )
        for id in left:
            del step.changed[id]
        return left

    def end(self, ids: Collection[str]) -> None:
        """Restore what was not the user's to change, and push the rest."""
        run, self._run = self._run, None
        if run is None:
            return
        touched = {**dict.fromkeys(ids), **dict.fromkeys(self._capture.take_noted())}
        found = self._capture.differences(touched)
        if more := self._capture.take_noted():  # changes that the host notices only when it is read
            touched |= dict.fromkeys(more)
            found = self._capture.differences(touched)
        fixes = [fix for op, shown in found for fix in self._fixes(run, op, shown)]
        if fixes:
            self._host.apply(fixes)
            self._capture.take_noted()
            found = self._capture.differences(touched)
        if found:
            self._push(run, [op for op, _ in found])
        if run.standing:
            text = left_alone(run.standing, run.redo)
            self._host.log("WARNING", text)
            self._report(text)
        self._pushed()

    def settle(self, conflict: Conflict) -> None:
        """Handle the outcome of an edit that met somebody's unseen one."""
        step, id = self._gestures.find(conflict.step), conflict.mine.id
        marks = Step.marks(conflict.names, conflict.by)
        if conflict.kind is ConflictKind.HELD:
            if isinstance(conflict.mine, Remove):
                self._provenance.keep(id, conflict.by)
            self._provenance.stand(id, marks)
            if step is not None:
                step.disown(id, marks)
        elif conflict.kind is ConflictKind.REPLACED_THEIRS and step is not None:
            theirs = conflict.theirs if isinstance(conflict.theirs, Set) else None
            since = self._provenance.since(step, id, self._capture.shown(id))
            step.replaced(id, marks, theirs)
            if id in step.changed and step.changed[id] is None and not isinstance(conflict.mine, Remove):
                step.disown(id, marks)  # both had made it
            if step.undone and theirs is not None:
                wanted = {*marks} or {*theirs.props, *theirs.unset}
                self._correct(step, only(theirs, wanted - since.keys()))

    def _push_edits(self) -> None:
        """Push the user's edits, including changes that the host notices only when it is read."""
        self._capture.push_edits()
        if self._capture.has_noted:
            self._capture.push_edits()

    def _inside(self, step: Step, shown: Record) -> Marks:
        """Others' additions and moves in a group."""
        if shown.kind != GROUP:
            return {}
        members = [record for record in self._capture.all_shown() if record.props.get("parent") == shown.id]
        for member in members:
            since = self._provenance.since(step, member.id, member)
            if "parent" in since:
                return {"members": since["parent"]}
        return {}

    def _is_left(self, run: _Run, id: str) -> bool:
        """Whether nothing of a record is left for a command to change."""
        names, shown = run.step.changed[id], self._capture.shown(id)
        if names is None or shown is None:
            return False
        since = self._since(run, id, shown)
        if not since or names - {"z_value"} - since.keys():
            return False
        self._note_standing(run, shown, {name: since[name] for name in since if name in names})
        return True

    def _since(self, run: _Run, id: str, shown: Record) -> Marks:
        """The properties that the command may not touch: members of a group that stays remain in it."""
        since = self._provenance.since(run.step, id, shown)
        group = shown.props.get("parent")
        if isinstance(group, str) and group in run.kept:
            since = {**dict.fromkeys(PLACE, _KEPT), **since}
        return since

    def _fixes(self, run: _Run, op: Op, shown: Record | None) -> list[Op]:
        """The edit that restores values that the command should not have touched."""
        fixes: list[Op] = []
        since = {} if shown is None else self._since(run, op.id, shown)
        names = names_in(op, since)
        if shown is not None and names:
            self._note_standing(run, shown, {name: since[name] for name in names})
            run.step.disown(op.id, {name: since[name] for name in names})
            fixes.append(values(shown, names) if isinstance(op, Set) else put(shown))
        unseen = None if run.redo else run.step.unseen.get(op.id)
        if unseen is not None and not isinstance(op, Remove):
            changed = {*unseen.props, *unseen.unset} if isinstance(op, Put) else {*op.props, *op.unset}
            again = only(unseen, changed.difference(names))
            fixes += [again] if again.props or again.unset else []
        return fixes

    def _push(self, run: _Run, ops: list[Op]) -> None:
        """Push the command's edits, and update the marks that its step covers."""
        id, step = new_id(), run.step
        self._gestures.name(id, step)
        pushed = self._capture.push_undo(ops, id)
        for op in pushed:
            if run.redo or run.is_new:
                step.note(op, self._provenance.take(op) if run.redo else {})
            if not run.redo:
                self._provenance.put_back(op, step.covered.get(op.id, {}))
        step.undone = "" if run.redo else id
        step.left.update({op.id: self._capture.shown(op.id) for op in pushed})

    def _correct(self, step: Step, op: Set) -> None:
        """A step was undone before its user knew which value it had replaced: restore that one."""
        is_there = self._host.records([op.id]) and self._capture.shown(op.id) is not None
        if not (op.props or op.unset) or not is_there or op.id in self._host.held():
            return
        self._host.apply([op])
        for pushed in self._capture.push_undo([op], step.undone, before_message=True):
            self._provenance.put_back(pushed, step.covered.get(op.id, {}))
        self._pushed()

    def _note_standing(self, run: _Run, shown: Record, since: Marks) -> None:
        """Note whose values stand, for the sentence after the undo."""
        authors = {name: mark.by for name, mark in since.items() if mark is not _KEPT}
        for by in dict.fromkeys(authors.values()):
            names = [name for name in authors if authors[name] == by]
            who = marked(by, by in self._scripts())
            run.standing.append(Standing(who, values(shown, names), shown))
