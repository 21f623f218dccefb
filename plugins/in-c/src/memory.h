/* Memory that is only handed out. A call begins in fresh memory and ends soon; what goes through everybody's answers marks a place and goes back to it. */
#pragma once

#include <stddef.h>

/* Where memory has been handed out to. */
typedef struct {
    size_t at;
} memory_mark;

memory_mark memory_here(void);

/* Takes back everything that was handed out since `mark`. */
void memory_back_to(memory_mark mark);
