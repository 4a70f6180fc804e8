#include "tls_errors.hpp"

#if INBOX_HAS_TLS

#  include <openssl/bio.h>
#  include <openssl/err.h>
#  include <openssl/ssl.h>

#  include <mutex>

namespace inbox {

namespace {

long before_transfer(BIO*, int operation, const char*, size_t, int, long,
                     int result, size_t*) {
  if (operation == BIO_CB_READ || operation == BIO_CB_WRITE)
    ERR_clear_error();
  return result;
}

void on_progress(const SSL* connection, int where, int) {
  if ((where & SSL_CB_HANDSHAKE_START) != 0)
    if (auto* socket = SSL_get_rbio(connection))
      BIO_set_callback_ex(socket, before_transfer);
}

/// The only way to a context of CAF's: it makes them for itself.
void on_new_context(void* context, void*, CRYPTO_EX_DATA*, int, long, void*) {
  SSL_CTX_set_info_callback(static_cast<SSL_CTX*>(context), on_progress);
}

} // namespace

void keep_tls_errors_apart() {
  static std::once_flag once;
  std::call_once(once, [] {
    SSL_CTX_get_ex_new_index(0, nullptr, on_new_context, nullptr, nullptr);
  });
}

} // namespace inbox

#else

namespace inbox {

void keep_tls_errors_apart() {
  // There are none.
}

} // namespace inbox

#endif
