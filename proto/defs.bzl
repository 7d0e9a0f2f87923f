"""quartet_proto: one .proto file as C++ messages and, where it has services, as C++ gRPC code.

Messages (`NAME`) and services (`NAME_grpc`) are separate targets, because a generated gRPC source costs as much to
compile as a hundred of ours. Generated code is built at -O1, without warnings and without sanitizers.
"""

_COPTS = [
    "-O1",
    "-w",
    "-fno-sanitize=all",
]

def _generate(name, srcs, imports, outs, plugin):
    root = native.package_name()
    flag = "--cpp_out=$(GENDIR)/%s" % root
    if plugin:
        flag = "--plugin=protoc-gen-grpc=/usr/bin/grpc_cpp_plugin --grpc_out=$(GENDIR)/%s" % root
    native.genrule(
        name = name,
        srcs = srcs + imports,
        outs = outs,
        cmd = "/usr/bin/protoc -I%s -I/usr/include %s %s" % (
            root,
            flag,
            " ".join(["$(location %s)" % src for src in srcs]),
        ),
    )

def quartet_proto(name, src, deps = [], services = False, visibility = None):
    """The C++ code of one .proto file. Its imports are named from the package's folder on.

    Args:
      name: the target of its messages; `NAME_grpc` is that of its services.
      src: the .proto file.
      deps: quartet_proto targets it imports.
      services: whether it declares services.
      visibility: as ever.
    """
    stem = src[:-len(".proto")]
    native.filegroup(
        name = name + "_src",
        srcs = [src] + [dep + "_src" for dep in deps],
        visibility = visibility,
    )
    imports = [dep + "_src" for dep in deps]
    _generate(name + "_gen", [src], imports, [stem + ".pb.h", stem + ".pb.cc"], False)
    native.cc_library(
        name = name,
        srcs = [stem + ".pb.cc"],
        hdrs = [stem + ".pb.h"],
        copts = _COPTS,
        includes = ["."],
        visibility = visibility,
        deps = deps + ["//third_party:protobuf"],
    )
    if services:
        _generate(name + "_grpc_gen", [src], imports, [stem + ".grpc.pb.h", stem + ".grpc.pb.cc"], True)
        native.cc_library(
            name = name + "_grpc",
            srcs = [stem + ".grpc.pb.cc"],
            hdrs = [stem + ".grpc.pb.h"],
            copts = _COPTS,
            includes = ["."],
            visibility = visibility,
            deps = [
                ":" + name,
                "//third_party:grpc",
            ] + deps,
        )
