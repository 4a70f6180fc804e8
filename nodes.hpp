#pragma once

/// The front door to inboxes of other nodes: link to caf-inbox::nodes.
#include "inbox.hpp"
#include "nodes/endpoint.hpp"
#include "nodes/join_peer.hpp"
#include "nodes/network.hpp"
#include "nodes/publish.hpp"
#include "nodes/spawn_remote_inbox.hpp"
