#include "memory.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Bytes of a page of WebAssembly's memory. */
#define PAGE 65536u
/* What every piece is aligned to, bytes; the length of a piece stands before it. */
#define ALIGNMENT 16u

extern uint8_t __heap_base;

/* Where the next piece begins; 0 before the first. */
static size_t next;

static size_t aligned(size_t size) {
    return (size + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
}

_Noreturn void abort(void) {
    __builtin_trap();
}

memory_mark memory_here(void) {
    if (next == 0) next = aligned((size_t)&__heap_base);
    return (memory_mark){next};
}

void memory_back_to(memory_mark mark) {
    next = mark.at;
}

void *malloc(size_t size) {
    size_t start = memory_here().at + ALIGNMENT;
    if (size > SIZE_MAX - start - PAGE) abort();
    size_t end = aligned(start + size);
    size_t there = (size_t)__builtin_wasm_memory_size(0) * PAGE;
    if (end > there && __builtin_wasm_memory_grow(0, (end - there + PAGE - 1) / PAGE) == SIZE_MAX) abort();
    *(size_t *)(start - ALIGNMENT) = size;
    next = end;
    return (void *)start;
}

void *realloc(void *before, size_t size) {
    if (before == NULL) return malloc(size);
    size_t length = *(size_t *)((uint8_t *)before - ALIGNMENT);
    /* The last piece grows and shrinks where it is. */
    if (aligned((size_t)before + length) == next) {
        next = (size_t)before - ALIGNMENT;
        return malloc(size);
    }
    return size <= length ? before : memcpy(malloc(size), before, length);
}

void free(void *pointer) {
    (void)pointer;
}

void *memcpy(void *to, const void *from, size_t size) {
    uint8_t *target = to;
    const uint8_t *source = from;
    for (size_t at = 0; at < size; at++) target[at] = source[at];
    return to;
}

void *memset(void *to, int byte, size_t size) {
    uint8_t *target = to;
    for (size_t at = 0; at < size; at++) target[at] = (uint8_t)byte;
    return to;
}

int memcmp(const void *one, const void *other, size_t size) {
    const uint8_t *left = one, *right = other;
    for (size_t at = 0; at < size; at++) {
        if (left[at] != right[at]) return left[at] < right[at] ? -1 : 1;
    }
    return 0;
}

size_t strlen(const char *text) {
    size_t length = 0;
    while (text[length] != '\0') length++;
    return length;
}
