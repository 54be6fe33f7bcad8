/* What the two kernels for 64-bit ARM share: 4 outputs at once, four inputs each. */
#include <arm_neon.h>

#define LANES 4
#define GROUP 4
#define ROWS 4
#define ZERO 0
typedef int8_t value;
typedef int8_t weight;
typedef float floats __attribute__((vector_size(16)));
typedef int32_t ints __attribute__((vector_size(16)));

static inline __attribute__((always_inline)) floats look_up(const table_entry *table, ints places, floats *rises) {
  float32x4_t a = vcombine_f32(vld1_f32(&table[places[0]].value), vld1_f32(&table[places[1]].value));
  float32x4_t b = vcombine_f32(vld1_f32(&table[places[2]].value), vld1_f32(&table[places[3]].value));
  *rises = (floats)vuzp2q_f32(a, b);
  return (floats)vuzp1q_f32(a, b);
}

static inline __attribute__((always_inline)) void store_values(value *to, ints numbers) {
  for (int i = 0; i < LANES; i++) to[i] = (value)numbers[i];
}
