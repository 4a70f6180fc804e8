#pragma once

#include <caf/type_id.hpp>

#include <cstdint>

/// First type ID of this library. An application whose own types use the same
/// range moves it with the CMake variable `INBOX_FIRST_TYPE_ID`, since the
/// compiled library and the application have to agree.
#ifndef INBOX_FIRST_TYPE_ID
#  define INBOX_FIRST_TYPE_ID (caf::first_custom_type_id + 200)
#endif

namespace inbox {

enum class errc : uint8_t;
enum class status : uint8_t;
enum class verdict : uint8_t;
enum class write_result : uint8_t;

struct add_route;
struct added_route;
struct announce_events;
struct borrow_room;
struct claim_deliveries;
struct claimed_deliveries;
struct current_demand;
struct delivery_died;
struct dispatch_deliveries;
struct drain_dispatcher;
struct drain_inbox;
struct drain_report;
struct end_duty;
struct end_leases;
struct ended_attempt;
struct erase_events;
struct erased_events;
struct error_occurred;
struct event_record;
struct extend_leases;
struct find_event;
struct found_owner;
struct function_job;
struct functions_returned;
struct get_demand;
struct get_leases;
struct get_owner;
struct get_stats;
struct get_summary;
struct go_on_listening;
struct greet_peer;
struct handle_event;
struct handle_events;
struct handled_event;
struct handled_events;
struct handler_down;
struct held_leases;
struct inbox_owner;
struct inbox_stats;
struct leave_route;
struct look_for_owner;
struct lose_leases;
struct lose_peer;
struct meet_peer;
struct outcome;
struct peer_word;
struct poke_poller;
struct presence_changed;
struct refuse_ends;
struct register_handler;
struct registered_handler;
struct remove_route;
struct renew_leases;
struct renewed_leases;
struct return_events;
struct return_room;
struct route_events;
struct routed_events;
struct run_functions;
struct serve_route;
struct settle_attempts;
struct settle_deliveries;
struct settle_jointly;
struct settled_deliveries;
struct settled_jointly;
struct store_reopened;
struct store_summary;
struct unregister_handler;
struct unregistered_handler;
struct wake_others;
struct wake_up;
struct write_and_claim;
struct write_events;
struct written_and_claimed;
struct written_events;

struct find_trace;
struct trace;

} // namespace inbox

CAF_BEGIN_TYPE_ID_BLOCK(inbox, INBOX_FIRST_TYPE_ID)

  CAF_ADD_TYPE_ID(inbox, (inbox::errc))
  CAF_ADD_TYPE_ID(inbox, (inbox::status))
  CAF_ADD_TYPE_ID(inbox, (inbox::verdict))
  CAF_ADD_TYPE_ID(inbox, (inbox::write_result))
  CAF_ADD_TYPE_ID(inbox, (inbox::add_route))
  CAF_ADD_TYPE_ID(inbox, (inbox::added_route))
  CAF_ADD_TYPE_ID(inbox, (inbox::announce_events))
  CAF_ADD_TYPE_ID(inbox, (inbox::borrow_room))
  CAF_ADD_TYPE_ID(inbox, (inbox::claim_deliveries))
  CAF_ADD_TYPE_ID(inbox, (inbox::claimed_deliveries))
  CAF_ADD_TYPE_ID(inbox, (inbox::current_demand))
  CAF_ADD_TYPE_ID(inbox, (inbox::delivery_died))
  CAF_ADD_TYPE_ID(inbox, (inbox::dispatch_deliveries))
  CAF_ADD_TYPE_ID(inbox, (inbox::drain_dispatcher))
  CAF_ADD_TYPE_ID(inbox, (inbox::drain_inbox))
  CAF_ADD_TYPE_ID(inbox, (inbox::drain_report))
  CAF_ADD_TYPE_ID(inbox, (inbox::end_duty))
  CAF_ADD_TYPE_ID(inbox, (inbox::end_leases))
  CAF_ADD_TYPE_ID(inbox, (inbox::ended_attempt))
  CAF_ADD_TYPE_ID(inbox, (inbox::erase_events))
  CAF_ADD_TYPE_ID(inbox, (inbox::erased_events))
  CAF_ADD_TYPE_ID(inbox, (inbox::error_occurred))
  CAF_ADD_TYPE_ID(inbox, (inbox::event_record))
  CAF_ADD_TYPE_ID(inbox, (inbox::extend_leases))
  CAF_ADD_TYPE_ID(inbox, (inbox::find_event))
  CAF_ADD_TYPE_ID(inbox, (inbox::found_owner))
  CAF_ADD_TYPE_ID(inbox, (inbox::function_job))
  CAF_ADD_TYPE_ID(inbox, (inbox::functions_returned))
  CAF_ADD_TYPE_ID(inbox, (inbox::get_demand))
  CAF_ADD_TYPE_ID(inbox, (inbox::get_leases))
  CAF_ADD_TYPE_ID(inbox, (inbox::get_owner))
  CAF_ADD_TYPE_ID(inbox, (inbox::get_stats))
  CAF_ADD_TYPE_ID(inbox, (inbox::get_summary))
  CAF_ADD_TYPE_ID(inbox, (inbox::go_on_listening))
  CAF_ADD_TYPE_ID(inbox, (inbox::greet_peer))
  CAF_ADD_TYPE_ID(inbox, (inbox::handle_event))
  CAF_ADD_TYPE_ID(inbox, (inbox::handle_events))
  CAF_ADD_TYPE_ID(inbox, (inbox::handled_event))
  CAF_ADD_TYPE_ID(inbox, (inbox::handled_events))
  CAF_ADD_TYPE_ID(inbox, (inbox::handler_down))
  CAF_ADD_TYPE_ID(inbox, (inbox::held_leases))
  CAF_ADD_TYPE_ID(inbox, (inbox::inbox_owner))
  CAF_ADD_TYPE_ID(inbox, (inbox::inbox_stats))
  CAF_ADD_TYPE_ID(inbox, (inbox::leave_route))
  CAF_ADD_TYPE_ID(inbox, (inbox::look_for_owner))
  CAF_ADD_TYPE_ID(inbox, (inbox::lose_leases))
  CAF_ADD_TYPE_ID(inbox, (inbox::lose_peer))
  CAF_ADD_TYPE_ID(inbox, (inbox::meet_peer))
  CAF_ADD_TYPE_ID(inbox, (inbox::outcome))
  CAF_ADD_TYPE_ID(inbox, (inbox::peer_word))
  CAF_ADD_TYPE_ID(inbox, (inbox::poke_poller))
  CAF_ADD_TYPE_ID(inbox, (inbox::presence_changed))
  CAF_ADD_TYPE_ID(inbox, (inbox::refuse_ends))
  CAF_ADD_TYPE_ID(inbox, (inbox::register_handler))
  CAF_ADD_TYPE_ID(inbox, (inbox::registered_handler))
  CAF_ADD_TYPE_ID(inbox, (inbox::remove_route))
  CAF_ADD_TYPE_ID(inbox, (inbox::renew_leases))
  CAF_ADD_TYPE_ID(inbox, (inbox::renewed_leases))
  CAF_ADD_TYPE_ID(inbox, (inbox::return_events))
  CAF_ADD_TYPE_ID(inbox, (inbox::return_room))
  CAF_ADD_TYPE_ID(inbox, (inbox::route_events))
  CAF_ADD_TYPE_ID(inbox, (inbox::routed_events))
  CAF_ADD_TYPE_ID(inbox, (inbox::run_functions))
  CAF_ADD_TYPE_ID(inbox, (inbox::serve_route))
  CAF_ADD_TYPE_ID(inbox, (inbox::settle_attempts))
  CAF_ADD_TYPE_ID(inbox, (inbox::settle_deliveries))
  CAF_ADD_TYPE_ID(inbox, (inbox::settle_jointly))
  CAF_ADD_TYPE_ID(inbox, (inbox::settled_deliveries))
  CAF_ADD_TYPE_ID(inbox, (inbox::settled_jointly))
  CAF_ADD_TYPE_ID(inbox, (inbox::store_reopened))
  CAF_ADD_TYPE_ID(inbox, (inbox::store_summary))
  CAF_ADD_TYPE_ID(inbox, (inbox::unregister_handler))
  CAF_ADD_TYPE_ID(inbox, (inbox::unregistered_handler))
  CAF_ADD_TYPE_ID(inbox, (inbox::wake_others))
  CAF_ADD_TYPE_ID(inbox, (inbox::wake_up))
  CAF_ADD_TYPE_ID(inbox, (inbox::write_and_claim))
  CAF_ADD_TYPE_ID(inbox, (inbox::write_events))
  CAF_ADD_TYPE_ID(inbox, (inbox::written_and_claimed))
  CAF_ADD_TYPE_ID(inbox, (inbox::written_events))
  CAF_ADD_TYPE_ID(inbox, (inbox::find_trace))
  CAF_ADD_TYPE_ID(inbox, (inbox::trace))

CAF_END_TYPE_ID_BLOCK(inbox)
