/* What the bindings and this round type use of a C library, which is not there: see memory.c. */
#pragma once

#include <stddef.h>

void *malloc(size_t size);
void *realloc(void *before, size_t size);
void free(void *pointer);
_Noreturn void abort(void);
