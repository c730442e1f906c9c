/*
 * net.c: the text of a network; its printed form gives the same network, and so prints alike. The
 * first line is the loss; empty: what suits the network.
 */
#include "fuzz.h"
#include "op/nettext.h"

static void print(const gl_net *net, char **text, char **losses) {
    *text = gl_net_text(g, net);
    *losses = gl_net_loss_text(g, net);
    fuzz_check(*text && *losses, "a network has no text");
}

static void compare(const gl_net *net) {
    char *text, *losses, *text_again, *losses_again;
    print(net, &text, &losses);
    gl_net *again = gl_net_sketch(g, net->inputs, text, losses, net->dtype);
    fuzz_check(again, "'%s' with '%s' is refused: %s", text, losses, glia_message(g));
    print(again, &text_again, &losses_again);
    fuzz_check(!strcmp(text, text_again), "'%s' becomes '%s'", text, text_again);
    fuzz_check(!strcmp(losses, losses_again), "'%s' becomes '%s'", losses, losses_again);
    fuzz_check(again->outputs == net->outputs && again->labels == net->labels,
               "'%s' has other outputs", text);
    gl_free(g, text), gl_free(g, losses), gl_free(g, text_again), gl_free(g, losses_again);
    gl_net_free(again);
}

void fuzz_net(const uint8_t *bytes, size_t n) {
    char *all = fuzz_text(bytes, n), *loss = strchr(all, '\n') ? all : NULL;
    char *text = loss ? strchr(all, '\n') + 1 : all;
    if (loss) text[-1] = 0;
    gl_net *net =
        gl_net_sketch(g, 12, text, loss && *loss ? loss : NULL, n % 2 ? GLIA_F64 : GLIA_F32);
    if (net) compare(net);
    else fuzz_told("parsing a network");
    gl_net_free(net);
    free(all);
}
