#!/bin/sh
# The core (base to train, and the model on arrays) builds with a C17 compiler and libm alone: builds it, with examples/xor.c and
# examples/stream.c, without any library and without the build system, and runs the results. What they do not reach is dropped.
# Prints TAP.
root=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cc=${CC:-cc}
flags="-std=gnu17 -D_GNU_SOURCE -I$root/include -ffunction-sections"
kernels="$root/src/kernel"

# Beside ref the set that every processor of its kind runs. The wider ones, which a build may leave out, are the same sources, of
# which only those in simd/ look at the processor.
build() {
    case $(uname -m) in
        x86_64) sets=sse2:x86-64 wider='avx2:x86-64-v3 avx512:x86-64-v4' ;;
        aarch64) sets=neon:armv8-a wider= ;;
        *) sets= wider= ;;
    esac
    without=
    for set in $wider; do
        without="$without -DGL_WITHOUT_${set%%:*}"
        $cc $flags -march=${set#*:} -DGL_SIMD -Dglia_real=float -DGL_BITS=f32 -DGL_SET=${set%%:*} -fsyntax-only \
            "$kernels"/simd/*.c || return 1
    done
    for set in ref: $sets; do
        name=${set%%:*}
        march=${set#*:}
        march=${march:+-march=$march}
        products=$kernels/simd/*.c simd=-DGL_SIMD
        [ "$name" = ref ] && products=$kernels/ref/gemm.c simd=
        for real in f32:float f64:double; do
            for file in "$kernels/set.c" $products $(ls "$kernels"/ref/*.c | grep -v /gemm.c); do
                $cc $flags $march $simd -Dglia_real=${real#*:} -DGL_BITS=${real%%:*} -DGL_SET=$name -c "$file" \
                    -o "$work/$name-${real%%:*}-$(basename "$file" .c).o" || return 1
            done
        done
    done
    for room in base score net op plan predict train; do
        mkdir "$work/$room" && (cd "$work/$room" && $cc $flags $without -c "$root/src/$room"/*.c) || return 1
    done
    (cd "$work" && $cc $flags $without -c "$kernels/kernel.c" "$root"/src/product/model.c "$root"/src/product/on_arrays.c \
        "$root"/src/product/vectors.c "$root"/src/prepare/pipeline.c "$root"/src/prepare/vocabulary.c "$root"/src/table/series.c) ||
        return 1
    for app in xor stream; do
        $cc $flags "$root/examples/$app.c" "$work"/*.o "$work"/*/*.o -o "$work/app-$app" -Wl,--gc-sections -lm || return 1
    done
}

echo "TAP version 13"
echo "1..3"
if build >"$work/log" 2>&1; then
    echo "ok 1 - the core builds with a C compiler and libm alone"
else
    sed 's/^/# /' "$work/log"
    echo "not ok 1 - the core builds with a C compiler and libm alone"
fi
if "$work/app-xor" 2>/dev/null | grep -q '^1 xor 0 = 1'; then
    echo "ok 2 - what was built so learns xor"
else
    echo "not ok 2 - what was built so learns xor"
fi
if "$work/app-stream" 2>/dev/null | grep -q '^mean error 0.0'; then
    echo "ok 3 - and says what comes next, step by step"
else
    echo "not ok 3 - and says what comes next, step by step"
fi
