# Everything runs through uv. scripts/bootstrap.py is uv, with the environment made first where it is missing.
PYTHON ?= python3
RUN := $(PYTHON) scripts/bootstrap.py run

.PHONY: help demo quick-start screenshots crowd timeline-pictures animation test test-nats lint dist format benchmark benchmark-peers benchmark-photon benchmark-ratio benchmark-growth benchmark-aims benchmark-ticks benchmark-workers soak soak-hosts soak-net soak-nats soak-takeovers faults fuzz hostile architecture constraints clean

help:  ## Say what there is
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 20

demo:  ## Open two windows of the demo bench in one session; without a screen, play it and write a picture
	$(RUN) python scripts/demo.py

quick-start:  ## Play the server's quick start: a watcher, a bench, kill -9
	$(RUN) python scripts/quick_start.py

screenshots:  ## Make the pictures in docs/images again
	$(RUN) python scripts/screenshots.py

crowd:  ## Make the pictures of the real Optiverse with fifteen people, where it is installed
	$(RUN) python scripts/crowd.py

timeline-pictures:  ## Make the pictures of the timeline in the real Optiverse, where it is installed
	$(RUN) python scripts/timeline_pictures.py

animation:  ## Make the animation of the README again, where the real Optiverse is installed
	$(RUN) python scripts/animation.py

test:  ## Run every test; ARGS="-k room" narrows it
	$(RUN) pytest -n auto --maxprocesses 4 --dist loadgroup $(ARGS)

test-nats:  ## Run the end-to-end tests with sessions in NATS
	TESTS_KEEP_SESSIONS_IN=nats $(RUN) pytest -n auto --maxprocesses 4 --dist loadgroup tests/end2end $(ARGS)

lint:  ## Check style, formatting, spelling, types and imports
	$(RUN) ruff check
	$(RUN) ruff format --check
	$(RUN) codespell
	$(RUN) mypy
	$(RUN) lint-imports

dist:  ## Build the distributions, and play the quick start with nothing but their wheels
	$(RUN) python scripts/dist.py

format:  ## Put imports and formatting right
	$(RUN) ruff check --fix
	$(RUN) ruff format

benchmark:  ## Measure the server beside a bare relay
	$(RUN) python -m benchmarks $(ARGS)

benchmark-peers:  ## Measure the server beside others' servers: make benchmark-peers ARGS="--runs 1 --workload team"
	$(RUN) python -m benchmarks.peers $(ARGS)

benchmark-photon:  ## Measure from the mouse in one window of the real Optiverse to pixels in another, where it is installed
	$(RUN) python -m benchmarks.photon $(ARGS)

benchmark-ratio:  ## Compare the server's CPU time with a relay's and with what is kept; ARGS=--keep keeps it
	$(RUN) python -m benchmarks.ratio $(ARGS)

benchmark-growth:  ## Measure the server as participants, items, edits and sessions grow; ARGS=--quick is short
	$(RUN) python -m benchmarks.growth $(ARGS)

benchmark-aims:  ## Measure what the server promises, and say which aims are met
	$(RUN) python -m benchmarks.aims $(ARGS)

benchmark-ticks:  ## Measure CPU time and latency at ticks from 2 to 33 ms
	$(RUN) python -m benchmarks.ticks $(ARGS)

benchmark-workers:  ## Measure one process beside several workers
	$(RUN) python -m benchmarks.workers $(ARGS)

soak: SEEDS ?= 100000
soak: START ?= 0
soak:  ## Simulate many more histories: make soak SEEDS=1000000
	$(RUN) python -m tests.core.simulation.soak --seeds $(SEEDS) --start $(START)

soak-hosts: SEEDS ?= 10000
soak-hosts:  ## Simulate many histories of hosts that go away (3 min): make soak-hosts SEEDS=100000
	$(RUN) python -m tests.core.simulation.host_gone $(SEEDS)

soak-net: MINUTES ?= 60
soak-net:  ## Edit for an hour over networks that fail at random, and write docs/faults.md: make soak-net MINUTES=15
	$(RUN) python -m tests.faults.soak --minutes $(MINUTES)

soak-takeovers: SEEDS ?= 10000
soak-takeovers:  ## Simulate many histories of servers that take over (10 min): make soak-takeovers SEEDS=100000
	$(RUN) python -m tests.server.standby.soak $(SEEDS)

takeover:  ## kill -9 a server under load, promote its standby, and count what is missing: make takeover ARGS="--edits 2000"
	$(RUN) python -m tests.faults.takeover $(ARGS)

soak-nats: MINUTES ?= 10
soak-nats:  ## Edit at servers that share NATS while everything fails, and write docs/faults.md: make soak-nats MINUTES=5
	$(RUN) python -m tests.faults.cluster --minutes $(MINUTES) $(ARGS)

faults:  ## Let every fault of a network happen in every phase, and write docs/faults.md
	$(RUN) python -m tests.faults $(ARGS)

fuzz: INPUTS ?= 1000000
fuzz:  ## Feed everything that strangers reach with hostile input: make fuzz INPUTS=10000000
	$(RUN) python -m tests.fuzz --inputs $(INPUTS)

hostile: MINUTES ?= 10
hostile:  ## Attack a server in all ways at once, beside honest people: make hostile MINUTES=1
	$(RUN) python -m tests.fuzz.hostile --minutes $(MINUTES)

architecture:  ## Write the tree of rooms in docs/architecture.md
	$(RUN) python scripts/architecture.py

constraints:  ## Take the newest dependencies and pin them
	$(RUN) python scripts/constraints.py

clean:  ## Remove what was made here: environment, tools, builds, caches
	rm -rf .venv .tools build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache uv.lock
	find optiverse_collab demo server tests benchmarks -name __pycache__ -prune -exec rm -rf {} +
