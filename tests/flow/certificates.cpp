#include "certificates.hpp"

#include <inbox/nodes.hpp>

#include <cstdlib>

namespace flow {

namespace {

loader with(const std::string& certificate, const std::string& key,
            const std::string& cafile) {
  return [=](caf::actor_system_config& config) {
    inbox::load_network(config);
    config.set("caf.openssl.certificate", certificate);
    config.set("caf.openssl.key", key);
    config.set("caf.openssl.cafile", cafile);
  };
}

} // namespace

certificates::certificates() {
  auto pattern = (std::filesystem::temp_directory_path() / "inbox-XXXXXX");
  auto name = pattern.string();
  if (mkdtemp(name.data()) == nullptr)
    CAF_FAIL("there is no temporary folder");
  folder_ = name;
  auto script = INBOX_TEST_SOURCE_DIR "/support/make_certificates.sh '" + name
                + "'";
  if (std::system(script.c_str()) != 0)
    CAF_FAIL("openssl makes no certificates: see " << name << "/log");
}

certificates::~certificates() {
  std::filesystem::remove_all(folder_);
}

loader certificates::node() const {
  return with(path("node.pem"), path("node.key"), path("ca.pem"));
}

loader certificates::stranger(const certificates& other) const {
  return with(other.path("node.pem"), other.path("node.key"), path("ca.pem"));
}

std::string certificates::path(const std::string& file) const {
  return (folder_ / file).string();
}

} // namespace flow
