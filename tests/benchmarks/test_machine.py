"""The machine that figures are from."""

from __future__ import annotations

from benchmarks.machine import described, machine


def test_a_sentence_describes_the_machine() -> None:
    here = machine()
    assert str(here["processor"]) in described(here)
    assert f"Load average before the start: {here['load']}" in described(here)
