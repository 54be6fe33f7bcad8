/* Reads a line's picture with the weights of a Tesseract `.traineddata`, as Tesseract 5.3 does:
 *
 *     crop (8-bit grey) → prepare.c → int8 input → network.c → probabilities → beam.c → characters
 *
 * A network and a decoder are read-only once made. Whatever a call needs besides, it allocates and frees itself, so
 * any number of threads may use one network or decoder at a time. Every function checks its sizes and returns a
 * `line_status`; nothing is printed.
 */
#ifndef LINE_ENGINE_H
#define LINE_ENGINE_H

#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__)
#define LINE_API __attribute__((visibility("default")))
#else
#define LINE_API
#endif

typedef enum {
  LINE_OK = 0,
  LINE_NO_MEMORY = 1,
  LINE_BAD_MODEL = 2,  /* sizes or values of the model do not fit together */
  LINE_BAD_INPUT = 3,  /* a crop or an array that no model reads */
  LINE_NO_KERNEL = 4   /* this processor does not run the kernel that was asked for */
} line_status;

/* Changes whenever a signature below changes; the Python side refuses any other. */
#define LINE_ENGINE_INTERFACE 1
LINE_API int32_t line_engine_interface(void);

/* ── kernels: the same arithmetic for several processors, best first ─────────────────────────────────────────────── */

LINE_API int32_t line_kernel_count(void);
LINE_API const char *line_kernel_name(int32_t kernel); /* NULL beyond the last */
LINE_API int32_t line_kernel_runs(int32_t kernel);     /* 1 if this processor has the instructions */

/* ── prepare.c ───────────────────────────────────────────────────────────────────────────────────────────────────── */

/* Width of the network's input for a crop, in pixels; -1 if the crop is larger than any that is read. */
LINE_API int32_t line_prepared_width(int32_t width, int32_t height, int32_t network_height);

/* `crop`: height × width bytes; `out`: network_height × `out_width` int8, row by row. */
LINE_API int32_t line_prepare(const uint8_t *crop, int32_t width, int32_t height, int32_t network_height, int8_t *out,
                              int32_t out_width);

/* ── network.c ───────────────────────────────────────────────────────────────────────────────────────────────────── */

typedef enum {
  LAYER_CONVOLVE = 1,    /* tanh of a convolution over (2·half_x + 1) × (2·half_y + 1) pixels */
  LAYER_MAXPOOL = 2,     /* half_x × half_y pixels become one */
  LAYER_LSTM_COLUMN = 3, /* down each column, keeping what it says at the foot */
  LAYER_LSTM_FORWARD = 4,
  LAYER_LSTM_REVERSED = 5,
  LAYER_SOFTMAX = 6
} line_layer_kind;

/* `weights`: for an LSTM four matrices (cell, input, forget and output gate), else one, each of `outputs` rows; a row
 * holds the weights of the inputs, of an LSTM's own last outputs, and the bias. `scales`: one for each row. */
typedef struct {
  int32_t kind, inputs, outputs, half_x, half_y;
  int64_t weight_count, scale_count;
  const int8_t *weights;
  const double *scales;
} line_layer;

typedef struct line_network line_network;

/* `kernel`: a number below line_kernel_count(), or -1 for the best that this processor runs. */
LINE_API int32_t line_network_new(const line_layer *layers, int32_t count, int32_t height, uint64_t noise_seed,
                                  int32_t kernel, line_network **out);
LINE_API void line_network_free(line_network *network);
LINE_API int32_t line_network_kernel(const line_network *network);

/* Columns of the input that become one step, classes, and floats in a row of probabilities (classes, padded). */
LINE_API int32_t line_network_step_width(const line_network *network);
LINE_API int32_t line_network_classes(const line_network *network);
LINE_API int32_t line_network_row_floats(const line_network *network);

/* Several lines at once: that is what makes it fast, since weights are fetched once for all of them.
 * `inputs[i]`: height × `widths[i]` int8; `probabilities[i]`: (widths[i] / step width) rows. Any order of widths. */
LINE_API int32_t line_network_read(const line_network *network, int32_t lines, const int8_t *const *inputs,
                                   const int32_t *widths, float *const *probabilities);

/* ── beam.c ──────────────────────────────────────────────────────────────────────────────────────────────────────── */

typedef struct line_decoder line_decoder;
typedef struct line_search line_search;

typedef struct {
  int32_t id;          /* of the character; 0 is the space */
  int32_t start, end;  /* steps; `end` is exclusive */
  float certainty;     /* logarithm of a probability, as Tesseract reckons it */
  int32_t starts_word; /* 1 if a dictionary word begins here without a space before it */
} line_letter;

/* `order`: the codes that stand for a character, in the order of the character set. `ids`: code → character, -1 for
 * none; `digits`: character → 1 if it is a digit. Word lists are the model's own files, or NULL. */
LINE_API int32_t line_decoder_new(int32_t classes, int32_t null_code, int32_t code_range, const int32_t *order,
                                  int32_t order_count, const int32_t *ids, const uint8_t *digits,
                                  int32_t character_count, const uint8_t *punctuation, int64_t punctuation_size,
                                  const uint8_t *words, int64_t words_size, const uint8_t *numbers,
                                  int64_t numbers_size, line_decoder **out);
LINE_API void line_decoder_free(line_decoder *decoder);

/* `probabilities`: `steps` rows of `row_floats` floats, of which the first `classes` count. */
LINE_API int32_t line_search_new(const line_decoder *decoder, const float *probabilities, int32_t steps,
                                 int32_t row_floats, line_search **out);
LINE_API void line_search_free(line_search *search);

/* How many readings the search ended with; they are numbered from the best. */
LINE_API int32_t line_search_readings(const line_search *search);
LINE_API float line_search_score(const line_search *search, int32_t reading);

/* The characters of one reading into `letters`, which has room for as many as there are steps; how many: `count`. */
LINE_API int32_t line_search_letters(const line_search *search, int32_t reading, line_letter *letters, int32_t room,
                                     int32_t *count);

#endif
