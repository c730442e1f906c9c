#!/bin/sh
# scripts/count on logs made up here, of the form that Meson writes: what counts as passed, failed, skipped, and who is
# named. Prints TAP.
root=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python=$(python3 -c 'import sys; print(sys.executable)') # behind a wrapper that would choose it eleven times
mkdir -p "$work/build/meson-logs"
log=$work/build/meson-logs/testlog.json
tried=0 bad=0

ended() { # name, result, status, what it printed: one line of the log
    printf '{"name": "%s", "stdout": "%s", "result": "%s", "returncode": %s}\n' "$1" "$4" "$2" "$3" >>"$log"
}

expect() { # sentence, status, all that is printed
    said=$("$python" -S "$root/scripts/count" "$log" 2>&1)
    status=$?
    tried=$((tried + 1)) verdict=ok
    if [ "$status" != "$2" ] || [ "$said" != "$3" ]; then
        echo "$said" | sed "s/^/# status $status: /"
        verdict='not ok' bad=1
    fi
    echo "$verdict $tried - $1"
    : >"$log"
}

echo "TAP version 13"
echo "1..11"

ended cli OK 0 '1..3\nok 1 - a\n# ok 9 - a remark\nok 2 # SKIP b\nok 3 - c\n# ok - cli\n'
ended tune OK 0 'TAP version 13\nok 1 - a\n1..1\n'
expect "results of good programs are added up" 0 '3 passed, 0 failed, 1 skipped'

ended cli ERROR 2 '1..3\nnot ok 1 - a\nok 2 - b\nnot ok 3 - c\n'
expect "a failed result is counted once, though the status tells of it too" 1 \
    'failed: build cli (2 of 3 results)
1 passed, 2 failed, 0 skipped'

ended knobs ERROR 1 '1..2\nok 1 - a\nok 2 # SKIP b\n# ok - knobs\n'
ended tune OK 0 '1..1\nok 1 - a\n'
expect "a program that ended with another status than 0 has failed" 1 \
    'failed: build knobs (ended with status 1)
2 passed, 1 failed, 1 skipped'

ended cli ERROR 139 '1..2\nok 1 - a\nok 2 - b\n'
ended tune ERROR -9 '1..1\nok 1 - a\n'
expect "so has one that a signal ended, in the words of the shell or of Meson" 1 \
    'failed: build cli (killed by signal 11), build tune (killed by signal 9)
3 passed, 2 failed, 0 skipped'

ended equal TIMEOUT -15 ''
expect "so has one that ran out of time" 1 \
    'failed: build equal (ran out of time)
0 passed, 1 failed, 0 skipped'

ended cli OK 0 '1..5\nok 1 - a\nok 2 - b\n'
expect "so has one that printed fewer results than it planned" 1 \
    'failed: build cli (printed 2 of 5 results)
2 passed, 1 failed, 0 skipped'

ended cli ERROR 1 '1..5\nok 1 - a\nnot ok 2 - b\n'
expect "one that failed and then stopped has failed twice" 1 \
    'failed: build cli (printed 2 of 5 results)
1 passed, 2 failed, 0 skipped'

ended cli SKIP 0 ''
expect "so has one that printed nothing, which Meson calls skipped" 1 \
    'failed: build cli (printed no plan)
0 passed, 1 failed, 0 skipped'

ended instructions SKIP 0 'TAP version 13\n1..0 # SKIP valgrind is not installed\n'
expect "a program that is skipped as a whole is one that was skipped" 0 '0 passed, 0 failed, 1 skipped'

expect "a log without a program has failed" 1 \
    "failed: $log (no program ran)
0 passed, 1 failed, 0 skipped"

ended cli OK 0 '1..1\nok 1 - a\n'
printf '{"name": "tune", "std' >>"$log"
expect "so has a log that was cut off" 1 \
    "failed: $log (cut off)
1 passed, 1 failed, 0 skipped"
exit $bad
