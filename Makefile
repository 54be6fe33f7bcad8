# On a fresh Debian 12 both commands install what is missing first; the second time they go straight to work.
.PHONY: demo test

demo:
	.ci/set-up
	.venv/bin/ecp-ingest convert samples --output out
	@echo
	@echo "The records are in out/: one JSON file for each release in samples/."
	@echo "Next: .venv/bin/ecp-ingest --help"

test:
	.ci/set-up dev
	.venv/bin/python -m pytest --numprocesses auto --dist loadfile
