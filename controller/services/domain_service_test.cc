// DomainService over real TLS connections on loopback, in front of a registrar that says what it is told to.
#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "controller/registrar/domain_requests.h"
#include "controller/services/services.h"
#include "controller/services/watch_pump.h"
#include "proto/transport/credentials.h"
#include "proto/transport/identity.h"
#include "proto/transport/server.h"
#include "proto/transport/test_certificates.h"
#include "quartet/admin/v1/domain.grpc.pb.h"

namespace quartet::controller {
namespace {

namespace v1 = admin::v1;
using ::testing::_;
using ::testing::Return;

class MockDomains : public DomainRequests {
 public:
#define QUARTET_MOCK(rpc, response) \
  MOCK_METHOD(absl::StatusOr<v1::response>, rpc, (const Caller&, const v1::rpc##Request&), (override))
  QUARTET_MOCK(CheckDomains, CheckDomainsResponse);
  QUARTET_MOCK(RegisterDomain, DomainOperation);
  QUARTET_MOCK(GetDomain, Domain);
  QUARTET_MOCK(ListDomains, ListDomainsResponse);
  QUARTET_MOCK(SetAutoRenew, Domain);
  QUARTET_MOCK(RenewDomain, DomainOperation);
  QUARTET_MOCK(SetDomainNameservers, DomainOperation);
  QUARTET_MOCK(SetDomainLock, DomainOperation);
  QUARTET_MOCK(GetAuthCode, AuthCode);
  QUARTET_MOCK(TransferDomain, DomainOperation);
  QUARTET_MOCK(SetDomainDs, DomainOperation);
  QUARTET_MOCK(DeleteDomain, DomainOperation);
  QUARTET_MOCK(GetDomainOperation, DomainOperation);
  QUARTET_MOCK(ListDomainOperations, ListDomainOperationsResponse);
  QUARTET_MOCK(ListRegistries, ListRegistriesResponse);
  QUARTET_MOCK(ListRegistryMessages, ListRegistryMessagesResponse);
#undef QUARTET_MOCK
  MOCK_METHOD(absl::StatusOr<std::unique_ptr<Watch>>, WatchOperation,
              (const std::string&, std::function<void()>), (override));
};

class DomainServiceTest : public testing::Test {
 protected:
  void Serve(const DomainLimits& limits) {
    service_ = MakeDomainService(domains_, pump_, limits);
    auto server =
        transport::Server::Start("127.0.0.1:0", Certificate("quartet://controller/c1"), {service_.get()});
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
    stub_ = StubOf("quartet://admin/alice");
  }

  std::unique_ptr<v1::DomainService::Stub> StubOf(const std::string& uri) const {
    return v1::DomainService::NewStub(grpc::CreateChannel(
        absl::StrCat("127.0.0.1:", server_->port()), transport::MakeClientCredentials(Certificate(uri))));
  }

  // Makes a unary call; how it ended.
  template <typename Request, typename Response>
  grpc::Status Call(grpc::Status (v1::DomainService::Stub::*method)(grpc::ClientContext*, const Request&,
                                                                    Response*),
                    const Request& request, Response* response) {
    grpc::ClientContext context;
    return (stub_.get()->*method)(&context, request, response);
  }

  grpc::Status Get(bool refresh) {
    v1::GetDomainRequest request;
    request.set_refresh(refresh);
    v1::Domain response;
    return Call(&v1::DomainService::Stub::GetDomain, request, &response);
  }

  // Ends what is under way.
  void StopServing() { server_.reset(); }

  testing::StrictMock<MockDomains> domains_;
  std::unique_ptr<v1::DomainService::Stub> stub_;

 private:
  transport::TlsMaterial Certificate(const std::string& uri) const {
    const transport::TestCa::Leaf leaf = ca_.Issue(uri);
    return {ca_.pem(), leaf.certificate_pem, leaf.key_pem, *transport::ParseIdentity(uri)};
  }

  transport::TestCa ca_;
  WatchPump pump_{std::chrono::microseconds(0)};
  std::unique_ptr<grpc::Service> service_;
  std::unique_ptr<transport::Server> server_;
};

MATCHER_P(IsCaller, principal, "") { return arg.principal == principal; }

// Each call reaches its own request of the registrar, with who calls, and brings back what that says.
TEST_F(DomainServiceTest, EachCallIsOneRequest) {
  Serve({});
#define QUARTET_EXPECT_REFUSED(rpc, response)                                                     \
  do {                                                                                            \
    EXPECT_CALL(domains_, rpc(IsCaller("quartet://admin/alice"), _))                              \
        .WillOnce(Return(absl::FailedPreconditionError(#rpc)));                                   \
    v1::response answer;                                                                          \
    const grpc::Status status = Call(&v1::DomainService::Stub::rpc, v1::rpc##Request(), &answer); \
    EXPECT_EQ(status.error_code(), grpc::StatusCode::FAILED_PRECONDITION);                        \
    EXPECT_EQ(status.error_message(), #rpc);                                                      \
  } while (false)
  QUARTET_EXPECT_REFUSED(CheckDomains, CheckDomainsResponse);
  QUARTET_EXPECT_REFUSED(RegisterDomain, DomainOperation);
  QUARTET_EXPECT_REFUSED(GetDomain, Domain);
  QUARTET_EXPECT_REFUSED(ListDomains, ListDomainsResponse);
  QUARTET_EXPECT_REFUSED(SetAutoRenew, Domain);
  QUARTET_EXPECT_REFUSED(RenewDomain, DomainOperation);
  QUARTET_EXPECT_REFUSED(SetDomainNameservers, DomainOperation);
  QUARTET_EXPECT_REFUSED(SetDomainLock, DomainOperation);
  QUARTET_EXPECT_REFUSED(GetAuthCode, AuthCode);
  QUARTET_EXPECT_REFUSED(TransferDomain, DomainOperation);
  QUARTET_EXPECT_REFUSED(SetDomainDs, DomainOperation);
  QUARTET_EXPECT_REFUSED(DeleteDomain, DomainOperation);
  QUARTET_EXPECT_REFUSED(GetDomainOperation, DomainOperation);
  QUARTET_EXPECT_REFUSED(ListDomainOperations, ListDomainOperationsResponse);
  QUARTET_EXPECT_REFUSED(ListRegistries, ListRegistriesResponse);
  QUARTET_EXPECT_REFUSED(ListRegistryMessages, ListRegistryMessagesResponse);
#undef QUARTET_EXPECT_REFUSED
}

TEST_F(DomainServiceTest, BringsRequestsThereAndAnswersBack) {
  Serve({});
  v1::RegisterDomainRequest request;
  request.set_domain_name("example.test");
  request.set_years(2);
  EXPECT_CALL(domains_, RegisterDomain)
      .WillOnce(
          [](const Caller&, const v1::RegisterDomainRequest& asked) -> absl::StatusOr<v1::DomainOperation> {
            EXPECT_EQ(asked.domain_name(), "example.test");
            EXPECT_EQ(asked.years(), 2u);
            v1::DomainOperation operation;
            operation.set_name("domainOperations/O1");
            return operation;
          });
  v1::DomainOperation operation;
  const grpc::Status status = Call(&v1::DomainService::Stub::RegisterDomain, request, &operation);
  EXPECT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(operation.name(), "domainOperations/O1");
}

TEST_F(DomainServiceTest, IsForAdmins) {
  Serve({});
  stub_ = StubOf("quartet://nameserver/ns-a0/node/n1");
  EXPECT_EQ(Get(true).error_code(), grpc::StatusCode::PERMISSION_DENIED);
  grpc::ClientContext context;
  const auto reader = stub_->WatchDomainOperation(&context, v1::WatchDomainOperationRequest());
  v1::DomainOperation operation;
  EXPECT_FALSE(reader->Read(&operation));
  EXPECT_EQ(reader->Finish().error_code(), grpc::StatusCode::PERMISSION_DENIED);
}

TEST_F(DomainServiceTest, OnlySoManyCallsWaitForRegistries) {
  DomainLimits limits;
  limits.asking = 1;
  Serve(limits);
  std::promise<void> asked;
  std::promise<void> answer;
  EXPECT_CALL(domains_, CheckDomains)
      .WillOnce([&](const Caller&, const auto&) -> absl::StatusOr<v1::CheckDomainsResponse> {
        asked.set_value();
        answer.get_future().wait();
        return v1::CheckDomainsResponse();
      })
      .WillOnce(Return(v1::CheckDomainsResponse()));
  EXPECT_CALL(domains_, GetDomain).WillRepeatedly(Return(v1::Domain()));
  const auto check = [this] {
    v1::CheckDomainsResponse response;
    return Call(&v1::DomainService::Stub::CheckDomains, v1::CheckDomainsRequest(), &response).error_code();
  };
  std::future<grpc::StatusCode> first = std::async(std::launch::async, check);
  asked.get_future().wait();
  EXPECT_EQ(check(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(Get(true).error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  // It asks nobody.
  EXPECT_TRUE(Get(false).ok());
  answer.set_value();
  EXPECT_EQ(first.get(), grpc::StatusCode::OK);
  EXPECT_EQ(check(), grpc::StatusCode::OK);
}

// An operation whose steps a test makes, and who watches it.
class Steps {
 public:
  v1::DomainOperation Get() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return operation_;
  }
  void MoveTo(v1::DomainOperation::Step step, v1::DomainOperation::State state) {
    const std::lock_guard<std::mutex> lock(mutex_);
    operation_.set_state(state);
    operation_.add_steps()->set_step(step);
    if (moved_) moved_();
  }
  std::unique_ptr<Watch> WatchWith(std::function<void()> moved) {
    const std::lock_guard<std::mutex> lock(mutex_);
    moved_ = std::move(moved);
    return std::make_unique<End>(*this);
  }
  bool is_watched() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return moved_ != nullptr;
  }

 private:
  struct End : Watch {
    explicit End(Steps& steps) : steps(steps) {}
    ~End() override {
      const std::lock_guard<std::mutex> lock(steps.mutex_);
      steps.moved_ = nullptr;
    }
    Steps& steps;
  };
  mutable std::mutex mutex_;
  v1::DomainOperation operation_;
  std::function<void()> moved_;
};

TEST_F(DomainServiceTest, AWatchTellsEachMoveAndEndsWithTheOperation) {
  Steps steps;
  steps.MoveTo(v1::DomainOperation::STEP_CHECK, v1::DomainOperation::STATE_IN_PROGRESS);
  EXPECT_CALL(domains_, WatchOperation("domainOperations/O1", _))
      .WillOnce(
          [&](const std::string&, std::function<void()> moved) { return steps.WatchWith(std::move(moved)); });
  EXPECT_CALL(domains_, GetDomainOperation(IsCaller("quartet://admin/alice"), _))
      .WillRepeatedly([&](const Caller&, const v1::GetDomainOperationRequest& request) {
        EXPECT_EQ(request.name(), "domainOperations/O1");
        return steps.Get();
      });
  Serve({});
  grpc::ClientContext context;
  v1::WatchDomainOperationRequest request;
  request.set_name("domainOperations/O1");
  const auto reader = stub_->WatchDomainOperation(&context, request);
  v1::DomainOperation operation;
  ASSERT_TRUE(reader->Read(&operation));
  EXPECT_EQ(operation.steps_size(), 1);
  steps.MoveTo(v1::DomainOperation::STEP_COMMAND, v1::DomainOperation::STATE_IN_PROGRESS);
  ASSERT_TRUE(reader->Read(&operation));
  EXPECT_EQ(operation.steps_size(), 2);
  steps.MoveTo(v1::DomainOperation::STEP_DONE, v1::DomainOperation::STATE_FAILED);
  ASSERT_TRUE(reader->Read(&operation));
  EXPECT_EQ(operation.state(), v1::DomainOperation::STATE_FAILED);
  EXPECT_FALSE(reader->Read(&operation));
  EXPECT_TRUE(reader->Finish().ok());
  StopServing();
  EXPECT_FALSE(steps.is_watched());
}

TEST_F(DomainServiceTest, AWatchOfNoOperationIsRefused) {
  EXPECT_CALL(domains_, WatchOperation)
      .WillOnce([](const auto&, auto) -> absl::StatusOr<std::unique_ptr<Watch>> {
        return absl::NotFoundError("there is no operation O1");
      });
  Serve({});
  grpc::ClientContext context;
  const auto reader = stub_->WatchDomainOperation(&context, v1::WatchDomainOperationRequest());
  v1::DomainOperation operation;
  EXPECT_FALSE(reader->Read(&operation));
  EXPECT_EQ(reader->Finish().error_code(), grpc::StatusCode::NOT_FOUND);
}

}  // namespace
}  // namespace quartet::controller
