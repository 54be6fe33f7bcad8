/* Any processor: the reference that the other kernels must agree with. */
#include <string.h>

#include "kernel.h"

#define KERNEL kernel_plain
#define NAME "plain"
#define LANES 4
#define GROUP 2
#define ROWS 3
#define ZERO 0
typedef int16_t value;
typedef int16_t weight;
typedef float floats __attribute__((vector_size(16)));
typedef int32_t ints __attribute__((vector_size(16)));
typedef uint32_t unsigned_ints __attribute__((vector_size(16)));

/* Two numbers of 16 bits lie in each of 32: which of them is the lower half depends on the processor, but both halves
 * of values and weights change places together. */
static inline __attribute__((always_inline)) ints dot(ints sums, ints values, ints weights) {
  ints low_values = (ints)((unsigned_ints)values << 16) >> 16, low_weights = (ints)((unsigned_ints)weights << 16) >> 16;
  return sums + low_values * low_weights + (values >> 16) * (weights >> 16);
}

static inline __attribute__((always_inline)) floats look_up(const table_entry *table, ints places, floats *rises) {
  const table_entry *a = &table[places[0]], *b = &table[places[1]], *c = &table[places[2]], *d = &table[places[3]];
  *rises = (floats){a->rise, b->rise, c->rise, d->rise};
  return (floats){a->value, b->value, c->value, d->value};
}

static inline __attribute__((always_inline)) void store_values(value *to, ints numbers) {
  const value four[LANES] = {(value)numbers[0], (value)numbers[1], (value)numbers[2], (value)numbers[3]};
  memcpy(to, four, sizeof four);
}

static int runs(void) { return 1; }

#include "kernel_body.h"
