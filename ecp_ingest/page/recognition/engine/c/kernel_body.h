/* The network's arithmetic. Included by each kernel_*.c after it has defined
 *
 *     KERNEL, NAME             the kernel's variable and its name
 *     LANES, GROUP             as in `kernel`; GROUP activations fill 32 bits
 *     value, weight            types of an activation and of a weight
 *     ZERO                     what is added to every activation
 *     dot(sums, values, weights)      sums[i] += Σ values[k] · weights[i][k], over the GROUP inputs k
 *     look_up(table, places, rises)   table[places[i]].value, and *rises = table[places[i]].rise
 *     store_values(to, numbers)       LANES numbers in -127…127, with ZERO added, as activations
 *     runs                     a function: does this processor have the instructions?
 *
 * and the types `floats` and `ints`: vectors of LANES numbers, which C's operators work on (GCC and Clang). */
#include <limits.h>
#include <string.h>

#define INLINE static inline __attribute__((always_inline))

INLINE floats all(float number) { return number - (floats){0}; }
INLINE ints load_ints(const void *from) { ints v; memcpy(&v, from, sizeof v); return v; }
INLINE floats load_floats(const void *from) { floats v; memcpy(&v, from, sizeof v); return v; }
INLINE void store_ints(void *to, ints v) { memcpy(to, &v, sizeof v); }
INLINE void store_floats(void *to, floats v) { memcpy(to, &v, sizeof v); }
INLINE floats to_floats(ints v) { return __builtin_convertvector(v, floats); }
INLINE ints to_ints(floats v) { return __builtin_convertvector(v, ints); } /* cuts off the fraction */
INLINE floats chosen(ints mask, floats yes, floats no) { return (floats)(((ints)yes & mask) | ((ints)no & ~mask)); }
INLINE floats smaller(floats a, floats b) { return chosen(a < b, a, b); }
INLINE floats larger(floats a, floats b) { return chosen(a > b, a, b); }
INLINE ints larger_ints(ints a, ints b) { ints mask = a > b; return (a & mask) | (b & ~mask); }
INLINE ints group_at(const value *from) { int32_t group; memcpy(&group, from, sizeof group); return group - (ints){0}; }

/* ── functions ───────────────────────────────────────────────────────────────────────────────────────────────────── */

enum { SIGN = INT32_MIN };

/* For numbers that are not negative. Beyond the table both functions are 1. */
INLINE floats from_table(const table_entry *table, floats x) {
  x = smaller(x * all(TABLE_SCALE), all(TABLE_LAST));
  ints place = to_ints(x);
  floats rises, values = look_up(table, place, &rises);
  return values + rises * (x - to_floats(place));
}

INLINE floats tanh_of(const tables *t, floats x) { /* tanh(-x) = -tanh(x) */
  ints sign = (ints)x & SIGN;
  return (floats)((ints)from_table(t->tanh, (floats)((ints)x & ~SIGN)) | sign);
}

INLINE floats logistic_of(const tables *t, floats x) { /* logistic(-x) = 1 - logistic(x) */
  ints negative = ((ints)x & SIGN) != 0;
  floats y = from_table(t->logistic, (floats)((ints)x & ~SIGN));
  return chosen(negative, all(1) - y, y);
}

/* e to the power of x, for -87 < x < 87: 2 to the nearest whole power, times a polynomial for the rest. */
INLINE floats exp_of(floats x) {
  const floats rounder = all(12582912.0f); /* 1.5 · 2²³: adding it leaves no room for a fraction */
  floats y = x * all(1.44269504f), shifted = y + rounder;
  ints whole = (ints)shifted - (ints)rounder;
  floats rest = y - (shifted - rounder), p = all(1.5403530e-4f);
  p = p * rest + all(1.33335581e-3f);
  p = p * rest + all(9.61812911e-3f);
  p = p * rest + all(5.55041087e-2f);
  p = p * rest + all(2.40226507e-1f);
  p = p * rest + all(6.93147181e-1f);
  p = p * rest + all(1.0f);
  return (floats)((ints)p + (whole << 23));
}

INLINE void store_activations(value *to, floats x) { /* -1…1 → -127…127, halves away from zero */
  floats wide = x * all(127);
  floats half = (floats)(((ints)wide & SIGN) | (ints)all(0.5f));
  store_values(to, to_ints(wide + half));
}

static void store_weight(void *weights, size_t place, int number) { ((weight *)weights)[place] = (weight)number; }

static void clear(void *values, size_t count) {
  for (size_t i = 0; i < count; i++) ((value *)values)[i] = ZERO;
}

/* ── convolution ─────────────────────────────────────────────────────────────────────────────────────────────────── */

/* Noise stands in for what lies outside of the picture: Tesseract's own generator (std::minstd_rand). */
INLINE value noise(uint64_t *state) {
  *state = *state * 48271 % 2147483647u;
  double x = 127 * 2.0 * (double)*state / 2147483647.0 - 127;
  return (value)((x >= 0 ? (int)(x + 0.5) : -(int)(-x + 0.5)) + ZERO);
}

/* Products of one patch, each row of it at its own address, joined to the maxima of its pool. */
INLINE void convolve_patch(const convolution *layer, const int rows, const int row_values, const value *patch,
                           size_t stride, int32_t *best) {
  const weight *w = layer->matrix.weights;
  for (int block = 0; block < layer->matrix.outputs / LANES; block++) {
    ints sums = load_ints(layer->matrix.bias + block * LANES);
    for (int row = 0; row < rows; row++)
      for (int k = 0; k < row_values; k += GROUP, w += LANES * GROUP)
        sums = dot(sums, group_at(patch + row * stride + k), load_ints(w));
    int32_t *kept = best + block * LANES;
    store_ints(kept, larger_ints(load_ints(kept), sums));
  }
}

static void convolve(const convolution *layer, const tables *tables, const int8_t *pixels, int width, int height,
                     uint64_t noise_seed, void *picture, int32_t *best, void *maps) {
  const int half_x = layer->half_x, half_y = layer->half_y, side_x = 2 * half_x + 1, side_y = 2 * half_y + 1;
  const int row_values = layer->row_values, outputs = layer->matrix.outputs;
  const int pool_x = layer->pool_x, steps = width / pool_x, rows = height / layer->pool_y;
  const size_t stride = picture_stride(layer, width);
  value *image = (value *)picture + half_y * stride + half_x; /* its upper left pixel */
  clear(picture, (height + 2 * half_y) * stride);
  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++) image[y * stride + x] = (value)(pixels[(size_t)y * width + x] + ZERO);
  /* A patch at an edge is put together here: as many rows, each row_values long. */
  value *patch = (value *)picture + (height + 2 * half_y) * stride;
  clear(patch, (size_t)side_y * row_values);
  uint64_t state = noise_seed;
  for (int y = 0; y < height; y++) {
    if (y % layer->pool_y == 0)
      for (int i = 0; i < steps * outputs; i++) best[i] = INT32_MIN;
    int edge_row = y < half_y || y >= height - half_y, pooled_row = y < rows * layer->pool_y;
    for (int x = 0; x < width; x++) {
      int32_t *pool = best + (size_t)(x / pool_x) * outputs;
      if (edge_row || x < half_x || x >= width - half_x) {
        for (int dx = -half_x; dx <= half_x; dx++) /* column by column: so the noise is drawn */
          for (int dy = -half_y; dy <= half_y; dy++) {
            int outside = x + dx < 0 || x + dx >= width || y + dy < 0 || y + dy >= height;
            patch[(dy + half_y) * row_values + dx + half_x] =
                outside ? noise(&state) : image[(ptrdiff_t)(y + dy) * (ptrdiff_t)stride + x + dx];
          }
        if (pooled_row && x < steps * pool_x) convolve_patch(layer, side_y, row_values, patch, row_values, pool);
      } else if (pooled_row && x < steps * pool_x) {
        const value *corner = image + (y - half_y) * stride + x - half_x;
        if (side_x == 3 && side_y == 3)
          convolve_patch(layer, 3, 4, corner, stride, pool);
        else
          convolve_patch(layer, side_y, row_values, corner, stride, pool);
      }
    }
    if (pooled_row && y % layer->pool_y == layer->pool_y - 1)
      for (int step = 0; step < steps; step++)
        for (int o = 0; o < outputs; o += LANES) {
          floats sums = to_floats(load_ints(best + (size_t)step * outputs + o));
          value *map = (value *)maps + ((size_t)(y / layer->pool_y) * steps + step) * outputs + o;
          store_activations(map, tanh_of(tables, sums * load_floats(layer->matrix.scale + o)));
        }
  }
}

/* ── LSTM ────────────────────────────────────────────────────────────────────────────────────────────────────────── */

/* LANES cells of `rows` rows. `rows` is a constant wherever this is inlined, so that the sums stay in registers. */
INLINE void lstm_block(const int rows, const matrix *m, const tables *tables, int block, const void *const *inputs,
                       const void *const *last, float *const *states, void *const *outputs) {
  ints sums[ROWS][4];
  const int32_t *bias = m->bias + block * 4 * LANES;
  const float *scale = m->scale + block * 4 * LANES;
  const weight *w = (const weight *)m->weights + (size_t)block * LANES * 4 * (m->inputs + m->recurrent);
#pragma GCC unroll 8
  for (int row = 0; row < rows; row++)
#pragma GCC unroll 4
    for (int gate = 0; gate < 4; gate++) sums[row][gate] = load_ints(bias + gate * LANES);
  for (int part = 0; part < 2; part++) {
    const value *from[ROWS];
#pragma GCC unroll 8
    for (int row = 0; row < rows; row++) from[row] = part ? last[row] : inputs[row];
    int count = part ? m->recurrent : m->inputs;
    for (int k = 0; k < count; k += GROUP, w += 4 * LANES * GROUP) {
      ints w0 = load_ints(w), w1 = load_ints(w + LANES * GROUP);
      ints w2 = load_ints(w + 2 * LANES * GROUP), w3 = load_ints(w + 3 * LANES * GROUP);
#pragma GCC unroll 8
      for (int row = 0; row < rows; row++) {
        ints group = group_at(from[row] + k);
        sums[row][0] = dot(sums[row][0], group, w0);
        sums[row][1] = dot(sums[row][1], group, w1);
        sums[row][2] = dot(sums[row][2], group, w2);
        sums[row][3] = dot(sums[row][3], group, w3);
      }
    }
  }
  floats s0 = load_floats(scale), s1 = load_floats(scale + LANES);
  floats s2 = load_floats(scale + 2 * LANES), s3 = load_floats(scale + 3 * LANES);
#pragma GCC unroll 8
  for (int row = 0; row < rows; row++) {
    float *state = states[row] + block * LANES;
    floats cell = tanh_of(tables, to_floats(sums[row][0]) * s0), input = logistic_of(tables, to_floats(sums[row][1]) * s1);
    floats forget = logistic_of(tables, to_floats(sums[row][2]) * s2), output = logistic_of(tables, to_floats(sums[row][3]) * s3);
    floats kept = forget * load_floats(state) + cell * input;
    kept = smaller(larger(kept, all(-100)), all(100));
    store_floats(state, kept);
    store_activations((value *)outputs[row] + block * LANES, tanh_of(tables, kept) * output);
  }
}

static void lstm(const matrix *m, const tables *tables, int rows, const void *const *inputs, const void *const *last,
                 float *const *states, void *const *outputs) {
#define BLOCK_OF(count) lstm_block(count, m, tables, block, inputs + row, last + row, states + row, outputs + row)
  for (int block = 0; block < m->outputs / LANES; block++) {
    int row = 0;
    for (; row + ROWS <= rows; row += ROWS) BLOCK_OF(ROWS);
    switch (rows - row) { /* ROWS is 3, 4 or 6 */
#if ROWS > 5
      case 5: BLOCK_OF(5); break;
      case 4: BLOCK_OF(4); break;
#endif
#if ROWS > 3
      case 3: BLOCK_OF(3); break;
#endif
      case 2: BLOCK_OF(2); break;
      case 1: BLOCK_OF(1); break;
      default: break;
    }
  }
#undef BLOCK_OF
}

/* ── last layer ──────────────────────────────────────────────────────────────────────────────────────────────────── */

enum { STEPS = 8 }; /* that are done at once */

INLINE void last_block(const int steps, const matrix *m, int block, const value *inputs, float *to) {
  ints sums[STEPS];
  const weight *w = (const weight *)m->weights + (size_t)block * LANES * m->inputs;
#pragma GCC unroll 8
  for (int step = 0; step < steps; step++) sums[step] = load_ints(m->bias + block * LANES);
  for (int k = 0; k < m->inputs; k += GROUP, w += LANES * GROUP) {
    ints weights = load_ints(w);
#pragma GCC unroll 8
    for (int step = 0; step < steps; step++)
      sums[step] = dot(sums[step], group_at(inputs + (size_t)step * m->inputs + k), weights);
  }
  floats scale = load_floats(m->scale + block * LANES);
#pragma GCC unroll 8
  for (int step = 0; step < steps; step++)
    store_floats(to + (size_t)step * m->outputs + block * LANES, to_floats(sums[step]) * scale);
}

static void softmax(const matrix *m, int classes, int steps, const void *inputs, float *probabilities) {
  for (int step = 0, many; step < steps; step += many) {
    const value *from = (const value *)inputs + (size_t)step * m->inputs;
    float *to = probabilities + (size_t)step * m->outputs;
    many = steps - step >= STEPS ? STEPS : 1;
    for (int block = 0; block < m->outputs / LANES; block++)
      if (many == STEPS) last_block(STEPS, m, block, from, to);
      else last_block(1, m, block, from, to);
  }
  for (int step = 0; step < steps; step++) {
    float *row = probabilities + (size_t)step * m->outputs, top = row[0], sum = 0;
    for (int i = 1; i < classes; i++) top = row[i] > top ? row[i] : top;
    for (int i = 0; i < m->outputs; i += LANES)
      store_floats(row + i, exp_of(larger(load_floats(row + i) - all(top), all(-86))));
    for (int i = 0; i < classes; i++) sum += row[i]; /* one after the other, as Tesseract does */
    for (int i = 0; i < m->outputs; i += LANES) store_floats(row + i, load_floats(row + i) / all(sum));
    for (int i = classes; i < m->outputs; i++) row[i] = 0;
  }
}

const kernel KERNEL = {NAME, LANES, GROUP, sizeof(value), ZERO, runs, store_weight, convolve, lstm, softmax, clear};
