/* Memory of one call or of one model: taken piece by piece, freed all at once. */
#ifndef SCRATCH_H
#define SCRATCH_H

#include <stddef.h>

typedef struct scratch_block scratch_block;
typedef struct {
  scratch_block *last;
  size_t used, room; /* of the last block, in bytes */
} scratch;

/* `count` × `size` bytes of zeros, aligned to 64 bytes; NULL if there is no memory, or the product overflows. */
void *scratch_take(scratch *memory, size_t count, size_t size);

void scratch_free(scratch *memory);

#endif
