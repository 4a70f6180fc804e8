#include "connect.hpp"
#include "connection.hpp"

#include "failure.hpp"

#include "../../messages/error.hpp"

#include <string>
#include <string_view>

namespace inbox::postgres {

namespace {

caf::error invalid(std::string text) {
  return make_error(errc::invalid, "connection", std::move(text));
}

caf::error check_state(PGconn* conn) {
  if (conn == nullptr)
    return invalid("must not be null");
  if (PQstatus(conn) != CONNECTION_OK)
    return make_error(errc::connection_lost, "connection", "is not open");
  switch (PQtransactionStatus(conn)) {
    case PQTRANS_INTRANS:
      break;
    case PQTRANS_IDLE:
      return invalid("has no transaction open: begin one first");
    case PQTRANS_INERROR:
      return invalid("has a transaction that failed: roll it back first");
    default:
      return invalid("is in use: read the answers to all commands first");
  }
  if (PQpipelineStatus(conn) != PQ_PIPELINE_OFF)
    return invalid("must not be in pipeline mode");
  // Text goes to the server as it is.
  const char* found = PQparameterStatus(conn, "client_encoding");
  std::string_view encoding = found != nullptr ? found : "";
  if (encoding != "UTF8" && encoding != "SQL_ASCII")
    return invalid("must have the client_encoding UTF8, not "
                   + std::string{encoding});
  return {};
}

} // namespace

caf::expected<conn_ptr> borrow(PGconn* conn) {
  if (auto err = check_state(conn))
    return err;
  auto blocking = PQisnonblocking(conn) == 0;
  if (PQsetnonblocking(conn, 1) != 0)
    return make_error(errc::connection_lost, "connection", "is not open");
  conn_ptr result{conn, connection_deleter{true, blocking}};
  if (PQenterPipelineMode(conn) != 1)
    return invalid("cannot enter pipeline mode");
  return result;
}

caf::expected<PGconn*> connection::lend() {
  if (auto err = read())
    return err;
  if (PQexitPipelineMode(conn_.get()) != 1
      || PQsetnonblocking(conn_.get(), 0) != 0)
    return end(make_error(errc::connection_lost, "store",
                          first_line(PQerrorMessage(conn_.get()))));
  return conn_.get();
}

caf::error connection::take_back() {
  if (auto err = check_state(conn_.get()))
    return err;
  // Neither waits for the server.
  PQsetnonblocking(conn_.get(), 1);
  PQenterPipelineMode(conn_.get());
  return {};
}

} // namespace inbox::postgres
