# For developers; everything here goes through dev.py, which sets up what it needs.
.PHONY: demo test slow check format bench dashboard
demo:
	python3 dev.py demo
test:
	python3 dev.py test
slow:
	python3 dev.py test --slow
check:
	python3 dev.py check
format:
	python3 dev.py run ruff check --fix . && python3 dev.py run ruff format .
bench:
	python3 dev.py run python -m pytest benchmarks --benchmark-only
dashboard:
	python3 dev.py dashboard
