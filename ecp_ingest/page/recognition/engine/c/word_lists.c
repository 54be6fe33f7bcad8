#include "word_lists.h"

#include <limits.h>
#include <string.h>

enum { HEADER_BYTES = 10, MAGIC = 42, FLAGS = 3 };

static uint64_t number_at(const uint8_t *from, int bytes) { /* little-endian, as the models are */
  uint64_t number = 0;
  for (int i = bytes - 1; i >= 0; i--) number = number << 8 | from[i];
  return number;
}

/* ── one list ────────────────────────────────────────────────────────────────────────────────────────────────────── */

static int64_t letter_of(const word_list *list, int64_t edge) {
  return (int64_t)(list->edges[edge] & ((UINT64_C(1) << list->flag_bit) - 1));
}
static int is_last(const word_list *list, int64_t edge) { return list->edges[edge] >> list->flag_bit & 1; }
static int is_backward(const word_list *list, int64_t edge) { return list->edges[edge] >> (list->flag_bit + 1) & 1; }
static int ends_word(const word_list *list, int64_t edge) { return list->edges[edge] >> (list->flag_bit + 2) & 1; }

/* The first of the edges that follow `edge`: 0 is the root, NO_EDGE: none follow, or the file is damaged. */
static int64_t node_after(const word_list *list, int64_t edge) {
  if (edge == NO_EDGE) return 0;
  uint64_t next = list->edges[edge] >> list->next_bit;
  return next > 0 && next < (uint64_t)list->count ? (int64_t)next : NO_EDGE;
}

/* The edge with `letter` among those at `node`, or NO_EDGE. `must_end`: only one that ends a word. */
static int32_t edge_with(const word_list *list, int64_t node, int64_t letter, int must_end) {
  if (node == NO_EDGE) return NO_EDGE;
  if (node == 0) { /* the root's edges are sorted */
    for (int64_t low = 0, high = list->first_edges - 1; low <= high;) {
      int64_t middle = (low + high) / 2, found = letter_of(list, middle);
      if (found == letter && (!must_end || ends_word(list, middle))) return (int32_t)middle;
      if (letter > found || (letter == found && must_end > ends_word(list, middle))) low = middle + 1;
      else high = middle - 1;
    }
    return NO_EDGE;
  }
  for (int64_t edge = node; edge < list->count; edge++) {
    if (letter_of(list, edge) == letter && (!must_end || ends_word(list, edge))) return (int32_t)edge;
    if (is_last(list, edge)) break;
  }
  return NO_EDGE;
}

line_status add_word_list(word_lists *lists, scratch *memory, const uint8_t *file, int64_t size, word_kind kind) {
  if (!file) return LINE_OK;
  if (size < HEADER_BYTES || number_at(file, 2) != MAGIC) return LINE_BAD_MODEL;
  uint64_t letters = number_at(file + 2, 4), count = number_at(file + 6, 4);
  if (letters < 1 || letters > INT32_MAX || count < 1 || count > INT32_MAX) return LINE_BAD_MODEL;
  if (count > (uint64_t)(size - HEADER_BYTES) / sizeof(uint64_t)) return LINE_BAD_MODEL;
  word_list *list = &lists->lists[lists->count];
  memset(list, 0, sizeof *list);
  list->edges = scratch_take(memory, count, sizeof *list->edges);
  if (!list->edges) return LINE_NO_MEMORY;
  for (uint64_t i = 0; i < count; i++) list->edges[i] = number_at(file + HEADER_BYTES + 8 * i, 8);
  while ((UINT64_C(1) << list->flag_bit) < letters + 1) list->flag_bit++;
  list->next_bit = list->flag_bit + FLAGS;
  list->count = (int32_t)count;
  list->kind = kind;
  list->is_numbers = kind == NUMBER_WORD;
  if (!is_backward(list, 0))
    for (int64_t edge = 0; edge < list->count; edge++) {
      list->first_edges++;
      if (is_last(list, edge)) break;
    }
  lists->count++;
  return LINE_OK;
}

/* ── all of them ─────────────────────────────────────────────────────────────────────────────────────────────────── */

void find_starts(word_lists *lists) {
  lists->punctuation = NO_LIST;
  for (int i = 0; i < lists->count; i++)
    if (lists->lists[i].kind == PUNCTUATION_WORD) lists->punctuation = i;
  /* Where punctuation has a place for a word, words are reached through it alone. */
  int through = lists->punctuation != NO_LIST && edge_with(&lists->lists[lists->punctuation], 0, PATTERN, 1) != NO_EDGE;
  lists->start_count = 0;
  for (int8_t i = 0; i < lists->count; i++)
    if (i == lists->punctuation)
      lists->starts[lists->start_count++] = (position){NO_EDGE, NO_EDGE, NO_LIST, i, 0};
    else if (!through)
      lists->starts[lists->start_count++] = (position){NO_EDGE, NO_EDGE, i, NO_LIST, 0};
}

static void add(continuation *to, position new, word_kind kind, int may_end) {
  if (kind > to->kind) to->kind = kind;
  to->may_end |= may_end;
  for (int i = 0; i < to->count; i++) {
    const position *old = &to->positions[i];
    if (old->edge == new.edge && old->punctuation_edge == new.punctuation_edge && old->list == new.list &&
        old->punctuation == new.punctuation && old->is_behind == new.is_behind)
      return;
  }
  if (to->count < MOST_POSITIONS) to->positions[to->count++] = new;
}

static int64_t letter_in(const word_lists *lists, const word_list *list, int letter) {
  return list->is_numbers && lists->digits[letter] ? PATTERN : letter;
}

/* Only punctuation so far: a word may begin, or more punctuation may follow. */
static void begin_word(const word_lists *lists, const position *from, int letter, continuation *to) {
  const word_list *punctuation = &lists->lists[from->punctuation];
  int64_t node = node_after(punctuation, from->punctuation_edge);
  int32_t place = edge_with(punctuation, node, PATTERN, 0);
  for (int8_t i = 0; place != NO_EDGE && i < lists->count; i++) {
    const word_list *list = &lists->lists[i];
    if (i == from->punctuation) continue;
    int32_t edge = edge_with(list, 0, letter_in(lists, list, letter), 0);
    if (edge != NO_EDGE)
      add(to, (position){edge, place, i, from->punctuation, 0}, list->kind,
          ends_word(list, edge) && ends_word(punctuation, place));
  }
  int32_t edge = edge_with(punctuation, node, letter, 0);
  if (edge != NO_EDGE)
    add(to, (position){NO_EDGE, edge, NO_LIST, from->punctuation, 0}, PUNCTUATION_WORD, ends_word(punctuation, edge));
}

/* Inside of a word: it may go on, or if it may end here, punctuation may follow. */
static void go_on(const word_lists *lists, const position *from, int letter, continuation *to) {
  const word_list *list = &lists->lists[from->list];
  const word_list *punctuation = from->punctuation == NO_LIST ? NULL : &lists->lists[from->punctuation];
  if (punctuation && from->edge != NO_EDGE && ends_word(list, from->edge)) {
    int32_t edge = edge_with(punctuation, node_after(punctuation, from->punctuation_edge), letter, 0);
    if (edge != NO_EDGE)
      add(to, (position){from->edge, edge, from->list, from->punctuation, 1}, list->kind, ends_word(punctuation, edge));
  }
  if (from->is_behind) return;
  int32_t edge = edge_with(list, node_after(list, from->edge), letter_in(lists, list, letter), 0);
  if (edge != NO_EDGE) {
    int may_end = ends_word(list, edge) && (!punctuation || ends_word(punctuation, from->punctuation_edge));
    add(to, (position){edge, from->punctuation_edge, from->list, from->punctuation, 0}, list->kind, may_end);
  }
}

continuation continue_words(const word_lists *lists, const position *positions, int count, int letter,
                            scratch *memory) {
  continuation to = {NO_WORD, 0, NULL, 0};
  if (letter == SPACE || letter == NO_CHARACTER) return to;
  position found[MOST_POSITIONS];
  to.positions = found;
  for (int i = 0; i < count; i++)
    if (positions[i].list == NO_LIST) begin_word(lists, &positions[i], letter, &to);
    else go_on(lists, &positions[i], letter, &to);
  to.positions = NULL;
  if (to.kind == NO_WORD) return to;
  to.positions = scratch_take(memory, to.count, sizeof *to.positions);
  if (to.positions) memcpy(to.positions, found, sizeof *found * to.count);
  return to;
}
