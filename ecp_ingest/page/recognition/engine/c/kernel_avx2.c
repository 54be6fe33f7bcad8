/* AVX2: 8 outputs at once, two products and sums by one instruction (vpmaddwd), of numbers of 16 bits. */
#include "kernel.h"

#if defined(__x86_64__)
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)
#else
#pragma GCC target("avx2")
#endif
#include <immintrin.h>

#define KERNEL kernel_avx2
#define NAME "avx2"
#define LANES 8
#define GROUP 2
#define ROWS 3
#define ZERO 0
typedef int16_t value;
typedef int16_t weight;
typedef float floats __attribute__((vector_size(32)));
typedef int32_t ints __attribute__((vector_size(32)));

#define dot(sums, values, weights) ((sums) + (ints)_mm256_madd_epi16((__m256i)(values), (__m256i)(weights)))

/* Two table entries side by side. */
static inline __attribute__((always_inline)) __m128 two(const table_entry *table, int32_t first, int32_t second) {
  __m128 entry = _mm_castpd_ps(_mm_load_sd((const double *)&table[first]));
  return _mm_loadh_pi(entry, (const __m64 *)&table[second]);
}

/* Entry by entry: the instruction that gathers is slower than this, several times so on the many processors on which it
 * is slowed down for safety. Entries lie so that one shuffle brings values and rises in order. */
static inline __attribute__((always_inline)) floats look_up(const table_entry *table, ints places, floats *rises) {
  int32_t at[LANES];
  _mm256_storeu_si256((__m256i *)at, (__m256i)places);
  __m256 a = _mm256_set_m128(two(table, at[4], at[5]), two(table, at[0], at[1]));
  __m256 b = _mm256_set_m128(two(table, at[6], at[7]), two(table, at[2], at[3]));
  *rises = (floats)_mm256_shuffle_ps(a, b, 0xDD);
  return (floats)_mm256_shuffle_ps(a, b, 0x88);
}

static inline __attribute__((always_inline)) void store_values(value *to, ints numbers) {
  __m256i eight = (__m256i)numbers;
  __m128i packed = _mm_packs_epi32(_mm256_castsi256_si128(eight), _mm256_extracti128_si256(eight, 1));
  _mm_storeu_si128((__m128i *)to, packed);
}

static int runs(void) { return __builtin_cpu_supports("avx2"); }

#include "kernel_body.h"

#if defined(__clang__)
#pragma clang attribute pop
#endif
#endif
