/* Text: bytes with a length, as the contract has it. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "round_plugin.h"

typedef round_plugin_string_t text;

/* A text of this program. */
text text_of(const char *words);

/* Both, one after the other. */
text text_join(text one, text other);

/* Below, at or above zero as `one` comes before, is or comes after `other`. */
int text_order(text one, text other);

bool text_is(text one, const char *words);

bool text_begins(text one, const char *words);

/* What stands after the first `length` bytes. */
text text_after(text one, size_t length);

/* Whether there is nothing but spaces in it. */
bool text_is_blank(text one);

/* `number` in decimal, or in sixteen hexadecimal digits. */
text text_of_number(uint32_t number);
text text_of_hash(uint64_t hash);
