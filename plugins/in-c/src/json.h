/* A small reader of JSON: settings, and values that were kept. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "text.h"

typedef enum { JSON_NULL, JSON_FALSE, JSON_TRUE, JSON_NUMBER, JSON_TEXT, JSON_LIST, JSON_OBJECT } json_kind;

typedef struct json json;
struct json {
    json_kind kind;
    /* Of text: its words. */
    text words;
    /* Within an object: its name. */
    text name;
    /* Of a list or an object: the first of what is inside, and how many there are. */
    json *first;
    size_t count;
    /* What follows it in a list or an object. */
    json *next;
};

/* What `source` says; null if it is no JSON. */
json *json_read(text source);

/* What is called `name` in an object; null if nothing is. */
json *json_named(const json *object, const char *name);
