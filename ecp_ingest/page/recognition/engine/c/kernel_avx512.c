/* AVX-512 with VNNI: 16 outputs at once, four products and sums by one instruction (vpdpbusd). It multiplies numbers
 * without sign by numbers with one, so 128 is added to every activation, and taken off again in the bias. */
#include "kernel.h"

#if defined(__x86_64__)
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512vnni,avx2"))), \
                             apply_to = function)
#else
#pragma GCC target("avx512f,avx512bw,avx512vl,avx512dq,avx512vnni,avx2")
#endif
#include <immintrin.h>

#define KERNEL kernel_avx512
#define NAME "avx512vnni"
#define LANES 16
#define GROUP 4
#define ROWS 6
#define ZERO 128
typedef uint8_t value;
typedef int8_t weight;
typedef float floats __attribute__((vector_size(64)));
typedef int32_t ints __attribute__((vector_size(64)));

#define dot(sums, values, weights) (ints) _mm512_dpbusd_epi32((__m512i)(sums), (__m512i)(values), (__m512i)(weights))

/* Two table entries side by side. */
static inline __attribute__((always_inline)) __m128 two(const table_entry *table, int32_t first, int32_t second) {
  __m128 entry = _mm_castpd_ps(_mm_load_sd((const double *)&table[first]));
  return _mm_loadh_pi(entry, (const __m64 *)&table[second]);
}

/* Entry by entry: the instruction that gathers is slower than this, several times so on the many processors on which it
 * is slowed down for safety. Entries lie so that one shuffle brings values and rises in order. */
static inline __attribute__((always_inline)) floats look_up(const table_entry *table, ints places, floats *rises) {
  int32_t at[LANES];
  _mm512_storeu_si512(at, (__m512i)places);
  __m512 a = _mm512_castps128_ps512(two(table, at[0], at[1])), b = _mm512_castps128_ps512(two(table, at[2], at[3]));
  a = _mm512_insertf32x4(a, two(table, at[4], at[5]), 1);
  b = _mm512_insertf32x4(b, two(table, at[6], at[7]), 1);
  a = _mm512_insertf32x4(a, two(table, at[8], at[9]), 2);
  b = _mm512_insertf32x4(b, two(table, at[10], at[11]), 2);
  a = _mm512_insertf32x4(a, two(table, at[12], at[13]), 3);
  b = _mm512_insertf32x4(b, two(table, at[14], at[15]), 3);
  *rises = (floats)_mm512_shuffle_ps(a, b, 0xDD);
  return (floats)_mm512_shuffle_ps(a, b, 0x88);
}

static inline __attribute__((always_inline)) void store_values(value *to, ints numbers) {
  _mm_storeu_si128((__m128i *)to, _mm512_cvtepi32_epi8((__m512i)(numbers + ZERO)));
}

static int runs(void) {
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq") &&
         __builtin_cpu_supports("avx512vnni");
}

#include "kernel_body.h"

#if defined(__clang__)
#pragma clang attribute pop
#endif
#endif
