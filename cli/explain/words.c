/*
 * words.c: what an explanation says beside its formulas, in Chinese.
 */
#include <string.h>

#include "explain.h"

const char *in_words(const explaining *e, const char *english) {
    static const char *const words[][2] = {
        {"network", "网络"},
        {"data", "数据"},
        {"row", "样本"},
        {"rows", "样本"},
        {"forward", "前向传播"},
        {"backward, each d.. is dJ/d..", "反向传播（d.. 即 dJ/d..）"},
        {"loss", "损失"},
        {"units", "个单元"},
        {"samples", "个样本"},
        {"columns", "列"},
        {"inputs", "个输入"},
        {"%lld %s, the first %lld shown; --all", "共 %lld %s，显示前 %lld；--all 显示全部"},
        {"R: what L2 and L1 add for large weights", "R：L2 与 L1 正则项"},
        {"unit %d of layer %d, row %lld", "单元 %d（第 %d 层），样本 %lld"},
    };
    for (size_t i = 0; e->chinese && i < sizeof words / sizeof *words; i++)
        if (strcmp(words[i][0], english) == 0) return words[i][1];
    return english;
}
