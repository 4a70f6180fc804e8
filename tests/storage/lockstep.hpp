#pragma once

#include "test_store.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <tuple>
#include <vector>

/// Does the same random things to several stores and compares every answer.
///
/// Numbers that each store chooses for itself, for routes, for the order of
/// events and for tokens, are translated to common ones first. Times are
/// compared as their distance from the store's own time, to the nearest 100
/// seconds, since PostgreSQL's clock goes on by itself: all durations here are
/// multiples of that. Between stores on the manual clock they are compared
/// exactly, too.
class lockstep {
public:
  using places = std::vector<std::unique_ptr<test_store>>;

  lockstep(places stores, uint64_t seed);

  /// Takes `steps` steps and compares all events at the end. Returns what
  /// differed, with the seed and the steps before, or an empty text.
  std::string run(size_t steps);

  /// Seed for tests: what INBOX_TEST_SEED says, or a random one.
  static uint64_t choose_seed();

  /// Number of steps for tests: what INBOX_TEST_STEPS says, or `otherwise`.
  static size_t choose_steps(size_t otherwise);

private:
  /// One store with the numbers that it has given.
  struct member {
    std::unique_ptr<test_store> place;
    inbox::store_ptr db;
    std::map<size_t, inbox::route_id> routes;
    std::map<inbox::event_seq, inbox::uuid> events;
    /// The tokens under which deliveries were claimed, in order.
    std::map<std::pair<inbox::event_seq, inbox::route_id>, std::vector<int64_t>>
      tokens;
    inbox::event_seq next_page = 0;
  };

  /// A route that all stores have, by its position in `route_names_`.
  using route_index = size_t;

  /// One lease as each store knows it.
  using lease_copies = std::vector<inbox::lease>;

  using answer_function = std::function<std::string(member&, size_t)>;

  // -- steps, each of which writes down what it does -------------------------

  void step();
  void write();
  void add_route();
  void remove_route();
  void route_events();
  void claim();
  void settle();
  void renew();
  void erase();
  void find();
  void follow();
  void summarize();
  void advance();
  void reopen();

  // -- comparison -------------------------------------------------------------

  template <class T>
  static std::string show_error(const caf::expected<T>& x) {
    // The texts are each store's own.
    return "error " + to_string(inbox::code_of(x.error())) + " "
           + inbox::field_of(x.error());
  }

  /// Asks every store and compares the answers.
  void compare(const std::string& what, const answer_function& ask);

  /// Checks that every delivery has only made moves that it may make.
  void check_moves();

  std::string show(member& at, const inbox::claimed_deliveries& x) const;
  std::string show(member& at, const std::vector<inbox::lease>& lost) const;
  std::string show(member& at, inbox::event_record x, bool exact) const;

  inbox::lease common(member& at, inbox::lease x) const;

  /// Returns which of a delivery's tokens that is, or after which it comes.
  static int64_t common_token(const member& at, const inbox::lease& x);

  // -- random choices ---------------------------------------------------------

  uint64_t below(uint64_t end);
  bool chance(unsigned percent);
  inbox::timespan hundreds(std::initializer_list<int> choices);
  inbox::uuid any_id();
  std::string any_type();
  std::string any_key();
  inbox::event any_event();
  std::vector<route_index> any_routes();
  std::vector<size_t> any_leases();

  using move_key = std::pair<inbox::uuid, std::string>;

  uint64_t seed_;
  std::mt19937_64 random_;
  std::vector<member> members_;
  bool has_own_clock_ = false;
  std::vector<std::pair<std::string, std::string>> route_names_;
  std::vector<lease_copies> leases_;
  std::map<move_key, inbox::status> statuses_;
  std::vector<std::string> log_;
  std::string failure_;
};
