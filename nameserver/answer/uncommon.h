// Queries that no zone answers: transfers, and classes other than IN.
#pragma once

#include "nameserver/answer/identity.h"
#include "nameserver/answer/query.h"
#include "nameserver/answer/response.h"

namespace quartet::nameserver {

void Refuse(ExtendedError why, Response* response);

// Class CH: what the server tells of itself (RFC 4892 §2.1 and BIND's names for it), the rest is REFUSED.
void AnswerChaos(const ServerIdentity& identity, const Query& query, Response* response);

}  // namespace quartet::nameserver
