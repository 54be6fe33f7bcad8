/* A model's word lists (punctuation, words, numbers): directed acyclic graphs of letters, packed in Tesseract's form,
 * and the search for words in them. See Tesseract's dict/dawg.h and dict/dict.cpp. */
#ifndef WORD_LISTS_H
#define WORD_LISTS_H

#include <stdint.h>

#include "line_engine.h"
#include "scratch.h"

enum { SPACE = 0, NO_CHARACTER = -1, PATTERN = 0 }; /* character ids; PATTERN: any word, or any digit */

/* What kind of word a path is; higher ones are preferred. Tesseract's PermuterType. */
typedef enum { NO_WORD = 0, PUNCTUATION_WORD = 1, TOP_CHOICE = 2, NUMBER_WORD = 6, LISTED_WORD = 8 } word_kind;

/* Where in the lists a path has come to. */
typedef struct {
  int32_t edge, punctuation_edge; /* NO_EDGE: at the start */
  int8_t list, punctuation;       /* numbers of lists; NO_LIST: none */
  int8_t is_behind;               /* the word is over, punctuation follows */
} position;

enum { NO_EDGE = -1, NO_LIST = -1, MOST_LISTS = 3, MOST_POSITIONS = 1024 };

typedef struct {
  uint64_t *edges;
  int32_t count, first_edges; /* edges that leave the root */
  int flag_bit, next_bit;     /* below flag_bit is the letter, from next_bit on the edge that it leads to */
  int is_numbers;
  word_kind kind;
} word_list;

typedef struct {
  word_list lists[MOST_LISTS];
  int count, punctuation;     /* how many, and which of them is the one of punctuation */
  const uint8_t *digits;      /* character → 1 if it is a digit */
  position starts[MOST_LISTS];
  int start_count;
} word_lists;

/* Adds a list to `lists`. `file`: the model's component; NULL adds nothing. */
line_status add_word_list(word_lists *lists, scratch *memory, const uint8_t *file, int64_t size, word_kind kind);

/* To be called when all were added. */
void find_starts(word_lists *lists);

typedef struct {
  word_kind kind; /* NO_WORD: `letter` may not follow */
  int may_end;    /* a word may end with it */
  position *positions;
  int count;
} continuation;

/* May `letter` follow at any of `count` positions? The new ones are taken from `memory`; NULL there: no memory. */
continuation continue_words(const word_lists *lists, const position *positions, int count, int letter,
                            scratch *memory);

#endif
