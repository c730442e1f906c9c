#!/bin/sh
# Runs a test program. cmocka calls a skipped case "not ok N # SKIP", which everybody else reads as a failure.
said=$("$@")
status=$?
printf '%s\n' "$said" | sed 's/^not ok \([0-9]* # SKIP\)/ok \1/'
exit $status
