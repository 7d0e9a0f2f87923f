// What is left of a test program's `main`.
#pragma once

#include <cstdio>
#include <exception>

namespace quartet::tests {

// The command line's library and the standard library throw; nothing of ours does. What `run` returns; 1 after an exception,
// which is told.
inline int GuardedMain(int (*run)(int argc, char** argv), int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s: %s\n", argv[0], error.what());
    return 1;
  }
}

}  // namespace quartet::tests
