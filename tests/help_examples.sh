#!/bin/sh
# Every example of every help runs, in a folder with files of the names that it uses: made from demo sets, but for the course's
# images (../shared/data/cats, else what needs them is skipped). Prints TAP.
root=$1
glia=$2/glia
shared=${GLIA_SHARED:-$root/../shared}
cats=$shared/data/cats
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/bin"
ln -s "$glia" "$work/bin/glia"
PATH=$work/bin:$PATH
export PATH LC_ALL=C.UTF-8 NO_COLOR=1 OMP_NUM_THREADS=2
cd "$work" || exit 1

# Three kinds of flowers whose leaves differ; who survived; who left.
flowers() {
    echo sepal_length,sepal_width,petal_length,petal_width,species
    awk -v seed="$1" 'BEGIN { srand(seed); split("setosa,versicolor,virginica", name, ",")
        for (i = 0; i < 150; i++) { k = i % 3
            printf "%.1f,%.1f,%.1f,%.1f,%s\n", 5 + k + rand(), 3 + rand(), 1.4 + 2 * k + rand(), 0.2 + k + rand() / 2, name[k + 1] } }'
}
passengers() {
    echo PassengerId,Sex,Age,Fare,Survived
    awk -v seed="$1" 'BEGIN { srand(seed)
        for (i = 1; i <= 300; i++) { w = rand() < 0.4
            printf "%d,%s,%d,%.2f,%d\n", i, w ? "female" : "male", 60 * rand(), 90 * rand() ^ 3, rand() < (w ? 0.75 : 0.2) } }'
}
# 60 images of 8 by 8, dark or light, with their labels beside them.
images() {
    { printf '\000\000\010\003\000\000\000\074\000\000\000\010\000\000\000\010'
        awk 'BEGIN { for (i = 0; i < 60 * 64; i++) printf "%c", int(i / 64) % 2 ? 40 + i % 50 : 10 + i % 20 }'; } | gzip >train-images-idx3-ubyte.gz
    { printf '\000\000\010\001\000\000\000\074'; awk 'BEGIN { for (i = 0; i < 30; i++) printf "\001\002" }'; } | gzip >train-labels-idx1-ubyte.gz
}

# Pictures of 8 by 8 in folders, dark ones and light ones.
pets() {
    mkdir -p pets/cat pets/dog new
    for i in $(seq 12); do
        for where in pets/cat/$i:20 pets/dog/$i:200 new/$i:$((20 * i)); do
            awk -v from="${where#*:}" 'BEGIN { print "P2 8 8 255"; for (k = 0; k < 64; k++) print (from + k) % 256 }' >"${where%:*}.pgm"
        done
    done
}

# Fair follows fair more often than not.
weather() {
    awk 'BEGIN { print "sky"; for (d = 0; d < 200; d++) print d * 7 % 11 < 4 + 3 * (d % 3) ? "fair" : "rain" }'
}

# A year of days.
temperatures() {
    awk 'BEGIN {
        print "date,temp"
        for (d = 0; d < 365; d++)
            printf "%s,%.1f\n", strftime("%Y-%m-%d", 1577880000 + 86400 * d, 1), 12 - 8 * cos(d / 58) + (d * 37 % 11) / 4
    }'
}

prepare() {
    for set in 'houses 1' 'later 2' 'sold 3' 'big 4' 'december 5' 'train 6'; do
        glia demo houses --rows 400 --seed "${set#* }" --write "${set% *}.csv"
    done
    cut -d, -f1-5 later.csv >new.csv
    flowers 1 >iris.csv
    passengers 1 >titanic.csv
    cut -d, -f1-4 titanic.csv >passengers.csv
    passengers 2 | sed '1s/Survived/left/' >customers.csv
    sed 's/,/;/g; s/\./,/g' sold.csv >table.txt
    images
    pets
    temperatures >temperatures.csv
    cp new/7.pgm felix.jpg # what a file is its first bytes say
    mkdir datasets
    [ ! -d "$cats" ] || { cp "$cats/train_catvnoncat.h5" cats.h5; cp "$cats/test_catvnoncat.h5" cats_test.h5; cp "$cats"/*.h5 datasets; }
    glia train houses.csv --target price
    glia train iris.csv --target species
    glia train titanic.csv --target Survived --ignore PassengerId
    glia train customers.csv --target left --ignore PassengerId -o churn.glia
    glia train pets
    glia train temperatures.csv --sequence 7 --epochs 5
    weather >weather.csv
    glia train weather.csv --sequence 3 --horizon 1 --epochs 5
} >prepared 2>&1

# The commands under "examples:" of every command that the overview lists.
examples() {
    glia --help | sed -n 's/^  \([a-z][a-z]*\)  .*/\1/p' | while read -r command; do
        glia "$command" --help | sed -n '/^examples:/,$p' | grep '^  [^ ]'
    done
}

# As it stands, but for what takes minutes (a search, the whole bench), wants a reader, or a folder of somebody's own.
shortened() {
    echo "$1" | sed "s|--time 2m|--time 1s|; s|; man \./glia\.1||; s|~/datasets|datasets|; s|^glia bench\$|& --net 2-4-1|"
}

count=0
say() { # status, name
    count=$((count + 1))
    [ "$1" = 0 ] && echo "ok $count - $2" || echo "not ok $count - $2"
}

echo "TAP version 13"
prepare
say $? "the files of the examples are made"
examples >list
[ "$(wc -l <list)" -gt 30 ]
say $? "there are examples"
while read -r line; do
    case $line in
        *cats*)
            [ -d "$cats" ] || { count=$((count + 1)); echo "ok $count - $line # SKIP $cats is not here"; continue; }
            ;;
    esac
    # rows of flowers without their header, where they go into the model of flowers
    case $line in *'predict iris.glia - '*) mv new.csv houses.new; cut -d, -f1-4 iris.csv >new.csv ;; esac
    timeout 300 bash -c "$(shortened "$line")" >printed 2>&1 </dev/null
    status=$?
    [ -f houses.new ] && mv houses.new new.csv
    [ $status = 0 ] || sed 's/^/# /' printed
    say $status "$line"
    case $line in
        *'train cats.h5'*)
            grep -q '^  accuracy .* 0\.8000$' printed || sed 's/^/# /' printed
            grep -q '^  accuracy .* 0\.8000$' printed
            say $? "it reaches the 0.80 of the course"
            ;;
    esac
done <list
echo "1..$count"
