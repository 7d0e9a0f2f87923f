"""Python tests of real processes."""

def quartet_python_test(name, src, data = [], size = "medium", tags = [], **kwargs):
    """Runs the unittest cases of a file in a network namespace of its own, as root there.

    A sh_test, since Bazel's own Python rules look for interpreters a fresh machine does not have.

    Args:
      name: of the test.
      src: the file with the cases.
      data: other files and programs it needs; the harness is there anyway.
      size: Bazel's; bounds the run time.
      tags: added to those every such test has.
      **kwargs: passed to sh_test.
    """
    native.sh_test(
        name = name,
        srcs = ["//tests/harness:run_python_test.sh"],
        args = ["$(location %s)" % src],
        data = [src, "//tests/harness"] + data,
        size = size,
        tags = tags + ["optimised", "block-network", "requires-fakeroot"],
        **kwargs
    )
