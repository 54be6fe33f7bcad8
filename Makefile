# On a fresh Debian 12 these install what is missing first; the second time they go straight to work.
.PHONY: demo test check coverage

demo:
	.ci/set-up
	.venv/bin/ecp-ingest convert samples --output out
	@echo
	@echo "The records are in out/: one JSON file for each release in samples/."
	@echo "Next: .venv/bin/ecp-ingest --help"

test:
	.ci/set-up dev
	.venv/bin/python -m pytest --numprocesses auto --dist loadfile

check:
	.ci/set-up dev
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.ci/javascript

coverage:
	.ci/set-up dev
	.venv/bin/python -m pytest --numprocesses auto --dist loadfile --cov=ecp_ingest --cov-report=term-missing:skip-covered
