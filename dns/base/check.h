// Assertions of our own invariants. Bytes from outside are never checked with these: they get an error.
#pragma once

#include <cstdio>
#include <cstdlib>

// Ends the process with place and condition if `condition` is false: going on would spread damage.
#define QUARTET_CHECK(condition)                                                             \
  do {                                                                                       \
    if (!(condition)) {                                                                      \
      std::fprintf(stderr, "%s:%d: broken invariant: %s\n", __FILE__, __LINE__, #condition); \
      std::abort();                                                                          \
    }                                                                                        \
  } while (false)
