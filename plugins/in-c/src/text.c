#include "text.h"

#include <stdlib.h>
#include <string.h>

text text_of(const char *words) {
    return (text){(uint8_t *)words, strlen(words)};
}

text text_join(text one, text other) {
    text both = {malloc(one.len + other.len), one.len + other.len};
    memcpy(both.ptr, one.ptr, one.len);
    memcpy(both.ptr + one.len, other.ptr, other.len);
    return both;
}

int text_order(text one, text other) {
    size_t shorter = one.len < other.len ? one.len : other.len;
    int order = memcmp(one.ptr, other.ptr, shorter);
    if (order != 0 || one.len == other.len) return order;
    return one.len < other.len ? -1 : 1;
}

bool text_is(text one, const char *words) {
    return text_order(one, text_of(words)) == 0;
}

bool text_begins(text one, const char *words) {
    size_t length = strlen(words);
    return one.len >= length && memcmp(one.ptr, words, length) == 0;
}

text text_after(text one, size_t length) {
    return (text){one.ptr + length, one.len - length};
}

bool text_is_blank(text one) {
    for (size_t at = 0; at < one.len; at++) {
        uint8_t byte = one.ptr[at];
        if (byte != ' ' && (byte < '\t' || byte > '\r')) return false;
    }
    return true;
}

text text_of_number(uint32_t number) {
    enum { DIGITS = 10 };
    uint8_t *digits = malloc(DIGITS);
    size_t from = DIGITS;
    do {
        digits[--from] = (uint8_t)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    return (text){digits + from, DIGITS - from};
}

text text_of_hash(uint64_t hash) {
    enum { DIGITS = 16 };
    uint8_t *digits = malloc(DIGITS);
    for (int at = DIGITS - 1; at >= 0; at--) {
        digits[at] = (uint8_t)"0123456789abcdef"[hash & 15];
        hash >>= 4;
    }
    return (text){digits, DIGITS};
}
