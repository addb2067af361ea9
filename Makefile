# make setup   install what is missing (Debian, Ubuntu) and build
# make demo    build, and open the page at http://127.0.0.1:8080 (PORT=9000: another port): look into the camera, get music
# make demo-training  draw a data set, train on it, measure, name an emotion: nothing is downloaded but Debian packages
# make test    install what is missing, run all tests
# make test-browser   the page in headless Chromium; test-api, test-load: its server, asked oddly and asked much
# make bench   measure this machine (needs python3); PEERS=path/to/venv compares with TensorFlow, PyTorch, ONNX
#              Runtime and OpenVINO, DATA=folder adds an epoch
# make test-under-load TIMES=10   the tests beside busy processes, on one processor, in a folder with an odd name
# make test-core   the core of the library compiled alone, without HDF5, threads and Foundation, gives the same
# make test-wasm   the engine for browsers, in the toolchain's interpreter, computes what this machine computes
# make test-processors   the kernels with every instruction set of this machine, and in emulators those of others
# make test-mpi    training on several machines, which are network namespaces, and broken ones (needs root)
# make test-cluster   three servers, PostgreSQL and nginx on network namespaces, broken one by one (needs root)
# make docs    the library's documentation as static pages in .build/docs
# make lint    swift format over all sources; test-threads: concurrent tests under the thread sanitizer
# make install PREFIX=/usr/local  also the manual page and completions; uninstall removes all that
# make dist    a tarball that runs on a fresh machine without Swift; test-dist runs it in an empty root

SWIFT ?= swift
BUILD = $(SWIFT) build -c release --product fermusic
FERMUSIC = .build/release/fermusic
PREFIX ?= /usr/local
PORT ?= 8080
TIMES ?= 1
# Nobody wants files of root in .build.
UNDER_SUDO = $(and $(filter-out 0,$(SUDO_UID)),$(filter 0,$(shell id -u)))

.PHONY: setup build built demo demo-training test test-browser test-api test-load test-under-load bench install \
    docs lint test-threads test-core test-processors test-mpi test-cluster test-wasm uninstall dist test-dist clean

setup: build

build:
	$(if $(UNDER_SUDO),$(error please build without sudo, then run "sudo make install"))
	@Scripts/install-dependencies
	@$(BUILD)
	@Scripts/build-wasm quietly

demo: build
	@Scripts/demo $(FERMUSIC) $(PORT)

demo-training: build
	@Scripts/demo-training $(FERMUSIC)

test:
	@Scripts/install-dependencies
	@Scripts/test

test-browser: build
	@Scripts/test-browser

test-api: build
	@Scripts/test-api

test-load: build
	@Scripts/test-load

test-under-load:
	@Scripts/install-dependencies
	@Scripts/test-under-load $(TIMES)

docs:
	@Scripts/docs

lint:
	@swift format lint --strict --recursive --parallel Sources Tests Examples Benchmarks Package.swift

judge-songs: build
	@Scripts/judge-songs --program $(FERMUSIC) --check $(if $(DATA),--data $(DATA))

test-threads:
	@Scripts/install-dependencies
	@Scripts/test-threads

test-core:
	@Scripts/test-core

test-wasm:
	@Scripts/test-wasm

test-processors:
	@Scripts/test-processors

test-mpi: build
	@Scripts/test-mpi

test-cluster: build
	@Scripts/test-cluster

bench:
	@$(BUILD)
	@$(or $(addsuffix /bin/python,$(PEERS)),python3) Benchmarks/compare.py --json Benchmarks/result.json \
	    $(if $(PEERS),--python $(PEERS)/bin/python) $(if $(DATA),--data $(DATA))

install: $(if $(UNDER_SUDO),built,build)
	@Scripts/install-files $(FERMUSIC) "$(PREFIX)" $(if $(DESTDIR),"$(DESTDIR)")

built:
	@test -x $(FERMUSIC) || { echo 'please run "make build" without sudo first' >&2; exit 1; }

uninstall:
	@Scripts/install-files --remove "$(PREFIX)" $(if $(DESTDIR),"$(DESTDIR)")

dist:
	@Scripts/install-dependencies
	@Scripts/make-dist

test-dist:
	@Scripts/test-dist

clean:
	rm -rf .build Examples/.build
