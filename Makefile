# make setup   install what is missing (Debian, Ubuntu) and build
# make demo    build, and open the page at http://127.0.0.1:8080: look into the camera, get music
# make demo-training  draw a data set, train on it, measure, name an emotion: nothing is downloaded but Debian packages
# make test    install what is missing, run all tests
# make test-browser   the page in headless Chromium; test-api, test-load: its server, asked oddly and asked much
# make bench   measure this machine (needs python3); PEERS=path/to/venv compares with TensorFlow and PyTorch, DATA=folder
#              adds an epoch
# make install PREFIX=/usr/local
# make dist    a tarball that runs on a fresh machine without Swift; test-dist runs it in an empty root

SWIFT ?= swift
BUILD = $(SWIFT) build -c release --product fermusic
FERMUSIC = .build/release/fermusic
PREFIX ?= /usr/local

.PHONY: setup build demo demo-training test test-browser test-api test-load bench install dist test-dist clean

setup: build

build:
	@Scripts/install-dependencies
	@$(BUILD)

demo: build
	@Scripts/demo $(FERMUSIC)

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

bench:
	@$(BUILD)
	@$(or $(addsuffix /bin/python,$(PEERS)),python3) Benchmarks/compare.py --json Benchmarks/result.json \
	    $(if $(PEERS),--python $(PEERS)/bin/python) $(if $(DATA),--data $(DATA))

install: build
	@Scripts/install-files $(FERMUSIC) $(PREFIX) $(DESTDIR)

dist:
	@Scripts/install-dependencies
	@Scripts/make-dist

test-dist:
	@Scripts/test-dist

clean:
	rm -rf .build Examples/.build
