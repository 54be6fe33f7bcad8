/* Crop of a line (8-bit grey) → int8 input of the network, as Tesseract 5.3 with Leptonica 1.82 makes it: scaled to
 * the network's height, sharpened, and its grey levels spread so that ink is about -128 and paper about +128.
 *
 * Every rounding is theirs. Where Leptonica takes a short cut at a special factor, so does this. */
#include <stdlib.h>
#include <string.h>

#include "line_engine.h"

enum {
  LARGEST_SIDE = 1 << 16,     /* pixels of a crop */
  LARGEST_HEIGHT = 1024,      /* rows of a network's input */
  LARGEST_PREPARED = 1 << 17, /* columns of the input: 2,000 times as long as a line is high */
  MOST_HALVINGS = 4           /* Leptonica halves repeatedly at factors of 1/2, 1/4, 1/8 and 1/16 */
};

/* 0 where the factor isn't one of 1/2 … 1/16 */
static int halvings_between(int height, int network_height) {
  for (int times = 1; times <= MOST_HALVINGS; times++)
    if (height == network_height << times) return times;
  return 0;
}

int32_t line_prepared_width(int32_t width, int32_t height, int32_t network_height) {
  if (width < 1 || height < 1 || width > LARGEST_SIDE || height > LARGEST_SIDE) return -1;
  if (network_height < 1 || network_height > LARGEST_HEIGHT) return -1;
  int times = halvings_between(height, network_height);
  if (times) return width >> times;
  double wide = (float)network_height / (float)height * (float)width + 0.5;
  return wide < LARGEST_PREPARED + 1 ? (int32_t)wide : -1;
}

static int at_most(int value, int most) { return value < most ? value : most; }

/* ── scaling ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

/* Each pixel is the mean of the area it covers, in sixteenths of a pixel. `columns`: room for `width` sums. */
static void scale_by_area(const uint8_t *from, int width, int height, uint8_t *to, int to_width, int to_height,
                          int32_t *columns) {
  float across = (float)(16.0 * (float)width / (float)to_width);
  float down = (float)(16.0 * (float)height / (float)to_height);
  for (int row = 0; row < to_height; row++) {
    int top = (int)(down * (float)row), bottom = (int)(down * (row + 1.0));
    int first_y = at_most(top >> 4, height - 1), last_y = bottom >> 4;
    int first_share = 16 - (top & 15), last_share = bottom & 15;
    int inside = last_y <= height - 2;
    if (inside) {
      const uint8_t *line = from + (size_t)first_y * width;
      for (int x = 0; x < width; x++) columns[x] = first_share * line[x];
      for (int y = first_y + 1; y < last_y; y++) {
        line = from + (size_t)y * width;
        for (int x = 0; x < width; x++) columns[x] += 16 * line[x];
      }
      line = from + (size_t)last_y * width;
      for (int x = 0; x < width; x++) columns[x] += last_share * line[x];
    }
    int64_t tall = first_share + 16 * (last_y - first_y - 1) + last_share;
    for (int column = 0; column < to_width; column++) {
      int left = (int)(across * (float)column), right = (int)(across * (column + 1.0));
      int first_x = at_most(left >> 4, width - 1), last_x = right >> 4;
      uint8_t *pixel = to + (size_t)row * to_width + column;
      if (!inside || last_x > width - 2) { /* at the right and lower edge Leptonica takes the nearest pixel */
        *pixel = from[(size_t)first_y * width + first_x];
        continue;
      }
      int first_part = 16 - (left & 15), last_part = right & 15;
      int64_t sum = (int64_t)first_part * columns[first_x] + (int64_t)last_part * columns[last_x];
      for (int x = first_x + 1; x < last_x; x++) sum += 16 * (int64_t)columns[x];
      int64_t area = tall * (first_part + 16 * (last_x - first_x - 1) + last_part);
      *pixel = (uint8_t)((sum + 128) / area);
    }
  }
}

/* Two by two pixels become one, `times` times, in place; the result goes to `to`. */
static void scale_by_halves(uint8_t *pixels, int width, int height, uint8_t *to, int times) {
  for (; times; times--) {
    int half_width = width / 2, half_height = height / 2;
    for (int y = 0; y < half_height; y++)
      for (int x = 0; x < half_width; x++) {
        const uint8_t *four = pixels + (size_t)2 * y * width + 2 * x;
        pixels[(size_t)y * half_width + x] = (uint8_t)((four[0] + four[1] + four[width] + four[width + 1]) >> 2);
      }
    width = half_width;
    height = half_height;
  }
  memcpy(to, pixels, (size_t)width * height);
}

static void scale_linearly(const uint8_t *from, int width, int height, uint8_t *to, int to_width, int to_height) {
  /* At factors of 2 and 4 Leptonica cuts off, else it rounds. */
  int rounding = to_height == 2 * height || to_height == 4 * height ? 0 : 128;
  float across = (float)(16.0 * (float)width / (float)to_width);
  float down = (float)(16.0 * (float)height / (float)to_height);
  for (int row = 0; row < to_height; row++) {
    int y = (int)(down * (float)row), part_y = y & 15, first_y = at_most(y >> 4, height - 1);
    const uint8_t *upper = from + (size_t)first_y * width, *lower = first_y > height - 2 ? upper : upper + width;
    for (int column = 0; column < to_width; column++) {
      int x = (int)(across * (float)column), part_x = x & 15, left = at_most(x >> 4, width - 1);
      int right = left > width - 2 ? left : left + 1;
      int near_left = (16 - part_y) * upper[left] + part_y * lower[left];
      int near_right = (16 - part_y) * upper[right] + part_y * lower[right];
      to[(size_t)row * to_width + column] =
          (uint8_t)(((16 - part_x) * near_left + part_x * near_right + rounding) >> 8);
    }
  }
}

/* Unsharp mask over (2·half + 1)² pixels; a border of `half` pixels stays as it is. `columns`: room for `width` sums. */
static void sharpen(const uint8_t *from, uint8_t *to, int width, int height, int half, float strength,
                    int32_t *columns) {
  memcpy(to, from, (size_t)width * height);
  int side = 2 * half + 1;
  float share = 1.0f / (float)(side * side);
  for (int y = half; y < height - half; y++) {
    memset(columns, 0, sizeof *columns * width);
    for (int around = -half; around <= half; around++) {
      const uint8_t *line = from + (size_t)(y + around) * width;
      for (int x = 0; x < width; x++) columns[x] += line[x];
    }
    for (int x = half; x < width - half; x++) {
      int sum = 0;
      for (int around = -half; around <= half; around++) sum += columns[x + around];
      float own = from[(size_t)y * width + x];
      int sharp = (int)(own + strength * (own - share * (float)sum) + 0.5);
      to[(size_t)y * width + x] = (uint8_t)(sharp < 0 ? 0 : sharp > 255 ? 255 : sharp);
    }
  }
}

/* ── levels ──────────────────────────────────────────────────────────────────────────────────────────────────────── */

/* The grey below which the share `share` of the counted pixels lies, between two greys in proportion. */
static double quantile(const int *counts, int total, double share) {
  double target = share * total;
  if (target < 1) target = 1;
  int sum = 0, grey = 0;
  while (grey < 256 && sum < target) sum += counts[grey++];
  return grey ? grey - (sum - target) / counts[grey - 1] : 0;
}

/* Ink is the lower quartile of the local minima of the middle row, paper the upper one of its local maxima. */
static void find_levels(const uint8_t *row, int width, float *ink, float *contrast) {
  int dark[256] = {0}, light[256] = {0}, darks = 0, lights = 0;
  for (int x = 1; x + 1 < width; x++) {
    int before = row[x - 1], here = row[x], after = row[x + 1];
    if ((here < before && here <= after) || (here <= before && here < after)) dark[here]++, darks++;
    if ((here > before && here >= after) || (here >= before && here > after)) light[here]++, lights++;
  }
  if (!darks) dark[0]++, darks++;
  if (!lights) light[255]++, lights++;
  *ink = (float)quantile(dark, darks, 0.25);
  float paper = (float)quantile(light, lights, 0.75);
  *contrast = (paper - *ink) / 2.0f;
  if (*contrast <= 0) *contrast = 1;
}

static void spread_levels(const uint8_t *pixels, int width, int height, int8_t *out) {
  float ink, contrast;
  find_levels(pixels + (size_t)(height / 2) * width, width, &ink, &contrast);
  int8_t level[256];
  for (int grey = 0; grey < 256; grey++) {
    float value = 128 * (((float)grey - ink) / contrast - 1.0f);
    int rounded = value >= 0 ? (int)(value + 0.5f) : -(int)(-value + 0.5f);
    level[grey] = (int8_t)(rounded > 127 ? 127 : rounded < -127 ? -127 : rounded);
  }
  for (size_t i = 0; i < (size_t)width * height; i++) out[i] = level[pixels[i]];
}

int32_t line_prepare(const uint8_t *crop, int32_t width, int32_t height, int32_t network_height, int8_t *out,
                     int32_t out_width) {
  int32_t wide = line_prepared_width(width, height, network_height);
  if (wide < 1 || wide != out_width) return LINE_BAD_INPUT;
  size_t source = (size_t)width * height, target = (size_t)wide * network_height;
  uint8_t *copy = malloc(source), *scaled = malloc(target), *sharp = malloc(target);
  int32_t *columns = malloc(sizeof *columns * (width > wide ? width : wide));
  int32_t status = LINE_NO_MEMORY;
  if (copy && scaled && sharp && columns) {
    float factor = (float)network_height / (float)height;
    int times = halvings_between(height, network_height);
    const uint8_t *ready = sharp;
    if (height == network_height) {
      ready = crop;
    } else {
      if (times) {
        memcpy(copy, crop, source);
        scale_by_halves(copy, width, height, scaled, times);
      } else if (factor < 0.7) {
        scale_by_area(crop, width, height, scaled, wide, network_height, columns);
      } else {
        scale_linearly(crop, width, height, scaled, wide, network_height);
      }
      if (factor > 0.2 && factor < 1.4)
        sharpen(scaled, sharp, wide, network_height, factor < 0.7 ? 1 : 2, factor < 0.7 ? 0.2f : 0.4f, columns);
      else
        ready = scaled;
    }
    spread_levels(ready, wide, network_height, out);
    status = LINE_OK;
  }
  free(copy);
  free(scaled);
  free(sharp);
  free(columns);
  return status;
}
