/*
 * next.c: commands to try after a demo. They are run by a test, in this order and in one folder.
 */
#include <string.h>

#include "demo.h"

static const struct trying {
    const char *demo, *command, *what;
} all[] = {
    {"flower", "glia demo flower --write flower.csv", "the points as a file"},
    {"flower", "glia train flower.csv --hidden 4 --activation tanh --epochs 200",
     "the same network, glia's optimizer"},
    {"flower", "glia check flower.csv --hidden 4", "are its gradients right?"},
    {"moons", "glia demo moons --write moons.csv", "the points as a file"},
    {"moons", "glia train moons.csv --hidden 2 --epochs 50", "fewer units"},
    {"circles", "glia demo circles --epochs 20", "stopped too early"},
    {"spirals", "glia demo spirals --rows 100", "fewer points"},
    {"xor", "glia demo linear", "why a line cannot be bent by more lines"},
    {"houses", "glia demo houses --write houses.csv", "the houses as a file"},
    {"houses", "glia data houses.csv --target price", "what is in it"},
    {"digits", "glia demo batches", "how many digits an update should look at"},
    {"sine", "glia demo sine --write sine.csv", "the rows as a file"},
    {"sine", "glia train sine.csv --sequence 50", "glia's choice: the linear rule"},
    {"sine", "glia predict sine.glia sine.csv --steps 75", "the next 75 rows"},
    {"letters", "glia demo letters --write letters.csv", "the text as a file, a letter a row"},
    {"letters", "glia train letters.csv --sequence 32 --horizon 1 --net \"gru 64\" --epochs 3",
     "the same network, for a shorter time"},
    {"letters", "glia predict letters.glia letters.csv --steps 60 --temperature 0.5",
     "two sentences more, a letter a row"},

    {"neuron", "glia demo xor --write xor.csv", "points that one unit cannot part"},
    {"neuron", "glia train xor.csv --hidden none --epochs 20", "one sigmoid unit tries it"},
    {"neuron", "glia explain xor.glia xor.csv --row 1", "its z and a for the first point"},
    {"step", "glia demo xor --write xor.csv", "400 points of two classes"},
    {"step", "glia train xor.csv --hidden 4 --epochs 20 -o small.glia", "a network of this size"},
    {"step", "glia explain small.glia xor.csv --row 1,2",
     "two samples side by side: the columns of Z and A"},
    {"step", "glia show small.glia --equations", "its formulas with their shapes"},
    {"loops", "glia bench --loops --net 64-32-10 --seconds 0.05", "another network"},

    {"bowl", "glia demo bowl --report bowl.html", "the picture as a page"},
    {"bowl", "glia demo rate", "what the step length does"},
    {"rate", "glia demo rate --report rate.html", "the picture as a page"},
    {"rate", "glia demo xor --write xor.csv", "400 points of two classes"},
    {"rate", "glia train xor.csv --lr 100 --optimizer sgd --epochs 20 -o fast.glia",
     "too large in a network: the doctor says so"},
    {"batches", "glia demo xor --write xor.csv", "400 points of two classes"},
    {"batches", "glia train xor.csv --batch full --epochs 20 -o full.glia", "one update an epoch"},
    {"batches", "glia train xor.csv --batch 1 --epochs 5 -o online.glia", "one sample an update"},
    {"loss", "glia demo xor --write xor.csv", "400 points of two classes"},
    {"loss", "glia train xor.csv --loss mse --epochs 20 -o mse.glia", "squared error on classes"},
    {"overfit", "glia demo moons --rows 40 --write few.csv", "40 points to learn from"},
    {"overfit", "glia demo moons --seed 4 --write moons.csv", "600 others"},
    {"overfit", "glia train few.csv --hidden 64,64 --val none --epochs 300 --test moons.csv",
     "learned by heart"},
    {"overfit", "glia train few.csv --hidden 64,64 --test moons.csv --epochs 100",
     "with a validation part that says when to stop"},

    {"linear", "glia demo xor --write xor.csv", "400 points of two classes"},
    {"linear", "glia train xor.csv --hidden 8,8 --activation linear --epochs 20 -o line.glia",
     "glia warns of it"},
    {"symmetry", "glia demo xor --write xor.csv", "400 points of two classes"},
    {"symmetry", "glia train xor.csv --hidden 4 --init zeros --epochs 20 -o zeros.glia",
     "a start from zero"},
    {"saturation", "glia demo dead", "relu has an illness of its own"},
    {"dead", "glia demo xor --write xor.csv", "400 points of two classes"},
    {"dead", "glia train xor.csv --hidden 8 --activation leaky_relu:0.01 --epochs 50 -o leaky.glia",
     "leaky relu in a network"},
    {"adding", "glia demo copy", "what a plain network can keep, and from which start"},
    {"copy", "glia demo copy --seed 2", "other bits, and another U to begin with"},
};

enum { ALL = sizeof all / sizeof *all };

void say_next(demo *d) {
    json_t *list = json_array();
    for (int i = 0; i < ALL; i++) {
        if (strcmp(all[i].demo, d->lesson->name) != 0) continue;
        if (json_array_size(list) == 0) line(d, "Try:\n");
        line(d, "  %s\n      %s", all[i].command, all[i].what);
        json_array_append_new(list, json_string(all[i].command));
    }
    if (json_array_size(list) > 0) blank(d);
    fact(d, "next", list);
}
