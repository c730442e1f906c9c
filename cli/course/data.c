/*
 * data.c: where the course's cat images are. They are nobody's to give away, so they are not part
 * of glia, and whoever took the course has them.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "course.h"

const char cat_files[] = "train_catvnoncat.h5 and test_catvnoncat.h5";

/* datasets/ is where the exercises keep them. */
static const char *const folders[] = {".", "datasets", "data", "data/cats"};

enum { FOLDERS = sizeof folders / sizeof *folders };

static bool lie_in(const char *folder, char **train, char **test) {
    *train = format_text("%s/train_catvnoncat.h5", folder);
    *test = format_text("%s/test_catvnoncat.h5", folder);
    if (access(*train, R_OK) == 0 && access(*test, R_OK) == 0) return true;
    free(*train);
    free(*test);
    *train = *test = NULL;
    return false;
}

int find_cats(const cli *c, char **train, char **test) {
    const char *said = given(c, "data");
    if (said && lie_in(said, train, test)) return 0;
    for (int i = 0; !said && i < FOLDERS; i++)
        if (lie_in(folders[i], train, test)) return 0;
    if (said)
        return fail(GLIA_INPUT, "%s: there are no %s, the cat images of the course, to be read",
                    said, cat_files);
    return fail(GLIA_INPUT,
                "this lesson needs %s, the cat images of the course; they are not in %s, %s, %s or "
                "%s: say where with --data FOLDER",
                cat_files, folders[0], folders[1], folders[2], folders[3]);
}
