// Sends a file of any size to the controller: a zone file, or a list of record sets.
#pragma once

#include <functional>
#include <istream>
#include <string>
#include <vector>

#include "admin/session.h"

namespace CLI {
class App;
}

namespace quartet::admin::v1 {
class ImportEffects;
class ImportResult;
class ImportStart;
}  // namespace quartet::admin::v1

namespace quartet::admin {

// A file to be imported, as the command line names it.
struct ImportFileArguments {
  // "-": standard input.
  std::string path;
  // "zone", "yaml", "json"; empty: by the end of the path, else zone.
  std::string format;
  // Not empty: files that it includes are put in, if they lie below this directory.
  std::string include_dir;
  bool skip_unsupported = false;
  std::vector<std::string> allow;

  // What it is called in faults.
  std::string name() const { return path == "-" ? "standard input" : path; }
};

// --format, --include-dir, --skip-unsupported and --allow. The arguments must live until the command has run.
void AddImportOptions(CLI::App& command, ImportFileArguments& file);

// Sends the file piece by piece, shows how far it is on a terminal, and prints warnings and what was left out. The session's
// timeout is for hearing nothing, not for the whole. Exits as Session::Check does if it was refused, or if the file can't be
// read. `start` needs its target and mode.
v1::ImportResult ImportFile(Session& session, v1::ImportStart start, const ImportFileArguments& file);

using EffectsFn = std::function<void(const v1::ImportEffects&)>;
// The same for a file whose text is here already. `told` gets what a preview tells.
v1::ImportResult ImportText(Session& session, v1::ImportStart start, const ImportFileArguments& file,
                            const std::string& text, const EffectsFn& told);

// The whole file; exits if it can't be read.
std::string ReadImportFile(const Session& session, const ImportFileArguments& file);

}  // namespace quartet::admin
