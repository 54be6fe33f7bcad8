/* What the network's layers look like to a kernel, and what a kernel does.
 *
 * A kernel is the same arithmetic with the instructions of one kind of processor: sums of int8 products are exact, and
 * everything in floating point is done in the same order without fused multiply-add, hence all kernels give the same
 * results bit for bit. Each is `kernel_body.h`, compiled with the primitives of one `kernel_*.c`. */
#ifndef KERNEL_H
#define KERNEL_H

#include <stddef.h>
#include <stdint.h>

/* Sizes of layers are rounded up to a multiple of this, so that every kernel's vectors fit; the rest is zeros. */
enum { PADDING = 16 };

static inline int padded(int size) { return (size + PADDING - 1) / PADDING * PADDING; }

/* Tesseract's tables of tanh and of the logistic function at 0, 1/256, 2/256 …; between them it interpolates. Each place
 * holds the function's value and the difference to the next place's, which are always wanted together. */
enum { TABLE_SCALE = 256, TABLE_LAST = 4095, TABLE_ROOM = TABLE_LAST + 1 };

typedef struct {
  float value, rise;
} table_entry;

typedef struct {
  table_entry tanh[TABLE_ROOM], logistic[TABLE_ROOM];
} tables;

/* Weights in the order in which the kernel reads them:
 * [block of LANES outputs][group of GROUP inputs][gate][output in the block][input in the group] */
typedef struct {
  int inputs, outputs;        /* padded; an LSTM's inputs are followed by its own last outputs */
  int recurrent;              /* padded number of those, or 0 */
  int gates;                  /* 4 in an LSTM, else 1 */
  void *weights;
  int32_t *bias;              /* [block][gate][output in the block] */
  float *scale;               /* the same */
} matrix;

typedef struct {
  int half_x, half_y;         /* the patch is (2·half_x + 1) × (2·half_y + 1) pixels */
  int row_values;             /* values of a patch's row, rounded up to a multiple of 4 */
  matrix matrix;              /* its inputs: the patch row by row */
  int pool_x, pool_y;
} convolution;

typedef struct {
  const char *name;
  int lanes, group;           /* outputs in a vector; inputs that are multiplied and summed by one instruction */
  size_t value_size;          /* bytes of an activation, and of a weight */
  int zero;                   /* what is added to every activation, so that it has no sign */
  int (*runs)(void);
  void (*store_weight)(void *weights, size_t place, int weight);

  /* Convolution, tanh and pooling of a picture (height × width int8): `maps` becomes [row][step][matrix.outputs].
   * `picture`: room for (height + 2·half_y) rows of picture_stride() values; `best`: for steps × matrix.outputs. */
  void (*convolve)(const convolution *layer, const tables *tables, const int8_t *pixels, int width, int height,
                   uint64_t noise_seed, void *picture, int32_t *best, void *maps);

  /* One step of an LSTM for `rows` rows: inputs, own last outputs and states → states and new outputs. */
  void (*lstm)(const matrix *matrix, const tables *tables, int rows, const void *const *inputs,
               const void *const *last, float *const *states, void *const *outputs);

  /* The last layer and its softmax. `probabilities`: steps × matrix.outputs */
  void (*softmax)(const matrix *matrix, int classes, int steps, const void *inputs, float *probabilities);

  void (*clear)(void *values, size_t count); /* sets activations to 0 */
} kernel;

/* Values in a row of a picture that is being convolved: its width, and what a patch reads beyond either end. */
static inline size_t picture_stride(const convolution *layer, int width) {
  return (size_t)width + 2 * layer->half_x + 4;
}

extern const kernel *const kernels[]; /* best first, then NULL */

#endif
