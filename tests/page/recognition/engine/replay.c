/* Reads lines with every kernel that runs here, from a file of numbers and without Python: for processors on which the
 * tests have no Python (`test_engine_arm`). Output: for each kernel and line the probabilities and the letters. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "line_engine.h"

static FILE *file;

static void must(int condition, const char *what) {
  if (condition) return;
  fprintf(stderr, "replay: %s\n", what);
  exit(1);
}

static int64_t number(void) {
  int64_t found;
  must(fread(&found, sizeof found, 1, file) == 1, "the file ends too early");
  return found;
}

/* NULL if there are none. */
static void *bytes(int64_t *size) {
  *size = number();
  if (!*size) return NULL;
  void *found = malloc((size_t)*size);
  must(found && fread(found, 1, (size_t)*size, file) == (size_t)*size, "the file ends too early");
  return found;
}

int main(int count, char **arguments) {
  must(count == 2 && (file = fopen(arguments[1], "rb")) != NULL, "no file");
  int64_t size, sizes[3];
  int32_t height = (int32_t)number();
  uint64_t seed = (uint64_t)number();
  int32_t layer_count = (int32_t)number();
  line_layer *layers = calloc((size_t)layer_count, sizeof *layers);
  for (int i = 0; i < layer_count; i++) {
    line_layer *layer = &layers[i];
    layer->kind = (int32_t)number();
    layer->inputs = (int32_t)number();
    layer->outputs = (int32_t)number();
    layer->half_x = (int32_t)number();
    layer->half_y = (int32_t)number();
    layer->weights = bytes(&size);
    layer->weight_count = size;
    layer->scales = bytes(&size);
    layer->scale_count = size / 8;
  }
  int32_t classes = (int32_t)number(), null_code = (int32_t)number(), range = (int32_t)number();
  int32_t *order = bytes(&size), order_count = (int32_t)(size / 4);
  int32_t *ids = bytes(&size);
  uint8_t *digits = bytes(&size);
  int32_t characters = (int32_t)size;
  uint8_t *lists[3];
  for (int i = 0; i < 3; i++) lists[i] = bytes(&sizes[i]);
  line_decoder *decoder;
  must(line_decoder_new(classes, null_code, range, order, order_count, ids, digits, characters, lists[0], sizes[0],
                        lists[1], sizes[1], lists[2], sizes[2], &decoder) == LINE_OK, "no decoder");
  int32_t lines = (int32_t)number();
  int8_t **inputs = calloc((size_t)lines, sizeof *inputs);
  int32_t *widths = calloc((size_t)lines, sizeof *widths);
  for (int i = 0; i < lines; i++) {
    int32_t width = (int32_t)number(), tall = (int32_t)number();
    uint8_t *crop = bytes(&size);
    widths[i] = line_prepared_width(width, tall, height);
    must(widths[i] > 0, "a crop that can't be read");
    inputs[i] = malloc((size_t)widths[i] * height);
    must(line_prepare(crop, width, tall, height, inputs[i], widths[i]) == LINE_OK, "a crop isn't prepared");
  }
  for (int kernel = 0; kernel < line_kernel_count(); kernel++) {
    if (!line_kernel_runs(kernel)) continue;
    fprintf(stderr, "%s\n", line_kernel_name(kernel));
    line_network *network;
    must(line_network_new(layers, layer_count, height, seed, kernel, &network) == LINE_OK, "no network");
    int32_t floats = line_network_row_floats(network), step = line_network_step_width(network);
    float **rows = calloc((size_t)lines, sizeof *rows);
    for (int i = 0; i < lines; i++) rows[i] = malloc(sizeof(float) * floats * (widths[i] / step));
    must(line_network_read(network, lines, (const int8_t *const *)inputs, widths, rows) == LINE_OK, "not read");
    for (int i = 0; i < lines; i++) {
      int32_t steps = widths[i] / step, found;
      fwrite(rows[i], sizeof(float) * floats, (size_t)steps, stdout);
      line_search *search;
      must(line_search_new(decoder, rows[i], steps, floats, &search) == LINE_OK, "no search");
      line_letter *letters = calloc((size_t)steps, sizeof *letters);
      must(line_search_letters(search, 0, letters, steps, &found) == LINE_OK, "no letters");
      fwrite(letters, sizeof *letters, (size_t)steps, stdout);
      line_search_free(search);
      free(letters);
      free(rows[i]);
    }
    free(rows);
    line_network_free(network);
  }
  return 0;
}
