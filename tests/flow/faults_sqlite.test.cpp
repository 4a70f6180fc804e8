#include "shop_at_work.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>

// The file of a running inbox is locked, full, read-only, damaged, or away.

using namespace flow;
using inbox::errc;
using inbox::status;

namespace {

namespace fs = std::filesystem;

std::string file_of(const store_place& place) {
  return place.options().url.substr(7);
}

constexpr const char* suffixes[] = {"", "-wal", "-shm"};

/// Moves the file alone, as somebody does who knows of no others.
void move_away(store_place& place, shop_at_work& work) {
  fs::rename(file_of(place), file_of(place) + ".away");
  CAF_CHECK(work.wait_for_error(errc::connection_lost, "moved"));
  CAF_CHECK(work.wait_for_error(errc::storage_failed, "unable to open"));
  CAF_CHECK(!fs::exists(file_of(place)));
}

void move_back(store_place& place) {
  fs::rename(file_of(place) + ".away", file_of(place));
}

/// Lets no file grow any more, or lets them again.
void limit_files(bool limited) {
  static rlimit saved{};
  static void (*handler)(int) = SIG_DFL;
  if (limited) {
    handler = std::signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &saved);
    rlimit small{1, saved.rlim_max};
    setrlimit(RLIMIT_FSIZE, &small);
  } else {
    setrlimit(RLIMIT_FSIZE, &saved);
    std::signal(SIGXFSZ, handler);
  }
}

constexpr uid_t nobody = 65534;

void set_modes(const store_place& place, fs::perms folder, fs::perms file) {
  for (auto* suffix : suffixes)
    if (fs::exists(file_of(place) + suffix))
      fs::permissions(file_of(place) + suffix, file);
  fs::permissions(fs::path{file_of(place)}.parent_path(), folder);
}

/// Takes the right to write from files that nobody has open. Permissions do not
/// stop root, so this process is somebody else meanwhile.
void make_read_only(store_place& place, shop_at_work& work) {
  move_away(place, work);
  fs::permissions(file_of(place) + ".away", fs::perms{0444});
  set_modes(place, fs::perms{0777}, fs::perms{0444});
  if (geteuid() == 0)
    CAF_REQUIRE_EQUAL(seteuid(nobody), 0);
  move_back(place);
}

void make_writable(store_place& place) {
  if (getuid() == 0)
    CAF_REQUIRE_EQUAL(seteuid(0), 0);
  set_modes(place, fs::perms{0755}, fs::perms{0644});
}

std::string read_all(const std::string& file) {
  std::ifstream in{file, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

/// Writes over what is there; the file stays the same one.
void write_over(const std::string& file, const std::string& bytes) {
  std::fstream out{file, std::ios::in | std::ios::out | std::ios::binary};
  out << bytes;
}

std::string saved;

/// Fills all pages but the first with garbage while nobody has the file open.
void damage(store_place& place, shop_at_work& work) {
  move_away(place, work);
  // All of it into the file, whose log stays as it is from here on: somebody
  // reads it.
  CAF_CHECK(eventually(
    [&] { return place.number("pragma wal_checkpoint(truncate)") == 0; }));
  place.execute("begin; select count(*) from @schema");
  auto away = file_of(place) + ".away";
  saved = read_all(away);
  auto garbage = saved.substr(0, 4096);
  while (garbage.size() < saved.size())
    garbage += "\xFF garbage ";
  write_over(away, garbage.substr(0, saved.size()));
  move_back(place);
}

void repair(store_place& place) {
  write_over(file_of(place), saved);
  place.execute("commit");
}

const fault faults[] = {
  {"another process has the lock",
   [](store_place& place, shop_at_work&) { place.execute("begin immediate"); },
   [](store_place& place) { place.execute("commit"); }, errc::busy, "locked"},
  {"the disk is full", [](store_place&, shop_at_work&) { limit_files(true); },
   [](store_place&) { limit_files(false); }, errc::storage_failed, "disk"},
  {"the file is away", move_away, move_back, errc::connection_lost, "moved"},
  {"the file may only be read", make_read_only, make_writable,
   errc::storage_failed, "readonly"},
  {"the file is damaged", damage, repair, errc::storage_failed, "malformed"},
};

inbox::options hasty_options(const store_place& place) {
  auto result = quick_options(place);
  result.store.statement_timeout = 100ms;
  result.store.deadline = 200ms;
  return result;
}

} // namespace

CAF_TEST(whatever happens to the file for a while is made up for) {
  for (auto& x : faults) {
    auto place = sqlite_place();
    survive(x, *place, hasty_options(*place));
  }
}

CAF_TEST(a file that was deleted is not made again until it is restored) {
  auto place = sqlite_place();
  shop_at_work work{*place, hasty_options(*place)};
  auto& shop = *work.shop;
  shop.wait_until_ready(1);
  shop.write(make_many(50));
  shop.wait_until_finished();
  auto file = file_of(*place);
  place->execute("vacuum into '" + file + ".backup'");
  for (auto* suffix : suffixes)
    fs::remove(file + suffix);
  CAF_CHECK(work.wait_for_error(errc::connection_lost, "removed"));
  CAF_CHECK(work.wait_for_error(errc::storage_failed, "unable to open"));
  auto refused = shop->write(make(51));
  CAF_REQUIRE(!refused);
  CAF_CHECK_EQUAL(inbox::code_of(refused.error()), errc::storage_failed);
  CAF_CHECK(!fs::exists(file));
  // Neither is an empty file taken for one of ours.
  std::ofstream{file};
  CAF_CHECK(work.wait_for_error(errc::schema_mismatch, "not there any more"));
  CAF_CHECK(!shop->write(make(51)));
  for (auto* suffix : {"-wal", "-shm"})
    fs::remove(file + suffix);
  fs::rename(file + ".backup", file);
  CAF_REQUIRE(eventually([&] { return bool{shop->write(make(51))}; }));
  shop.wait_until(51, "mail", status::done);
  CAF_CHECK_EQUAL(shop.summary("order", "mail").done, 51u);
}

CAF_TEST(in another file the handlers are told apart by their names) {
  auto place = sqlite_place();
  auto other = sqlite_place();
  {
    // There the numbers of routes have other meanings, and some have none.
    inbox::registry strangers;
    for (auto* key : {"a", "stock"})
      on(strangers, "refund", key,
         [](const inbox::delivery&) { return inbox::snoozed(1ms); });
    on(strangers, "order", "other", [](const inbox::delivery&) {});
    app maker{quick_options(*other), strangers};
    maker.wait_until_ready(3);
    for (uint32_t n = 1; n <= 5; ++n)
      maker.write(make(n, "refund"));
  }
  record<std::pair<std::string, std::string>> calls;
  inbox::registry handlers;
  for (auto* key : {"mail", "stock"})
    on(handlers, "order", key, [&calls](const inbox::delivery& x) {
      calls.add({x.handler_key(), x.event().type});
    });
  record<caf::error> errors;
  auto options = hasty_options(*place);
  options.on_error = [&](const caf::error& x) { errors.add(x); };
  app shop{options, handlers};
  shop.wait_until_ready(2);
  shop.write(make(11));
  shop.wait_until_finished();
  fs::rename(file_of(*place), file_of(*place) + ".away");
  CAF_REQUIRE(errors.wait_for(1));
  for (auto* suffix : {"-wal", "-shm"})
    fs::remove(file_of(*place) + suffix);
  other->execute("vacuum into '" + file_of(*place) + "'");
  CAF_REQUIRE(eventually([&] { return bool{shop->write(make(12))}; }));
  shop.wait_until(12, "mail", status::done);
  shop.wait_until(12, "stock", status::done);
  shop.drain();
  CAF_CHECK_EQUAL(calls.size(), 4u);
  for (auto& x : calls.all())
    CAF_CHECK_EQUAL(x.second, "order");
}

CAF_TEST(a damaged file and one of another kind are refused at the start) {
  auto place = sqlite_place();
  {
    app maker{quick_options(*place)};
    maker.write(make_many(50));
  }
  CAF_CHECK_EQUAL(place->number("pragma wal_checkpoint(truncate)"), 0);
  auto options = quick_options(*place);
  options.store.url += ".copy";
  auto good = read_all(file_of(*place));
  auto damaged = good.substr(0, 4096) + std::string(good.size() - 4096, '\xFF');
  caf::actor_system_config config;
  caf::actor_system sys{config};
  for (auto& bytes : {damaged, good.substr(0, 100), std::string(5000, 'x')}) {
    auto copy = file_of(*place) + ".copy";
    std::ofstream{copy, std::ios::binary} << bytes;
    auto box = inbox::spawn_inbox(sys, options);
    CAF_REQUIRE(!box);
    CAF_CHECK_EQUAL(box.error(), errc::storage_failed);
    CAF_CHECK_NOT_EQUAL(inbox::describe(box.error()).find(copy),
                        std::string::npos);
    CAF_CHECK_EQUAL(read_all(copy), bytes); // left as it was
  }
}
