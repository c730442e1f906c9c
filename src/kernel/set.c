/*
 * set.c: the kernels of one set and precision in one table. Built with them; complete by
 * construction.
 */
#include "ref/real.h"

#define KERNEL(name, operands, dims, formula) gl_kernel K(name);
#include "kernels.def"

#define TEXT(word) TEXT_OF(word)
#define TEXT_OF(word) #word

extern const gl_kernel_set K(set);
const gl_kernel_set K(set) = {
    .name = TEXT(GL_SET),
    .kernel =
        {
#define KERNEL(name, operands, dims, formula) [GL_K_##name] = K(name),
#include "kernels.def"
        },
};
