#include "admin/revision_kind.h"

namespace quartet::admin {

std::string KindText(v1::ZoneRevision::Kind kind) {
  switch (kind) {
    case v1::ZoneRevision::KIND_CREATED:
      return "created";
    case v1::ZoneRevision::KIND_CHANGED:
      return "changed";
    case v1::ZoneRevision::KIND_REPLACED:
      return "replaced";
    case v1::ZoneRevision::KIND_DELETED:
      return "deleted";
    case v1::ZoneRevision::KIND_UNDELETED:
      return "undeleted";
    case v1::ZoneRevision::KIND_SETTINGS:
      return "settings";
    default:
      return "-";
  }
}

}  // namespace quartet::admin
