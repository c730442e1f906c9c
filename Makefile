# Everything that a user or a developer does with this repository, in front of Meson.

BUILD ?= build

all: $(BUILD)/build.ninja
	ninja -C $(BUILD)

# The first build installs what is missing; later ones find it there.
$(BUILD)/build.ninja:
	scripts/setup
	meson setup $(BUILD)

demo: all
	mkdir -p $(BUILD)/demo
	$(BUILD)/glia demo digits --report $(BUILD)/demo/report.html

test: all
	scripts/test $(BUILD)

# make fuzz MINUTES=10 TARGET="csv json", or RUNS=10000000 of each; without TARGET all, which share the minutes.
MINUTES ?= 10
fuzz:
	scripts/fuzz $(if $(RUNS),--runs $(RUNS),$(MINUTES)) $(TARGET)

# What nobody waits for at a change: five seeds of large sets, too; other builds, one of them under ThreadSanitizer; what analyzers
# find, cppcheck among them; fuzzing; each call of each command failing, which writes the table of docs/reliability.md. Hours.
nightly: test
	GLIA_SEEDS=5 meson test -C $(BUILD) quality doctor
	scripts/test-builds
	meson test -C $(BUILD) static
	scripts/static
	scripts/fuzz $(MINUTES)
	scripts/reliability all

bench: all
	bench/run $(BUILD)

install: all
	meson install -C $(BUILD)

clean:
	rm -rf $(BUILD) $(BUILD)-asan

.PHONY: all demo test fuzz nightly bench install clean
