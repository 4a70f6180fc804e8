#include "tls.hpp"

#include "../messages/error.hpp"

#include <caf/actor_system_config.hpp>
#include <caf/settings.hpp>

#if INBOX_HAS_TLS
#  include <openssl/err.h>
#  include <openssl/ssl.h>
#endif

#include <algorithm>
#include <memory>
#include <string>

namespace inbox {

#if INBOX_HAS_TLS

namespace {

/// Returns an error about `field`, with what OpenSSL says and forgets.
caf::error refuse(const char* field, const std::string& what) {
  auto text = what;
  if (auto code = ERR_get_error(); code != 0)
    if (auto* reason = ERR_reason_error_string(code))
      text += std::string{": "} + reason;
  ERR_clear_error();
  return make_error(errc::invalid, field, text);
}

int copy_passphrase(char* to, int size, int, void* from) {
  auto& text = *static_cast<const std::string*>(from);
  auto length = std::min(text.size(), static_cast<size_t>(size));
  text.copy(to, length);
  return static_cast<int>(length);
}

} // namespace

caf::error check_tls(const caf::actor_system& sys) {
  if (!sys.has_openssl_manager())
    return make_error(errc::invalid, "caf.openssl",
                      "is not loaded: see load_network");
  auto setting = [&sys](const char* name) {
    return caf::get_or(sys.config(), name, std::string{});
  };
  auto certificate = setting("caf.openssl.certificate");
  auto key = setting("caf.openssl.key");
  auto passphrase = setting("caf.openssl.passphrase");
  auto cafile = setting("caf.openssl.cafile");
  auto capath = setting("caf.openssl.capath");
  if (certificate.empty())
    return refuse("caf.openssl.certificate", "must name a file");
  if (key.empty())
    return refuse("caf.openssl.key", "must name a file");
  if (cafile.empty() && capath.empty())
    return refuse("caf.openssl.cafile", "must name a file, or capath a folder");
  ERR_clear_error();
  std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> context{
    SSL_CTX_new(TLS_method()), SSL_CTX_free};
  if (!context)
    return refuse("caf.openssl", "cannot be used");
  auto* ctx = context.get();
  if (SSL_CTX_use_certificate_chain_file(ctx, certificate.c_str()) != 1)
    return refuse("caf.openssl.certificate", "cannot be read");
  // Without a callback OpenSSL would ask at the terminal.
  SSL_CTX_set_default_passwd_cb(ctx, copy_passphrase);
  SSL_CTX_set_default_passwd_cb_userdata(ctx, &passphrase);
  if (SSL_CTX_use_PrivateKey_file(ctx, key.c_str(), SSL_FILETYPE_PEM) != 1)
    return refuse("caf.openssl.key",
                  "cannot be read, or is not the certificate's");
  auto or_null = [](const std::string& x) {
    return x.empty() ? nullptr : x.c_str();
  };
  if (SSL_CTX_load_verify_locations(ctx, or_null(cafile), or_null(capath)) != 1)
    return refuse(cafile.empty() ? "caf.openssl.capath" : "caf.openssl.cafile",
                  "cannot be read");
  return {};
}

#else

caf::error check_tls(const caf::actor_system&) {
  return make_error(errc::invalid, "endpoint.tls",
                    "is out of reach: this CAF has no module for OpenSSL");
}

#endif

} // namespace inbox
