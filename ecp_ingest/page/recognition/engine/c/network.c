/* The network: convolution, pooling, an LSTM down the columns, LSTMs along the line, softmax.
 *
 * Layers of other kinds, or in another order, are refused: what reads the file looks at that first and says so. */
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernel.h"
#include "line_engine.h"
#include "scratch.h"

enum {
  LARGEST_LAYER = 8192,   /* cells or classes: sums of so many products of 8 bits fit 32 bits */
  LARGEST_PATCH = 15,     /* pixels of a convolution's side */
  LARGEST_POOL = 16,
  MOST_LAYERS = 64,
  MOST_LINES = 4096,
  LARGEST_HEIGHT = 1024,
  LARGEST_WIDTH = 1 << 17,
  COLUMNS = 48            /* of maps that go through the column LSTM at once: their states stay in the nearest cache */
};
static const double LARGEST_SCALE = 1e20; /* so that no output overflows */

typedef struct {
  matrix matrix;
  int reversed;
} along;

struct line_network {
  scratch memory;
  const kernel *kernel;
  int kernel_number, height, classes, along_count, widest;
  uint64_t noise_seed;
  convolution convolution;
  matrix column, last;
  along along[MOST_LAYERS];
  tables *tables;
  void *zeros; /* activations: an LSTM's last outputs before its first step */
};

/* ── making one ──────────────────────────────────────────────────────────────────────────────────────────────────── */

static double logistic(double x) { return 1 / (1 + exp(-x)); }

static void fill_table(table_entry *table, double (*function)(double)) {
  for (int i = 0; i < TABLE_ROOM; i++) table[i].value = i < TABLE_LAST ? (float)function((double)i / TABLE_SCALE) : 1;
  for (int i = 0; i < TABLE_ROOM; i++) table[i].rise = i < TABLE_LAST ? table[i + 1].value - table[i].value : 0;
}

/* `place[i]`: where the layer's i-th input stands among the packed ones; `given`: how many inputs the file has. */
static line_status pack(matrix *m, scratch *memory, const kernel *kernel, const line_layer *layer, const int *place,
                        int given) {
  const int lanes = kernel->lanes, group = kernel->group, inputs = m->inputs + m->recurrent, gates = m->gates;
  m->outputs = padded(layer->outputs);
  m->weights = scratch_take(memory, (size_t)m->outputs * gates * inputs, kernel->value_size);
  m->bias = scratch_take(memory, (size_t)m->outputs * gates, sizeof *m->bias);
  m->scale = scratch_take(memory, (size_t)m->outputs * gates, sizeof *m->scale);
  if (!m->weights || !m->bias || !m->scale) return LINE_NO_MEMORY;
  for (int gate = 0; gate < gates; gate++)
    for (int output = 0; output < layer->outputs; output++) {
      size_t row = (size_t)gate * layer->outputs + output;
      const int8_t *weights = layer->weights + row * (given + 1);
      double scale = layer->scales[row];
      if (!(scale >= 0 && scale <= LARGEST_SCALE)) return LINE_BAD_MODEL;
      int block = output / lanes, lane = output % lanes, sum = 0;
      for (int i = 0; i < given; i++) {
        size_t at = ((size_t)block * (inputs / group) + place[i] / group) * gates + gate;
        kernel->store_weight(m->weights, (at * lanes + lane) * group + place[i] % group, weights[i]);
        sum += weights[i];
      }
      size_t at = ((size_t)block * gates + gate) * lanes + lane;
      m->bias[at] = weights[given] * 127 - kernel->zero * sum;
      m->scale[at] = (float)(scale / 127);
    }
  return LINE_OK;
}

static int fits(const line_layer *layer, int gates, int given) {
  int64_t rows = (int64_t)gates * layer->outputs;
  return layer->weights && layer->scales && layer->weight_count == rows * (given + 1) && layer->scale_count == rows;
}

static int is_size(int32_t size) { return size > 0 && size <= LARGEST_LAYER; }

static line_status make_convolution(line_network *n, const line_layer *layer, const line_layer *pool, int *place) {
  convolution *c = &n->convolution;
  if (layer->kind != LAYER_CONVOLVE || pool->kind != LAYER_MAXPOOL) return LINE_BAD_MODEL;
  if (layer->half_x < 0 || layer->half_y < 0 || !is_size(layer->outputs)) return LINE_BAD_MODEL;
  if (layer->half_x > LARGEST_PATCH / 2 || layer->half_y > LARGEST_PATCH / 2) return LINE_BAD_MODEL;
  if (pool->half_x < 1 || pool->half_x > LARGEST_POOL || pool->half_y < 1 || pool->half_y > LARGEST_POOL)
    return LINE_BAD_MODEL;
  if (n->height / pool->half_y < 1) return LINE_BAD_MODEL;
  int side_x = 2 * layer->half_x + 1, side_y = 2 * layer->half_y + 1;
  if (!fits(layer, 1, side_x * side_y)) return LINE_BAD_MODEL;
  c->half_x = layer->half_x;
  c->half_y = layer->half_y;
  c->pool_x = pool->half_x;
  c->pool_y = pool->half_y;
  c->row_values = (side_x + 3) / 4 * 4;
  c->matrix.inputs = side_y * c->row_values;
  c->matrix.gates = 1;
  for (int x = 0; x < side_x; x++) /* the file has a patch column by column */
    for (int y = 0; y < side_y; y++) place[x * side_y + y] = y * c->row_values + x;
  return pack(&c->matrix, &n->memory, n->kernel, layer, place, side_x * side_y);
}

static line_status make_matrix(line_network *n, matrix *m, const line_layer *layer, int32_t inputs, int *place) {
  int lstm = layer->kind != LAYER_SOFTMAX, own = lstm ? layer->outputs : 0;
  if (layer->inputs != inputs || !is_size(layer->outputs)) return LINE_BAD_MODEL;
  if (!fits(layer, lstm ? 4 : 1, inputs + own)) return LINE_BAD_MODEL;
  m->inputs = padded(inputs);
  m->recurrent = lstm ? padded(own) : 0;
  m->gates = lstm ? 4 : 1;
  for (int i = 0; i < inputs + own; i++) place[i] = i < inputs ? i : m->inputs + i - inputs;
  if (lstm && padded(own) > n->widest) n->widest = padded(own);
  return pack(m, &n->memory, n->kernel, layer, place, inputs + own);
}

static line_status make_layers(line_network *n, const line_layer *layers, int32_t count) {
  int *place = scratch_take(&n->memory, 2 * LARGEST_LAYER, sizeof *place);
  n->tables = scratch_take(&n->memory, 1, sizeof *n->tables);
  if (!place || !n->tables) return LINE_NO_MEMORY;
  fill_table(n->tables->tanh, tanh);
  fill_table(n->tables->logistic, logistic);
  line_status status = make_convolution(n, &layers[0], &layers[1], place);
  if (status) return status;
  if (layers[2].kind != LAYER_LSTM_COLUMN) return LINE_BAD_MODEL;
  status = make_matrix(n, &n->column, &layers[2], layers[0].outputs, place);
  for (int i = 3; i < count - 1 && !status; i++) {
    if (layers[i].kind != LAYER_LSTM_FORWARD && layers[i].kind != LAYER_LSTM_REVERSED) return LINE_BAD_MODEL;
    along *layer = &n->along[n->along_count++];
    layer->reversed = layers[i].kind == LAYER_LSTM_REVERSED;
    status = make_matrix(n, &layer->matrix, &layers[i], layers[i - 1].outputs, place);
  }
  if (status) return status;
  if (layers[count - 1].kind != LAYER_SOFTMAX) return LINE_BAD_MODEL;
  status = make_matrix(n, &n->last, &layers[count - 1], layers[count - 2].outputs, place);
  if (status) return status;
  n->classes = layers[count - 1].outputs;
  n->zeros = scratch_take(&n->memory, n->widest, n->kernel->value_size);
  if (!n->zeros) return LINE_NO_MEMORY;
  n->kernel->clear(n->zeros, n->widest);
  return LINE_OK;
}

int32_t line_network_new(const line_layer *layers, int32_t count, int32_t height, uint64_t noise_seed,
                         int32_t kernel_number, line_network **out) {
  *out = NULL;
  if (!layers || count < 4 || count > MOST_LAYERS || height < 1 || height > LARGEST_HEIGHT) return LINE_BAD_MODEL;
  if (kernel_number < 0) {
    kernel_number = 0;
    while (!line_kernel_runs(kernel_number)) kernel_number++; /* the last one runs everywhere */
  }
  if (!line_kernel_runs(kernel_number)) return LINE_NO_KERNEL;
  line_network *n = calloc(1, sizeof *n);
  if (!n) return LINE_NO_MEMORY;
  n->kernel = kernels[kernel_number];
  n->kernel_number = kernel_number;
  n->height = height;
  /* std::minstd_rand's seed, and the one number that Tesseract throws away */
  uint64_t state = noise_seed % 2147483647u;
  n->noise_seed = (state ? state : 1) * 48271 % 2147483647u;
  line_status status = make_layers(n, layers, count);
  if (status) {
    line_network_free(n);
    return status;
  }
  *out = n;
  return LINE_OK;
}

void line_network_free(line_network *network) {
  if (!network) return;
  scratch_free(&network->memory);
  free(network);
}

int32_t line_network_kernel(const line_network *network) { return network->kernel_number; }
int32_t line_network_step_width(const line_network *network) { return network->convolution.pool_x; }
int32_t line_network_classes(const line_network *network) { return network->classes; }
int32_t line_network_row_floats(const line_network *network) { return network->last.outputs; }

/* ── reading ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

typedef struct {
  int steps;
  void *from, *to; /* activations, steps × widest; they change places from layer to layer */
  float *probabilities;
} line;

static void *at(const kernel *kernel, void *values, size_t place) {
  return (char *)values + place * kernel->value_size;
}

/* Convolution, pooling and column LSTM of one line: `to` becomes steps × column outputs. */
static line_status read_columns(const line_network *n, const int8_t *pixels, int width, void *to) {
  const kernel *kernel = n->kernel;
  const convolution *c = &n->convolution;
  const int steps = width / c->pool_x, rows = n->height / c->pool_y, depth = c->matrix.outputs, cells = n->column.outputs;
  scratch memory = {0};
  size_t picture_values = (n->height + 2 * c->half_y) * picture_stride(c, width) + c->matrix.inputs;
  void *picture = scratch_take(&memory, picture_values, kernel->value_size);
  int32_t *best = scratch_take(&memory, (size_t)steps * depth, sizeof *best);
  void *maps = scratch_take(&memory, (size_t)rows * steps * depth, kernel->value_size);
  void *turns[2] = {scratch_take(&memory, (size_t)COLUMNS * cells, kernel->value_size),
                    scratch_take(&memory, (size_t)COLUMNS * cells, kernel->value_size)};
  float *states = scratch_take(&memory, (size_t)COLUMNS * cells, sizeof *states);
  if (!picture || !best || !maps || !turns[0] || !turns[1] || !states) {
    scratch_free(&memory);
    return LINE_NO_MEMORY;
  }
  kernel->convolve(c, n->tables, pixels, width, n->height, n->noise_seed, picture, best, maps);
  for (int first = 0; first < steps; first += COLUMNS) {
    const void *inputs[COLUMNS], *last[COLUMNS];
    void *outputs[COLUMNS];
    float *own[COLUMNS];
    int many = steps - first < COLUMNS ? steps - first : COLUMNS;
    memset(states, 0, sizeof *states * COLUMNS * cells);
    for (int row = 0; row < rows; row++) {
      for (int i = 0; i < many; i++) {
        inputs[i] = at(kernel, maps, ((size_t)row * steps + first + i) * depth);
        last[i] = row ? at(kernel, turns[row % 2], (size_t)i * cells) : n->zeros;
        outputs[i] = row == rows - 1 ? at(kernel, to, (size_t)(first + i) * cells)
                                     : at(kernel, turns[(row + 1) % 2], (size_t)i * cells);
        own[i] = states + (size_t)i * cells;
      }
      kernel->lstm(&n->column, n->tables, many, inputs, last, own, outputs);
    }
  }
  scratch_free(&memory);
  return LINE_OK;
}

/* One LSTM along all lines, the longest first: step by step, in each line that has so many steps. */
static line_status read_along(const line_network *n, const along *layer, line *lines, int count) {
  const matrix *m = &layer->matrix;
  scratch memory = {0};
  const void **inputs = scratch_take(&memory, count, sizeof *inputs), **last = scratch_take(&memory, count, sizeof *last);
  void **outputs = scratch_take(&memory, count, sizeof *outputs);
  float **own = scratch_take(&memory, count, sizeof *own);
  float *states = scratch_take(&memory, (size_t)count * m->outputs, sizeof *states);
  if (!inputs || !last || !outputs || !own || !states) {
    scratch_free(&memory);
    return LINE_NO_MEMORY;
  }
  int active = count;
  for (int step = 0; step < lines[0].steps; step++) {
    while (lines[active - 1].steps <= step) active--;
    for (int i = 0; i < active; i++) {
      size_t here = layer->reversed ? lines[i].steps - 1 - step : step, before = layer->reversed ? here + 1 : here - 1;
      inputs[i] = at(n->kernel, lines[i].from, here * m->inputs);
      outputs[i] = at(n->kernel, lines[i].to, here * m->outputs);
      last[i] = step ? at(n->kernel, lines[i].to, before * m->outputs) : n->zeros;
      own[i] = states + (size_t)i * m->outputs;
    }
    n->kernel->lstm(m, n->tables, active, inputs, last, own, outputs);
  }
  scratch_free(&memory);
  for (int i = 0; i < count; i++) {
    void *from = lines[i].from;
    lines[i].from = lines[i].to;
    lines[i].to = from;
  }
  return LINE_OK;
}

static int longer_first(const void *a, const void *b) {
  return ((const line *)b)->steps - ((const line *)a)->steps;
}

static line_status read_lines(const line_network *n, int count, const int8_t *const *inputs, const int32_t *widths,
                              float *const *probabilities, scratch *memory) {
  line *lines = scratch_take(memory, count, sizeof *lines);
  if (!lines) return LINE_NO_MEMORY;
  for (int i = 0; i < count; i++) {
    lines[i].steps = widths[i] / n->convolution.pool_x;
    lines[i].probabilities = probabilities[i];
    lines[i].from = scratch_take(memory, (size_t)lines[i].steps * n->widest, n->kernel->value_size);
    lines[i].to = scratch_take(memory, (size_t)lines[i].steps * n->widest, n->kernel->value_size);
    if (!lines[i].from || !lines[i].to) return LINE_NO_MEMORY;
    line_status status = read_columns(n, inputs[i], widths[i], lines[i].from);
    if (status) return status;
  }
  qsort(lines, count, sizeof *lines, longer_first);
  for (int layer = 0; layer < n->along_count; layer++) {
    line_status status = read_along(n, &n->along[layer], lines, count);
    if (status) return status;
  }
  for (int i = 0; i < count; i++)
    n->kernel->softmax(&n->last, n->classes, lines[i].steps, lines[i].from, lines[i].probabilities);
  return LINE_OK;
}

int32_t line_network_read(const line_network *network, int32_t lines, const int8_t *const *inputs,
                          const int32_t *widths, float *const *probabilities) {
  if (lines < 0 || lines > MOST_LINES) return LINE_BAD_INPUT;
  for (int i = 0; i < lines; i++)
    if (!inputs[i] || !probabilities[i] || widths[i] < network->convolution.pool_x || widths[i] > LARGEST_WIDTH)
      return LINE_BAD_INPUT;
  if (!lines) return LINE_OK;
  scratch memory = {0};
  line_status status = read_lines(network, lines, inputs, widths, probabilities, &memory);
  scratch_free(&memory);
  return status;
}
