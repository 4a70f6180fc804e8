#pragma once

#include "../messages/all.hpp"

#include <caf/result.hpp>
#include <caf/typed_actor.hpp>

/// Every actor of an inbox, in the order in which an event meets them:
/// write -> store -> poll -> dispatch -> handle -> settle -> retain.
///
/// A client holds only the role that it needs, so that a test double has to
/// answer only that.

namespace inbox {

template <class... Signatures>
using interface = caf::typed_actor<Signatures...>;

/// Does `Request` and answers `Reply`.
template <class Reply, class Request>
using answers = caf::result<Reply>(Request);

/// Takes `Message` without an answer, or with an empty one if asked.
template <class Message>
using takes = caf::result<void>(Message);

// -- what applications see ----------------------------------------------------

/// What users talk to: supervises all others, drains, answers questions.
using inbox_actor
  = interface<answers<written_events, write_events>, takes<announce_events>,
              answers<registered_handler, register_handler>,
              answers<unregistered_handler, unregister_handler>,
              answers<inbox_stats, get_stats>,
              answers<store_summary, get_summary>,
              answers<event_record, find_event>, answers<trace, find_trace>,
              answers<drain_report, drain_inbox>>;

/// Processes the events of one handler key; the application's, here or remote.
using handler_actor = interface<answers<outcome, handle_event>>;

/// Gets what the dead and the error callback get, as messages.
using observer_actor = interface<takes<delivery_died>, takes<error_occurred>>;

// -- roles of the store worker ------------------------------------------------

using writing_store = interface<answers<written_events, write_events>,
                                answers<written_and_claimed, write_and_claim>>;

using routing_store
  = interface<answers<added_route, add_route>, takes<remove_route>>;

using claiming_store = interface<answers<claimed_deliveries, claim_deliveries>,
                                 answers<routed_events, route_events>>;

using settling_store = interface<answers<settled_deliveries, settle_deliveries>,
                                 answers<settled_jointly, settle_jointly>>;

using renewing_store = interface<answers<renewed_leases, renew_leases>>;

using erasing_store = interface<answers<erased_events, erase_events>>;

using looking_store = interface<answers<found_owner, look_for_owner>>;

using reading_store
  = interface<answers<event_record, find_event>, answers<trace, find_trace>,
              answers<store_summary, get_summary>>;

/// Owns one blocking connection, on a thread of its own; every role at once.
using store_worker_actor
  = interface<answers<written_events, write_events>,
              answers<written_and_claimed, write_and_claim>,
              answers<added_route, add_route>, takes<remove_route>,
              answers<routed_events, route_events>,
              answers<claimed_deliveries, claim_deliveries>,
              answers<settled_deliveries, settle_deliveries>,
              answers<settled_jointly, settle_jointly>,
              answers<renewed_leases, renew_leases>,
              answers<erased_events, erase_events>,
              answers<found_owner, look_for_owner>,
              answers<event_record, find_event>, answers<trace, find_trace>,
              answers<store_summary, get_summary>, takes<end_duty>>;

/// Whoever can be made to end its duty.
using ending_actor = interface<takes<end_duty>>;

/// Whoever counts what it does.
using counting_actor = interface<answers<inbox_stats, get_stats>>;

// -- the duties ---------------------------------------------------------------

/// Gathers writes, stores them, pokes the poller.
using writer_actor
  = interface<answers<written_events, write_events>,
              answers<added_route, add_route>, takes<remove_route>,
              answers<inbox_stats, get_stats>, takes<end_duty>>;

/// Whoever wants to be woken when something may be due.
using poked_actor = interface<takes<poke_poller>>;

/// The poller as the writer sees it.
using lending_actor
  = interface<takes<poke_poller>, answers<current_demand, borrow_room>,
              takes<return_room>>;

/// Claims due deliveries, as many as the dispatcher has room for.
using poller_actor
  = interface<takes<poke_poller>, answers<current_demand, borrow_room>,
              takes<return_room>, answers<inbox_stats, get_stats>,
              takes<end_duty>>;

/// The dispatcher as the poller sees it.
using dispatching_actor
  = interface<answers<current_demand, get_demand>, takes<dispatch_deliveries>>;

/// The dispatcher as the completer sees it.
using lease_ending_actor = interface<takes<end_leases>, takes<refuse_ends>>;

/// The dispatcher as the renewer sees it.
using lease_holding_actor = interface<answers<held_leases, get_leases>,
                                      takes<extend_leases>, takes<lose_leases>>;

/// Sends deliveries to the handler actors, with deadlines, within bounds.
using dispatcher_actor = interface<
  answers<current_demand, get_demand>, takes<dispatch_deliveries>,
  takes<end_leases>, takes<refuse_ends>, answers<held_leases, get_leases>,
  takes<extend_leases>, takes<lose_leases>, takes<serve_route>,
  takes<leave_route>, takes<handler_down>, takes<handled_events>,
  answers<inbox_stats, get_stats>, answers<drain_report, drain_dispatcher>>;

/// The function handler as its workers see it.
using function_owning_actor = interface<takes<functions_returned>>;

/// The dispatcher as function handlers see it.
using event_handing_actor = interface<takes<handled_events>>;

/// Lets detached workers run one handler function; replaces stuck ones.
using function_handler_actor
  = interface<answers<outcome, handle_event>, takes<handle_events>,
              takes<return_events>, takes<functions_returned>,
              answers<inbox_stats, get_stats>>;

/// A function handler as the dispatcher sees it.
using event_taking_actor
  = interface<takes<handle_events>, takes<return_events>>;

/// Runs a handler function on a thread of its own.
using function_worker_actor = interface<takes<run_functions>>;

/// The completer as the dispatcher sees it.
using completing_actor = interface<takes<settle_attempts>>;

/// Gathers outcomes into settling statements; repeats them until confirmed.
using completer_actor
  = interface<takes<settle_attempts>, answers<inbox_stats, get_stats>>;

/// Keeps the leases of claimed work alive.
using renewer_actor = interface<takes<end_duty>>;

/// Erases finished work by age.
using retention_actor
  = interface<answers<inbox_stats, get_stats>, takes<end_duty>>;

// -- other inboxes on the store -----------------------------------------------

/// The waker as those see it that leave work to others.
using alerting_actor = interface<takes<wake_others>>;

/// Whoever can be told what others say: an inbox, or what stands for it.
using woken_actor = interface<takes<wake_up>>;

/// Has others look for work.
using waker_actor = interface<takes<wake_others>, takes<meet_peer>,
                              takes<handler_down>, takes<end_duty>>;

/// The rescuer as the listener sees it.
using present_actor = interface<takes<presence_changed>>;

/// Waits for what others say over the store.
using listener_actor = interface<takes<go_on_listening>, takes<end_duty>>;

/// Has the work of a lost inbox go on.
using rescuer_actor
  = interface<takes<meet_peer>, takes<lose_peer>, takes<handler_down>,
              takes<presence_changed>, answers<inbox_stats, get_stats>,
              takes<end_duty>>;

/// An inbox as others of its store see it that are linked to it.
using peering_actor
  = interface<answers<inbox_owner, get_owner>, takes<meet_peer>,
              takes<lose_peer>, takes<wake_up>>;

// -- what the application hears -----------------------------------------------

/// Writes the log and tells the application of deaths and errors.
using notifier_actor
  = interface<takes<delivery_died>, takes<error_occurred>,
              answers<inbox_stats, get_stats>, takes<end_duty>>;

/// Calls the application's callbacks, which may block.
using callback_caller_actor
  = interface<takes<delivery_died>, takes<error_occurred>, takes<end_duty>>;

/// The inbox as its store workers see it.
using routing_actor = interface<takes<store_reopened>>;

/// The inbox with what its own children tell it.
using supervisor_actor
  = inbox_actor::extend<takes<handler_down>, takes<store_reopened>,
                        answers<inbox_owner, get_owner>, takes<meet_peer>,
                        takes<lose_peer>, takes<wake_up>>;

} // namespace inbox
