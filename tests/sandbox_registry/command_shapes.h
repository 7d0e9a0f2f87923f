// Shapes of all commands (RFC 5730 to 5733, 5910).
#pragma once

#include <optional>

#include "absl/strings/string_view.h"
#include "controller/registrar/epp/xml_reader.h"
#include "tests/sandbox_registry/shape.h"

namespace quartet::sandbox {

// Of what stands in <command> itself: login, poll and logout. nullptr: there is no such command.
const Shape* CommandShape(absl::string_view verb);
// Why the registry can't take a command on an object: its element, what that holds, and <extension>, if there is one.
// Besides those of WhyMisfit: 2101 the object has no such command, 2103 no such extension, 2307 no such object.
Misfit WhyObjectCommandMisfits(const controller::epp::XmlElement& verb,
                               const std::optional<controller::epp::XmlElement>& extension);
// clTRID: 3 to 64 characters.
const Shape& TridShape();

}  // namespace quartet::sandbox
