#include "page.h"

#include <stdlib.h>
#include <string.h>

/* A new block at the end. */
static candour_round_types_block_t *add(page *page, uint8_t tag) {
    if (page->count == page->room) {
        page->room = page->room == 0 ? 16 : 2 * page->room;
        page->blocks = realloc(page->blocks, page->room * sizeof *page->blocks);
    }
    candour_round_types_block_t *block = &page->blocks[page->count++];
    memset(block, 0, sizeof *block);
    block->tag = tag;
    return block;
}

void page_heading(page *page, text words) {
    add(page, CANDOUR_ROUND_TYPES_BLOCK_HEADING)->val.heading = (candour_round_types_heading_t){2, words};
}

void page_prose(page *page, text words) {
    add(page, CANDOUR_ROUND_TYPES_BLOCK_PROSE)->val.prose = words;
}

void page_notice(page *page, candour_round_types_tone_t tone, const char *words) {
    add(page, CANDOUR_ROUND_TYPES_BLOCK_NOTICE)->val.notice = (candour_round_types_notice_t){tone, text_of(words)};
}

void page_progress(page *page, const char *label, uint32_t done, uint32_t total) {
    candour_round_types_progress_t progress = {text_of(label), done, total > 0 ? total : 1};
    add(page, CANDOUR_ROUND_TYPES_BLOCK_PROGRESS)->val.progress = progress;
}

void page_link(page *page, text label, text name) {
    add(page, CANDOUR_ROUND_TYPES_BLOCK_PAGE_LINK)->val.page_link = (candour_round_types_page_link_t){label, name};
}

void page_open_form(page *page, text id) {
    add(page, CANDOUR_ROUND_TYPES_BLOCK_OPEN_FORM)->val.open_form = (candour_round_types_form_t){id};
}

void page_open_details(page *page, const char *title) {
    add(page, CANDOUR_ROUND_TYPES_BLOCK_OPEN_DETAILS)->val.open_details = text_of(title);
}

void page_open_card(page *page, text id, text title, const char *tag) {
    candour_round_types_card_t card = {id, title, {true, text_of(tag)}};
    add(page, CANDOUR_ROUND_TYPES_BLOCK_OPEN_CARD)->val.open_card = card;
}

void page_close(page *page) {
    add(page, CANDOUR_ROUND_TYPES_BLOCK_CLOSE);
}

void page_button(page *page, const char *id, const char *label, bool is_primary) {
    candour_round_types_button_t button = {text_of(id), text_of(label), is_primary};
    add(page, CANDOUR_ROUND_TYPES_BLOCK_BUTTON)->val.button = button;
}

void page_text_input(page *page, candour_round_types_text_input_t input) {
    add(page, CANDOUR_ROUND_TYPES_BLOCK_TEXT_INPUT)->val.text_input = input;
}

void page_table(page *page, candour_round_types_table_t table) {
    add(page, CANDOUR_ROUND_TYPES_BLOCK_TABLE)->val.table = table;
}

void page_thread(page *page, const char *subject, const char *title) {
    candour_round_types_thread_t thread = {text_of(subject), text_of(title)};
    add(page, CANDOUR_ROUND_TYPES_BLOCK_THREAD)->val.thread = thread;
}
