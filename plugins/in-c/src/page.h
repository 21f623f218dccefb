/* Pages: lists of blocks, from top to bottom. */
#pragma once

#include "text.h"

typedef struct {
    exports_candour_round_round_block_t *blocks;
    size_t count;
    /* How many blocks there is room for. */
    size_t room;
} page;

void page_heading(page *page, text words);
void page_prose(page *page, text words);
void page_notice(page *page, candour_round_types_tone_t tone, const char *words);
void page_progress(page *page, const char *label, uint32_t done, uint32_t total);
void page_link(page *page, text label, text name);
void page_open_form(page *page, text id);
void page_open_details(page *page, const char *title);
void page_open_card(page *page, text id, text title, const char *tag);
void page_close(page *page);
void page_button(page *page, const char *id, const char *label, bool is_primary);
void page_text_input(page *page, candour_round_types_text_input_t input);
void page_table(page *page, candour_round_types_table_t table);
void page_thread(page *page, const char *subject, const char *title);
