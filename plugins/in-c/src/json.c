#include "json.h"

#include <stdlib.h>
#include <string.h>

/* How deep lists and objects may stand in each other. */
#define DEPTH 100

typedef struct {
    text source;
    size_t at;
} reader;

static json *read_value(reader *reader, int depth);

static uint8_t here(const reader *reader) {
    return reader->at < reader->source.len ? reader->source.ptr[reader->at] : 0;
}

static void skip_spaces(reader *reader) {
    while (here(reader) == ' ' || here(reader) == '\n' || here(reader) == '\t' || here(reader) == '\r') reader->at++;
}

static bool take(reader *reader, const char *words) {
    if (!text_begins(text_after(reader->source, reader->at), words)) return false;
    reader->at += strlen(words);
    return true;
}

static bool is_digit(uint8_t byte) {
    return byte >= '0' && byte <= '9';
}

static json *new_value(json_kind kind) {
    json *value = malloc(sizeof *value);
    *value = (json){.kind = kind};
    return value;
}

/* Four hexadecimal digits; -1 if they are none. */
static int32_t read_hex(reader *reader) {
    int32_t number = 0;
    for (int digit = 0; digit < 4; digit++) {
        uint8_t byte = here(reader);
        int32_t value = is_digit(byte) ? byte - '0' : (byte | 32) >= 'a' && (byte | 32) <= 'f' ? (byte | 32) - 'a' + 10 : -1;
        if (value < 0) return -1;
        number = number * 16 + value;
        reader->at++;
    }
    return number;
}

static void add_character(text *words, uint32_t character) {
    if (character < 0x80) {
        words->ptr[words->len++] = (uint8_t)character;
        return;
    }
    int more = character < 0x800 ? 1 : character < 0x10000 ? 2 : 3;
    static const uint8_t LEADING[] = {0, 0xc0, 0xe0, 0xf0};
    words->ptr[words->len++] = (uint8_t)(LEADING[more] | character >> (6 * more));
    while (more-- > 0) words->ptr[words->len++] = (uint8_t)(0x80 | (character >> (6 * more) & 0x3f));
}

/* The character after `\u`, which can be written in two halves. */
static bool read_escaped(reader *reader, text *words) {
    int32_t character = read_hex(reader);
    if (character < 0 || (character >= 0xdc00 && character < 0xe000)) return false;
    if (character >= 0xd800 && character < 0xdc00) {
        int32_t other = take(reader, "\\u") ? read_hex(reader) : -1;
        if (other < 0xdc00 || other >= 0xe000) return false;
        character = 0x10000 + ((character - 0xd800) << 10) + (other - 0xdc00);
    }
    add_character(words, (uint32_t)character);
    return true;
}

/* Words after the quotation mark that begins them. No longer than they are written. */
static bool read_words(reader *reader, text *words) {
    *words = (text){malloc(reader->source.len - reader->at + 1), 0};
    while (here(reader) >= ' ') {
        uint8_t byte = reader->source.ptr[reader->at++];
        if (byte == '"') return true;
        if (byte != '\\') {
            words->ptr[words->len++] = byte;
            continue;
        }
        static const char NAMES[] = "\"\\/bfnrt", BYTES[] = "\"\\/\b\f\n\r\t";
        uint8_t name = here(reader);
        reader->at++;
        if (name == 'u') {
            if (!read_escaped(reader, words)) return false;
            continue;
        }
        size_t which = 0;
        while (NAMES[which] != '\0' && (uint8_t)NAMES[which] != name) which++;
        if (NAMES[which] == '\0') return false;
        words->ptr[words->len++] = (uint8_t)BYTES[which];
    }
    return false;
}

static json *read_text(reader *reader) {
    json *value = new_value(JSON_TEXT);
    if (!read_words(reader, &value->words)) return NULL;
    /* What was set aside and not needed. */
    value->words.ptr = realloc(value->words.ptr, value->words.len);
    return value;
}

static json *read_number(reader *reader) {
    take(reader, "-");
    if (!is_digit(here(reader))) return NULL;
    if (!take(reader, "0")) {
        while (is_digit(here(reader))) reader->at++;
    }
    if (take(reader, ".")) {
        if (!is_digit(here(reader))) return NULL;
        while (is_digit(here(reader))) reader->at++;
    }
    if (take(reader, "e") || take(reader, "E")) {
        if (!take(reader, "+")) take(reader, "-");
        if (!is_digit(here(reader))) return NULL;
        while (is_digit(here(reader))) reader->at++;
    }
    return new_value(JSON_NUMBER);
}

/* What is inside a list or an object, after the bracket that opens it. */
static json *read_inside(reader *reader, json_kind kind, const char *end, int depth) {
    json *value = new_value(kind);
    json **last = &value->first;
    skip_spaces(reader);
    if (take(reader, end)) return value;
    do {
        text name = {0};
        skip_spaces(reader);
        if (kind == JSON_OBJECT) {
            json *named = take(reader, "\"") ? read_text(reader) : NULL;
            skip_spaces(reader);
            if (named == NULL || !take(reader, ":")) return NULL;
            name = named->words;
        }
        json *item = read_value(reader, depth - 1);
        if (item == NULL) return NULL;
        item->name = name;
        *last = item;
        last = &item->next;
        value->count++;
        skip_spaces(reader);
    } while (take(reader, ","));
    return take(reader, end) ? value : NULL;
}

static json *read_value(reader *reader, int depth) {
    if (depth == 0) return NULL;
    skip_spaces(reader);
    if (take(reader, "\"")) return read_text(reader);
    if (take(reader, "[")) return read_inside(reader, JSON_LIST, "]", depth);
    if (take(reader, "{")) return read_inside(reader, JSON_OBJECT, "}", depth);
    if (take(reader, "null")) return new_value(JSON_NULL);
    if (take(reader, "true")) return new_value(JSON_TRUE);
    if (take(reader, "false")) return new_value(JSON_FALSE);
    return read_number(reader);
}

json *json_read(text source) {
    reader reader = {source, 0};
    json *value = read_value(&reader, DEPTH);
    skip_spaces(&reader);
    return reader.at == source.len ? value : NULL;
}

json *json_named(const json *object, const char *name) {
    for (json *item = object->first; item != NULL; item = item->next) {
        if (text_is(item->name, name)) return item;
    }
    return NULL;
}
