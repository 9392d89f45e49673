# The benches: scripts that print ratios, measured side by side in one run. `make help` lists them.
.PHONY: bench bench-line bench-sampling bench-labels bench-merges bench-models bench-score bench-serve bench-estimate \
	bench-monitor bench-tables bench-experiments bench-board bench-scale bench-scale-kills bench-joined bench-cluster \
	bench-suite

bench: bench-line bench-serve  ## what DVC and the service cost, as ratios measured side by side

bench-line: $(VENV)/ready  ## what DVC costs beside the same functions in one process
	python tests/bench line

bench-sampling: $(VENV)/ready  ## a sample of 50 million records: memory, seconds, bytes; takes a quarter of an hour
	python tests/bench sampling

bench-scale: $(VENV)/ready  ## the stages up to train on 1 and 5 million records by engine: memory, seconds, bytes; an hour
	PYTHONPATH=src python tests/bench scale $(or $(ROWS),1000000 5000000)

bench-scale-kills: $(VENV)/ready-dev  ## the same killed at random moments, on this machine and on a cluster; an hour
	python tests/bench scale_kills $(ROWS)

bench-joined: $(VENV)/ready  ## joins of 1 and 3 million records with a table by engine: memory, seconds, bytes; half an hour
	PYTHONPATH=src python tests/bench joined $(or $(ROWS),1000000 3000000) --memory 1GiB 300MiB

bench-cluster: $(VENV)/ready-dev  ## forty experiments on a dask cluster, a worker killed, beside the local sweep; some minutes
	python tests/bench cluster

bench-labels: $(VENV)/ready  ## wrong labels: what to do with those that are flagged, measured
	python tests/bench labels

bench-estimate: $(VENV)/ready  ## performance estimated before labels against what they show; some minutes
	python tests/bench estimate

bench-merges: $(VENV)/ready-dev  ## ten merges and rebases: files by hand, before and after; a quarter of an hour
	python tests/bench merges

bench-score: $(VENV)/ready  ## assay score on 10 million records: memory, rows/s beside bare prediction; a quarter of an hour
	python tests/bench score $(RECORDS)

bench-models: $(VENV)/ready $(PEERS)/ready  ## our model beside FLAML, AutoGluon, CatBoost, ...; seconds to search: BUDGET=60
	python tests/bench models --peers $(PEERS)/bin/python --budget $(BUDGET)

bench-serve: $(VENV)/ready-dev  ## the service: milliseconds and requests per second beside the bare model; two minutes
	OMP_NUM_THREADS=1 python tests/bench serve

bench-monitor: $(VENV)/ready  ## assay monitor: false alarms, and how soon it names a change, beside KS and PSI; ten minutes
	OMP_NUM_THREADS=1 python tests/bench monitor

bench-tables: $(VENV)/ready  ## wide and long tables: seconds, memory and bytes in git of each step; ten minutes
	OMP_NUM_THREADS=1 python tests/bench tables $(TABLES)

bench-board: $(VENV)/ready-dev  ## how soon pages are ready with 1,000 experiments and 100,000 predictions, beside git; a minute
	python tests/bench board

bench-experiments: $(VENV)/ready-dev  ## the table of 1,000 experiments beside git that reads the same files
	python tests/bench experiments

bench-suite: $(VENV)/ready-dev  ## the test suite, and the quick part of it, as multiples of a forced run of the line; by part
	python tests/bench suite
