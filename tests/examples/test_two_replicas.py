"""The example at the start of docs/architecture.md works, and is quoted word for word."""

from __future__ import annotations

from pathlib import Path

from tests.helpers.processes import python

ROOT = Path(__file__).parent.parent.parent
EXAMPLE = ROOT / "examples" / "two_replicas.py"


def test_the_example_runs() -> None:
    with python("-W", "error", str(EXAMPLE)) as process:
        output, _ = process.communicate(timeout=60)
    assert (output, process.returncode) == ("{'pos': [120.0, 0.0], 'angle_deg': 45.0}\n", 0)


def test_the_architecture_quotes_the_example() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    assert f"```python\n{EXAMPLE.read_text(encoding='utf-8')}```\n" in page
