# make setup   install what is missing (Debian, Ubuntu) and build
# make demo    draw a data set, train on it, measure, name an emotion: nothing is downloaded but Debian packages
# make test    install what is missing, run all tests
# make install PREFIX=/usr/local

SWIFT ?= swift
BUILD = $(SWIFT) build -c release --product fermusic
FERMUSIC = .build/release/fermusic
PREFIX ?= /usr/local

.PHONY: setup build demo test install clean

setup: build

build:
	@Scripts/install-dependencies
	@$(BUILD)

demo: build
	@Scripts/demo $(FERMUSIC)

test:
	@Scripts/install-dependencies
	@Scripts/test

install: build
	install -D -m 755 $(FERMUSIC) $(DESTDIR)$(PREFIX)/bin/fermusic

clean:
	rm -rf .build Examples/*/.build
