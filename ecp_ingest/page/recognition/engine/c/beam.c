/* Probabilities → characters: the beam search of Tesseract 5.3 (lstm/recodebeam.cpp) for models in which one code
 * stands for each character.
 *
 * In each step six heaps keep the five best paths: outside and inside of listed words, each with three ways to go on.
 * Outside of listed words every certainty is multiplied by NOT_LISTED. Even the order of equal paths is Tesseract's, so
 * its heap is rebuilt here to the letter. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "line_engine.h"
#include "scratch.h"
#include "word_lists.h"

enum {
  BEAM = 5,             /* paths in a heap */
  WAYS = 3,
  HEAPS = 2 * WAYS,     /* first outside of listed words, then inside */
  LARGEST_CODE = 1 << 15,
  MOST_STEPS = 1 << 17
};
typedef enum { ANYTHING, ONLY_REPEATED, NOT_REPEATED } way; /* may follow */
typedef enum { RANK_FIRST, RANK_GOOD, RANK_REST, RANKS } rank; /* two best codes and the blank; the five best; others */

static const float NOT_LISTED = 2.25f;         /* kDictRatio */
static const double OFFSET = -0.085;           /* kCertOffset */
static const float LOWEST = -20.0f;            /* kMinCertainty */
static const double LOWEST_LISTED = -25.0f / 7.0; /* kWorstDictCertainty / kCertaintyScale */
static const float LOWEST_PROBABILITY = 2.0611536224385578e-09f; /* e^-20 */

typedef struct node {
  const struct node *before;
  const position *positions; /* in the word lists; NULL: in none */
  uint64_t hash;             /* of the codes so far */
  float certainty, score;    /* of this step; of all steps together */
  int32_t code, id, position_count;
  uint8_t kind;              /* word_kind */
  uint8_t starts_list, starts_word, ends_word, repeated;
} node;

typedef struct {
  int count;
  node nodes[BEAM + 1];
} heap;

typedef struct {
  heap heaps[HEAPS];
  node starts[WAYS]; /* the best path after which a listed word may begin; code -1: none */
} step;

struct line_decoder {
  scratch memory;
  int classes, null_code, code_range, order_count;
  int32_t *order, *ids;
  uint8_t *digits;
  word_lists lists;
};

typedef struct {
  int codes[BEAM + 1];
  int count;
} code_group;

/* What is known while one step is searched. */
typedef struct {
  const line_decoder *decoder;
  const float *probabilities;
  step *now;
  scratch *memory;
  uint8_t *ranks; /* of each code */
  int best, second;
  code_group groups[RANK_REST]; /* codes of the first two ranks, in the decoder's order */
  int failed;
} moment;

/* ── heaps: the lowest score is at the root ──────────────────────────────────────────────────────────────────────── */

static int sift_up(heap *h, int hole, const node *item) {
  while (hole > 0) {
    int parent = (hole + 1) / 2 - 1;
    if (!(item->score < h->nodes[parent].score)) break;
    h->nodes[hole] = h->nodes[parent];
    hole = parent;
  }
  return hole;
}

static int sift_down(heap *h, int hole, const node *item) {
  for (int child; (child = 2 * hole + 1) < h->count; hole = child) {
    if (child + 1 < h->count && h->nodes[child + 1].score < h->nodes[child].score) child++;
    if (!(h->nodes[child].score < item->score)) break;
    h->nodes[hole] = h->nodes[child];
  }
  return hole;
}

static int is_good_enough(const heap *h, float score) { return h->count < BEAM || score > h->nodes[0].score; }

static void push_node(heap *h, const node *item) {
  for (int i = 0; i < h->count; i++) {
    const node *old = &h->nodes[i];
    if (old->code != item->code || old->hash != item->hash || old->kind != item->kind ||
        old->starts_list != item->starts_list)
      continue;
    if (item->score > old->score) { /* the same codes, better: it takes the other's place */
      int hole = sift_down(h, i, item);
      h->nodes[hole] = *item;
      hole = sift_up(h, hole, item);
      h->nodes[hole] = *item;
    }
    return;
  }
  int hole = sift_up(h, h->count++, item);
  h->nodes[hole] = *item;
  if (h->count > BEAM) {
    node last = h->nodes[--h->count];
    hole = sift_down(h, 0, &last);
    h->nodes[hole] = last;
  }
}

/* ── paths ───────────────────────────────────────────────────────────────────────────────────────────────────────── */

static float certainty_of(float probability) {
  return (float)((probability > LOWEST_PROBABILITY ? logf(probability) : LOWEST) + OFFSET);
}

static float score_of(const node *item) { return item->certainty + (item->before ? item->before->score : 0); }

static uint64_t hash_of(const line_decoder *d, const node *item) {
  uint64_t hash = item->before ? item->before->hash : 0;
  if (item->repeated || item->code == d->null_code) return hash;
  uint64_t carry = ((hash >> 32) * (uint64_t)d->code_range) >> 32;
  return hash * (uint64_t)d->code_range + carry + (uint64_t)item->code;
}

static void push(moment *m, int heap_number, node item) {
  heap *h = &m->now->heaps[heap_number];
  item.score = score_of(&item);
  if (!is_good_enough(h, item.score)) return;
  item.hash = hash_of(m->decoder, &item);
  push_node(h, &item);
}

/* A listed word may begin after this one; only the best such path is kept. */
static void push_start(moment *m, way to, node item) {
  node *kept = &m->now->starts[to];
  item.score = score_of(&item);
  if (kept->code >= 0 && !(item.score > kept->score)) return;
  item.starts_list = 1;
  item.positions = m->decoder->lists.starts;
  item.position_count = m->decoder->lists.start_count;
  item.hash = hash_of(m->decoder, &item);
  *kept = item;
}

/* The same code once more. */
static void repeat(moment *m, const node *before, int listed, way to, float certainty) {
  node item = {.before = before, .code = before->code, .id = before->id, .kind = before->kind, .repeated = 1};
  item.certainty = listed ? certainty : certainty * NOT_LISTED;
  if (listed ? certainty > LOWEST_LISTED : item.certainty >= LOWEST || before->code == m->decoder->null_code)
    push(m, listed * WAYS + to, item);
}

/* The last character of a path: blanks and repetitions are passed over. */
static const node *last_character(const node *path) {
  while (path && (path->id == NO_CHARACTER || path->repeated)) path = path->before;
  return path;
}

/* A character inside of listed words; the blank is NO_CHARACTER. */
static void continue_listed(moment *m, node item, way to) {
  const line_decoder *d = m->decoder;
  if (item.id == NO_CHARACTER) {
    push(m, WAYS + to, item);
    return;
  }
  float score = score_of(&item);
  if (!is_good_enough(&m->now->heaps[WAYS + to], score) && !is_good_enough(&m->now->heaps[to], score)) return;
  const node *last = last_character(item.before);
  if (item.id == SPACE) {
    if (!last || !last->ends_word) return;
    item.kind = last->kind;
    push_start(m, to, item);
    push(m, to, item);
    return;
  }
  if (last && last->starts_list && last->id != SPACE) return; /* words are parted by spaces only */
  const position *positions = last ? last->positions : d->lists.starts;
  int count = last ? last->position_count : d->lists.start_count;
  if (!positions) return;
  continuation next = continue_words(&d->lists, positions, count, item.id, m->memory);
  if (next.kind == NO_WORD) return;
  if (!next.positions) {
    m->failed = 1;
    return;
  }
  item.kind = next.kind;
  item.starts_word = last ? last->starts_list : 1;
  item.ends_word = next.may_end != 0;
  item.positions = next.positions;
  item.position_count = next.count;
  push(m, WAYS + to, item);
}

static void continue_character(moment *m, const node *before, int listed, way to, int code, int id, float certainty) {
  node item = {.before = before, .code = code, .id = id, .certainty = certainty, .kind = NO_WORD};
  if (listed) {
    if (certainty > LOWEST_LISTED) continue_listed(m, item, to);
    return;
  }
  item.kind = TOP_CHOICE;
  item.certainty = certainty * NOT_LISTED;
  push(m, to, item);
  if (m->decoder->lists.count && id == SPACE && certainty > LOWEST_LISTED) {
    /* The space isn't made less certain, or the listed word after it would be. NO_WORD marks it. */
    item.kind = NO_WORD;
    item.certainty = certainty;
    push_start(m, to, item);
  }
}

static void continue_code(moment *m, const node *before, int heap_number, int code, rank of) {
  const line_decoder *d = m->decoder;
  const float *p = m->probabilities;
  int listed = heap_number >= WAYS, way_here = heap_number % WAYS;
  if (before && before->code == code) return;
  float certainty = certainty_of(p[code]);
  if (certainty < LOWEST && code != d->null_code) return;
  int id = code == d->null_code ? NO_CHARACTER : d->ids[code];
  continue_character(m, before, listed, ANYTHING, code, id, certainty);
  if (of != RANK_FIRST || code == d->null_code) return;
  float both = p[code] + p[d->null_code];
  if (before && way_here == ANYTHING && before->code != d->null_code &&
      ((before->code == m->best && code == m->second) || (code == m->best && before->code == m->second)))
    both += p[before->code];
  continue_character(m, before, listed, ONLY_REPEATED, code, id, certainty_of(both));
}

/* All ways to go on from one path with the codes of one rank. `before`: NULL at the first step. */
static void continue_path(moment *m, const node *before, int heap_number, rank of) {
  const line_decoder *d = m->decoder;
  const float *p = m->probabilities;
  int listed = heap_number >= WAYS, way_here = heap_number % WAYS;
  if (before) {
    if (m->ranks[before->code] == of) {
      if (way_here != NOT_REPEATED) repeat(m, before, listed, ANYTHING, certainty_of(p[before->code]));
      if (way_here == ANYTHING && of == RANK_FIRST && before->code != d->null_code)
        repeat(m, before, listed, NOT_REPEATED, certainty_of(p[before->code] + p[d->null_code]));
    }
    if (way_here == ONLY_REPEATED) return;
  }
  if (of != RANK_REST) {
    for (int i = 0; i < m->groups[of].count; i++) continue_code(m, before, heap_number, m->groups[of].codes[i], of);
    return;
  }
  for (int i = 0; i < d->order_count; i++)
    if (m->ranks[d->order[i]] == RANK_REST) continue_code(m, before, heap_number, d->order[i], of);
}

/* ── one step ────────────────────────────────────────────────────────────────────────────────────────────────────── */

typedef struct {
  float probability;
  int code;
} scored_code;

/* The five most probable codes; of equal ones those that Tesseract's heap would keep. */
static int find_best(const float *probabilities, int classes, scored_code *best) {
  int count = 0;
  for (int code = 0; code < classes; code++) {
    if (count == BEAM && !(probabilities[code] > best[0].probability)) continue;
    scored_code item = {probabilities[code], code};
    int hole = count++;
    for (int parent; hole > 0 && item.probability < best[parent = (hole + 1) / 2 - 1].probability; hole = parent)
      best[hole] = best[parent];
    best[hole] = item;
    if (count <= BEAM) continue;
    item = best[--count];
    hole = 0;
    for (int child; (child = 2 * hole + 1) < count; hole = child) {
      if (child + 1 < count && best[child + 1].probability < best[child].probability) child++;
      if (!(best[child].probability < item.probability)) break;
      best[hole] = best[child];
    }
    best[hole] = item;
  }
  return count;
}

static void rank_codes(moment *m) {
  const line_decoder *d = m->decoder;
  scored_code best[BEAM + 1];
  int count = find_best(m->probabilities, d->classes, best);
  for (int code = 0; code < d->classes; code++) m->ranks[code] = RANK_REST;
  m->best = m->second = -1;
  while (count) { /* from the worst to the best, as they leave the heap */
    int code = best[0].code;
    m->ranks[code] = count > 2 ? RANK_GOOD : RANK_FIRST;
    if (count == 2) m->second = code;
    if (count == 1) m->best = code;
    scored_code item = best[--count];
    int hole = 0;
    for (int child; (child = 2 * hole + 1) < count; hole = child) {
      if (child + 1 < count && best[child + 1].probability < best[child].probability) child++;
      if (!(best[child].probability < item.probability)) break;
      best[hole] = best[child];
    }
    best[hole] = item;
  }
  m->ranks[d->null_code] = RANK_FIRST;
  m->groups[RANK_FIRST].count = m->groups[RANK_GOOD].count = 0;
  for (int i = 0; i < d->order_count; i++) {
    uint8_t of = m->ranks[d->order[i]];
    if (of != RANK_REST) {
      code_group *group = &m->groups[of];
      group->codes[group->count++] = d->order[i];
    }
  }
}

/* Paths of the step before, in memory that lasts: heaps without the room that they didn't use. */
typedef struct {
  node *nodes[HEAPS];
  int counts[HEAPS];
} kept_step;

static void search_step(moment *m, const kept_step *before) {
  for (int i = 0; i < HEAPS; i++) m->now->heaps[i].count = 0;
  for (int i = 0; i < WAYS; i++) m->now->starts[i].code = -1;
  rank_codes(m);
  if (!before) {
    continue_path(m, NULL, ANYTHING, RANK_FIRST);
    if (m->decoder->lists.count) continue_path(m, NULL, WAYS + ANYTHING, RANK_FIRST);
    return;
  }
  int found = 0;
  for (rank of = RANK_FIRST; of < RANKS && !found; of++) { /* rarer codes only where the others lead nowhere */
    for (int h = 0; h < HEAPS; h++)
      for (int i = before->counts[h] - 1; i >= 0; i--) continue_path(m, &before->nodes[h][i], h, of);
    found = m->now->heaps[ANYTHING].count + m->now->heaps[WAYS + ANYTHING].count;
  }
  for (int i = 0; i < WAYS; i++) {
    heap *h = &m->now->heaps[WAYS + i];
    const node *start = &m->now->starts[i];
    if (start->code >= 0 && is_good_enough(h, start->score)) push_node(h, start);
  }
}

static int keep(kept_step *kept, const step *now, scratch *memory) {
  int count = 0;
  for (int i = 0; i < HEAPS; i++) count += now->heaps[i].count;
  node *nodes = scratch_take(memory, count, sizeof *nodes);
  if (!nodes) return 0;
  for (int i = 0; i < HEAPS; i++) {
    kept->nodes[i] = nodes;
    kept->counts[i] = now->heaps[i].count;
    memcpy(nodes, now->heaps[i].nodes, sizeof *nodes * now->heaps[i].count);
    nodes += now->heaps[i].count;
  }
  return 1;
}

/* ── a whole line ────────────────────────────────────────────────────────────────────────────────────────────────── */

enum { MOST_READINGS = HEAPS * BEAM };

struct line_search {
  scratch memory;
  int steps, reading_count;
  const node *readings[MOST_READINGS];
};

/* Paths at the last step that may end there, the best first. */
static void find_readings(line_search *search, const kept_step *last) {
  for (int to = 0; to < WAYS; to++)
    for (int listed = 0; to != ONLY_REPEATED && listed < 2; listed++) {
      int h = listed * WAYS + to;
      for (int i = 0; i < last->counts[h]; i++) {
        const node *path = &last->nodes[h][i], *character = last_character(path);
        if (listed && (!character || (!character->ends_word && character->id != SPACE))) continue;
        int place = search->reading_count++;
        for (; place > 0 && search->readings[place - 1]->score < path->score; place--)
          search->readings[place] = search->readings[place - 1];
        search->readings[place] = path;
      }
    }
}

static line_status search_line(line_search *search, const line_decoder *decoder, const float *probabilities,
                               int row_floats, scratch *memory) {
  step *now = scratch_take(memory, 1, sizeof *now);
  uint8_t *ranks = scratch_take(memory, (size_t)decoder->classes, sizeof *ranks);
  kept_step *kept = scratch_take(memory, search->steps, sizeof *kept);
  if (!now || !ranks || !kept) return LINE_NO_MEMORY;
  moment m = {.decoder = decoder, .now = now, .memory = &search->memory, .ranks = ranks};
  for (int i = 0; i < search->steps; i++) {
    m.probabilities = probabilities + (size_t)i * row_floats;
    search_step(&m, i ? &kept[i - 1] : NULL);
    if (m.failed || !keep(&kept[i], now, &search->memory)) return LINE_NO_MEMORY;
  }
  find_readings(search, &kept[search->steps - 1]);
  return LINE_OK;
}

int32_t line_search_new(const line_decoder *decoder, const float *probabilities, int32_t steps, int32_t row_floats,
                        line_search **out) {
  *out = NULL;
  if (steps < 1 || steps > MOST_STEPS || row_floats < decoder->classes) return LINE_BAD_INPUT;
  line_search *search = calloc(1, sizeof *search);
  if (!search) return LINE_NO_MEMORY;
  search->steps = steps;
  scratch memory = {0};
  line_status status = search_line(search, decoder, probabilities, row_floats, &memory);
  scratch_free(&memory);
  if (status) line_search_free(search);
  else *out = search;
  return status;
}

void line_search_free(line_search *search) {
  if (!search) return;
  scratch_free(&search->memory);
  free(search);
}

int32_t line_search_readings(const line_search *search) { return search->reading_count; }

float line_search_score(const line_search *search, int32_t reading) {
  return reading >= 0 && reading < search->reading_count ? search->readings[reading]->score : 0;
}

/* Characters of a path, one node a step. `begins`: room for the step at which each begins. */
static int letters_of(const node *const *path, int steps, line_letter *letters, int32_t *begins) {
  int count = 0;
  for (int i = 0; i < steps;) {
    double certainty = 0; /* the lowest of the character and of the blanks before it */
    for (; i < steps && path[i]->id == NO_CHARACTER; i++)
      if (path[i]->certainty < certainty) certainty = path[i]->certainty;
    if (i == steps) { /* blanks at the end belong to the last character */
      if (count && certainty < letters[count - 1].certainty) letters[count - 1].certainty = (float)certainty;
      break;
    }
    const node *first = path[i];
    if (first->id == SPACE && count && first->kind != NO_WORD) { /* blanks before a space to the character before it */
      if (certainty < letters[count - 1].certainty) letters[count - 1].certainty = (float)certainty;
      certainty = 0;
    }
    begins[count] = i;
    do {
      /* At a space before a listed word the blanks are forgotten: see continue_character. */
      if (path[i]->certainty < certainty || (first->id == SPACE && path[i]->kind == NO_WORD))
        certainty = path[i]->certainty;
      i++;
    } while (i < steps && path[i]->repeated);
    letters[count++] = (line_letter){first->id, 0, i, (float)certainty, first->starts_word};
  }
  begins[count] = steps;
  /* Between two characters the border is in the middle of the blanks. */
  for (int i = 0; i < count; i++) {
    letters[i].start = i ? letters[i - 1].end : 0;
    letters[i].end = i == count - 1 ? steps : letters[i].end + (begins[i + 1] - letters[i].end) / 2;
  }
  return count;
}

int32_t line_search_letters(const line_search *search, int32_t reading, line_letter *letters, int32_t room,
                            int32_t *count) {
  *count = 0;
  if (reading < 0 || reading >= search->reading_count || room < search->steps) return LINE_BAD_INPUT;
  scratch memory = {0};
  const node **path = scratch_take(&memory, search->steps, sizeof *path);
  int32_t *begins = scratch_take(&memory, (size_t)search->steps + 1, sizeof *begins);
  line_status status = LINE_NO_MEMORY;
  if (path && begins) {
    int i = search->steps;
    for (const node *item = search->readings[reading]; item && i > 0; item = item->before) path[--i] = item;
    *count = letters_of(path, search->steps, letters, begins);
    status = LINE_OK;
  }
  scratch_free(&memory);
  return status;
}

/* ── making a decoder ────────────────────────────────────────────────────────────────────────────────────────────── */

static void *copied(scratch *memory, const void *from, size_t count, size_t size) {
  void *to = scratch_take(memory, count, size);
  return to ? memcpy(to, from, count * size) : NULL;
}

int32_t line_decoder_new(int32_t classes, int32_t null_code, int32_t code_range, const int32_t *order,
                         int32_t order_count, const int32_t *ids, const uint8_t *digits, int32_t character_count,
                         const uint8_t *punctuation, int64_t punctuation_size, const uint8_t *words,
                         int64_t words_size, const uint8_t *numbers, int64_t numbers_size, line_decoder **out) {
  *out = NULL;
  if (classes < 1 || classes > LARGEST_CODE || null_code < 0 || null_code >= classes || code_range < 1)
    return LINE_BAD_MODEL;
  if (!order || !ids || !digits || order_count < 1 || order_count > classes || character_count < 1)
    return LINE_BAD_MODEL;
  for (int i = 0; i < classes; i++)
    if (ids[i] < NO_CHARACTER || ids[i] >= character_count) return LINE_BAD_MODEL;
  line_decoder *d = calloc(1, sizeof *d);
  if (!d) return LINE_NO_MEMORY;
  d->classes = classes;
  d->null_code = null_code;
  d->code_range = code_range;
  d->order_count = order_count;
  d->order = copied(&d->memory, order, order_count, sizeof *order);
  d->ids = copied(&d->memory, ids, classes, sizeof *ids);
  d->digits = copied(&d->memory, digits, character_count, sizeof *digits);
  d->lists.digits = d->digits;
  line_status status = d->order && d->ids && d->digits ? LINE_OK : LINE_NO_MEMORY;
  uint8_t *seen = scratch_take(&d->memory, classes, sizeof *seen);
  if (!seen) status = LINE_NO_MEMORY;
  for (int i = 0; i < order_count && !status; i++) /* each code once, and each stands for something */
    if (order[i] < 0 || order[i] >= classes || seen[order[i]]++ ||
        (order[i] != null_code && ids[order[i]] == NO_CHARACTER))
      status = LINE_BAD_MODEL;
  if (!status) status = add_word_list(&d->lists, &d->memory, punctuation, punctuation_size, PUNCTUATION_WORD);
  if (!status) status = add_word_list(&d->lists, &d->memory, words, words_size, LISTED_WORD);
  if (!status) status = add_word_list(&d->lists, &d->memory, numbers, numbers_size, NUMBER_WORD);
  if (status) {
    line_decoder_free(d);
    return status;
  }
  find_starts(&d->lists);
  *out = d;
  return LINE_OK;
}

void line_decoder_free(line_decoder *decoder) {
  if (!decoder) return;
  scratch_free(&decoder->memory);
  free(decoder);
}
