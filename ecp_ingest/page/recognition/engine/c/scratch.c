#include "scratch.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { ALIGNMENT = 64, SMALLEST_BLOCK = 1 << 16 };

struct scratch_block {
  scratch_block *before;
  unsigned char *bytes; /* aligned, inside of this allocation */
};

void *scratch_take(scratch *memory, size_t count, size_t size) {
  if (size && count > (SIZE_MAX - SMALLEST_BLOCK) / 2 / size) return NULL;
  size_t wanted = (count * size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  if (!wanted) wanted = ALIGNMENT;
  if (!memory->last || memory->room - memory->used < wanted) {
    size_t room = wanted > SMALLEST_BLOCK ? wanted : SMALLEST_BLOCK;
    scratch_block *block = malloc(sizeof *block + room + ALIGNMENT);
    if (!block) return NULL;
    uintptr_t first = (uintptr_t)(block + 1);
    block->bytes = (unsigned char *)(block + 1) + (ALIGNMENT - first % ALIGNMENT) % ALIGNMENT;
    block->before = memory->last;
    memory->last = block;
    memory->room = room;
    memory->used = 0;
  }
  void *taken = memory->last->bytes + memory->used;
  memory->used += wanted;
  return memset(taken, 0, wanted);
}

void scratch_free(scratch *memory) {
  while (memory->last) {
    scratch_block *before = memory->last->before;
    free(memory->last);
    memory->last = before;
  }
  memory->used = memory->room = 0;
}
