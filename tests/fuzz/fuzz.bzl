"""Fuzzers, and tests that replay what they have found."""

def quartet_fuzzer(name, srcs, deps, corpus, cuts = 2048):
    """A fuzzer NAME (ends in _fuzz), and a test that runs its corpus in normal builds (_replay_test).

    Fuzz with: bazel build --config=fuzz //tests/fuzz:NAME, then run it on a copy of the corpus.

    Args:
      name: ends in "_fuzz".
      srcs: define LLVMFuzzerTestOneInput.
      deps: of srcs.
      corpus: the folder with the seeds and with every input that once failed.
      cuts: at how many places the test cuts each file, at most.
    """
    if not name.endswith("_fuzz"):
        fail("a fuzzer's name ends in _fuzz: " + name)
    native.cc_library(
        name = name + "_target",
        testonly = True,
        srcs = srcs,
        # Nobody but a main of somebody else's calls it.
        alwayslink = True,
        deps = deps,
    )
    native.cc_binary(
        name = name,
        testonly = True,
        linkopts = ["-fsanitize=fuzzer"],
        tags = [
            "fuzz",
            "manual",
        ],
        deps = [":" + name + "_target"],
    )
    native.filegroup(
        name = name + "_corpus",
        testonly = True,
        srcs = native.glob([corpus + "/**"]),
    )
    native.cc_test(
        name = name[:-len("_fuzz")] + "_replay_test",
        args = ["--cuts=%d" % cuts, "$(rootpaths :" + name + "_corpus)"],
        data = [":" + name + "_corpus"],
        deps = [
            ":replay_main",
            ":" + name + "_target",
        ],
    )
