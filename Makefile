# make setup   install what is missing (Debian, Ubuntu) and build
# make demo    draw a data set, train on it, measure, name an emotion: nothing is downloaded but Debian packages
# make test    install what is missing, run all tests
# make bench   measure this machine; PEERS=path/to/venv compares with TensorFlow and PyTorch, DATA=folder adds an epoch
# make install PREFIX=/usr/local

SWIFT ?= swift
BUILD = $(SWIFT) build -c release --product fermusic
FERMUSIC = .build/release/fermusic
PREFIX ?= /usr/local

.PHONY: setup build demo test bench install clean

setup: build

build:
	@Scripts/install-dependencies
	@$(BUILD)

demo: build
	@Scripts/demo $(FERMUSIC)

test:
	@Scripts/install-dependencies
	@Scripts/test

bench:
	@$(BUILD)
ifdef PEERS
	@$(PEERS)/bin/python Benchmarks/compare.py --python $(PEERS)/bin/python --json Benchmarks/result.json \
	    $(if $(DATA),--data $(DATA))
else
	@$(FERMUSIC) bench
endif

install: build
	install -D -m 755 $(FERMUSIC) $(DESTDIR)$(PREFIX)/bin/fermusic
	install -D -m 644 Datasets/songs.csv $(DESTDIR)$(PREFIX)/share/fermusic/songs.csv
	install -D -m 644 Checkpoints/fer2013-cnn.h5 $(DESTDIR)$(PREFIX)/share/fermusic/fer2013-cnn.h5

clean:
	rm -rf .build Examples/.build
